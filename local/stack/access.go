package stack

import (
	"net/http"
	"strings"

	"kasir/local/aws/gateway"
	"kasir/local/loopback"
	"kasir/local/merchant/issuer"
	"kasir/local/stack/clock"
	"kasir/shared/app"
	"kasir/shared/route"
)

// Audience is what tokens of kasir local are for.
const Audience = app.LocalAudience

// issuerPath is where the token issuer is mounted, beside the API's own routes.
const issuerPath = "/dev"

// clockPath is where the clock is read and moved.
const clockPath = issuerPath + "/clock"

// DefaultQuoteKey signs quotes on one machine. Everybody knows it: never deploy it.
const DefaultQuoteKey = "kasir-local-quote-key-that-everybody-knows"

// BackEnd is the client of a merchant's back end, which may do everything.
const BackEnd = "merchant-back-end"

// startIssuer makes the issuer; it answers once the API does.
func (s *Stack) startIssuer(cfg Config, ports *listeners) error {
	tokens, err := issuer.New(issuer.Config{
		URL: ports.api.URL() + issuerPath, Audience: Audience, KeyFile: cfg.IssuerKey, ScopePrefix: cfg.Settings["SCOPE_PREFIX"],
		Now: s.Clock.Now,
	})
	if err != nil {
		return err
	}
	s.Tokens, s.Issuer = tokens, tokens.URL
	return nil
}

// authorizer takes the tokens of the issuer beside it.
func (s *Stack) authorizer() *gateway.Authorizer {
	return &gateway.Authorizer{Issuer: s.Issuer, Audience: []string{Audience}, ScopePrefix: s.Tokens.ScopePrefix}
}

// withIssuer puts the issuer and the clock on the API's port. Pages that may call the API may call neither: they could
// not read the answer, but move the clock.
func (s *Stack) withIssuer(api http.Handler) http.Handler {
	tokens := loopback.Guard{}.Wrap(s.Tokens)
	moving := loopback.Guard{Near: true}.Wrap(clock.Handler(s.Clock))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == clockPath {
			moving.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, issuerPath+"/") {
			tokens.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// Token is a token for the API, good for a day, with exactly these scopes.
func (s *Stack) Token(sub string, scopes ...route.Scope) (string, error) {
	return s.Tokens.Token(issuer.Request{Subject: sub, Scopes: scopes, Lifetime: issuer.MaxTTL})
}

// BackEndToken is a token of the merchant's back end: every scope there is, good for a day.
func (s *Stack) BackEndToken() (string, error) {
	return s.Tokens.Token(issuer.Request{Client: BackEnd, Scopes: issuer.Scopes(), Lifetime: issuer.MaxTTL})
}
