package shop

import (
	"log/slog"
	"net/http"
)

// scopes are those of the shop's tokens. A token is limited to its customer: kasir shows only their own orders and
// cards, and requires a quote for every payment.
const scopes = "payments:create payments:read tokens:read tokens:unbind"

// session is the answer of POST /session.
type session struct {
	Token     string `json:"token"`      // for kasir's HTTP API
	ExpiresIn int64  `json:"expires_in"` // seconds
	Customer  string `json:"customer"`   // the customer of the token
}

// sessions hands out tokens: POST /session gives one to the cookie's customer.
type sessions struct{ issuer issuer }

func (s sessions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	customer := customerOf(w, r)
	granted, err := s.issuer.token(r.Context(), customer, scopes)
	if err != nil {
		slog.ErrorContext(r.Context(), "the shop cannot open a session", "error", err)
		refuse(w, http.StatusBadGateway, "The shop cannot open a session right now.")
		return
	}
	reply(w, http.StatusOK, session{granted.AccessToken, granted.ExpiresIn, customer})
}
