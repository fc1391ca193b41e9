package shop

import (
	"log/slog"
	"net/http"
)

// Scopes of the shop's tokens. A customer's token is limited to the customer: kasir shows only their own orders and
// cards, and requires a quote for every payment.
const (
	customerScopes = "payments:create payments:read tokens:read tokens:unbind"
	merchantScopes = "payments:read payments:read:all payments:capture payments:refund payments:close payments:resolve"
)

// merchant is the subject of the token for the merchant's pages.
const merchant = "MERCHANT"

// session is the answer of POST /session.
type session struct {
	Token     string `json:"token"`              // for kasir's HTTP API
	ExpiresIn int64  `json:"expires_in"`         // seconds
	Customer  string `json:"customer,omitempty"` // the customer of the token; empty for the merchant
}

// sessions hands out tokens: POST /session gives one to the cookie's customer, POST /session?as=merchant one for the
// merchant's pages.
type sessions struct{ issuer issuer }

func (s sessions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer session
	subject, scopes := "", ""
	switch as := r.URL.Query().Get("as"); as {
	case "":
		answer.Customer = customerOf(w, r)
		subject, scopes = answer.Customer, customerScopes
	case "merchant":
		// Anybody may be the merchant of this demo. A real shop asks its staff to log in here and checks each person's
		// permissions, before it hands out a token that can read, capture, refund, close and resolve every order.
		subject, scopes = merchant, merchantScopes
	default:
		refuse(w, http.StatusUnprocessableEntity, "The parameter as can only be merchant.")
		return
	}
	granted, err := s.issuer.token(r.Context(), subject, scopes)
	if err != nil {
		slog.ErrorContext(r.Context(), "the shop cannot open a session", "error", err)
		refuse(w, http.StatusBadGateway, "The shop cannot open a session right now.")
		return
	}
	answer.Token, answer.ExpiresIn = granted.AccessToken, granted.ExpiresIn
	reply(w, http.StatusOK, answer)
}
