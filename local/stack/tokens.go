package stack

import (
	"net/http"
	"strings"

	"kasir/local/aws/gateway"
	"kasir/local/loopback"
	"kasir/local/merchant/issuer"
	"kasir/local/reference"
	"kasir/local/stack/bus"
	"kasir/local/stack/clock"
	"kasir/shared/app"
	"kasir/shared/route"
)

// Audience is the audience of kasir local's tokens.
const Audience = app.LocalAudience

// issuerPath is the path of the token issuer, next to the API's own routes.
const issuerPath = "/dev"

// Paths of the clock and of the events on the bus.
const (
	clockPath  = issuerPath + "/clock"
	eventsPath = issuerPath + "/events"
)

// DefaultQuoteKey signs quotes on one machine. It is public: never deploy it.
const DefaultQuoteKey = "kasir-local-quote-key-that-everybody-knows"

// BackEnd is the client of a merchant's back end, which may do everything.
const BackEnd = "merchant-back-end"

// startIssuer makes the issuer. It answers once the API does.
func (s *Stack) startIssuer(cfg Config, ports *listeners) error {
	tokens, err := issuer.New(issuer.Config{
		URL: ports.api.URL() + issuerPath, Audience: Audience, KeyFile: cfg.IssuerKey,
		ScopePrefix: cfg.Settings["SCOPE_PREFIX"], Now: s.Clock.Now,
	})
	if err != nil {
		return err
	}
	s.Tokens, s.Issuer = tokens, tokens.URL
	return nil
}

// authorizer returns an authorizer that accepts the issuer's tokens.
func (s *Stack) authorizer() *gateway.Authorizer {
	return &gateway.Authorizer{Issuer: s.Issuer, Audience: []string{Audience}, ScopePrefix: s.Tokens.ScopePrefix}
}

// withIssuer adds the issuer, the clock, the events and the API's reference to the API's port. Pages that may call the
// API may call none of the first three: they could not read the answer, but could move the clock or send an event
// again. The console is at its own port, where people sign in.
func (s *Stack) withIssuer(api, described http.Handler, console string) http.Handler {
	tokens := loopback.Guard{}.Wrap(s.Tokens)
	near := loopback.Guard{Near: true}
	moving, events := near.Wrap(clock.Handler(s.Clock)), near.Wrap(bus.Handler(eventsPath, s.Events))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == clockPath {
			moving.ServeHTTP(w, r)
			return
		}
		if r.URL.Path == eventsPath || strings.HasPrefix(r.URL.Path, eventsPath+"/") {
			events.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, issuerPath+"/") {
			tokens.ServeHTTP(w, r)
			return
		}
		if r.URL.Path == consolePath || strings.HasPrefix(r.URL.Path, consolePath+"/") {
			http.Redirect(w, r, console+r.URL.EscapedPath(), http.StatusFound)
			return
		}
		if reference.Answers(r.URL.Path) {
			described.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// Token returns a token for the API, valid for a day, with exactly these scopes.
func (s *Stack) Token(sub string, scopes ...route.Scope) (string, error) {
	return s.Tokens.Token(issuer.Request{Subject: sub, Scopes: scopes, Lifetime: issuer.MaxTTL})
}

// BackEndToken returns a token of the merchant's back end, valid for a day, with every scope.
func (s *Stack) BackEndToken() (string, error) {
	return s.Tokens.Token(issuer.Request{Client: BackEnd, Scopes: issuer.Scopes(), Lifetime: issuer.MaxTTL})
}
