package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"kasir/shared/bearer"
	"kasir/shared/route"
)

// Authorizer is the API's JWT authorizer. A route with a scope takes only requests whose token the authorizer accepts,
// and passes the token's claims to the function. A route without a scope is open and passes no claims, even if a token
// is sent.
type Authorizer struct {
	Issuer      string       // iss of the tokens; the discovery document is below this URL
	Audience    []string     // aud must contain one of these; client_id must be one where there is no aud
	ScopePrefix string       // the issuer's prefix of every scope, such as "kasir/"
	Client      *http.Client // fetches the issuer's keys; nil uses a client that gives up after some seconds
}

// check returns an error for a configuration that API Gateway refuses, and for a route that no request could reach.
func (a *Authorizer) check(routes []route.Route) error {
	if a == nil {
		for _, r := range routes {
			if r.Scope != "" {
				return fmt.Errorf("route %q needs the scope %s, but there is no authorizer", r.Key(), r.Scope)
			}
		}
		return nil
	}
	if u, err := url.Parse(a.Issuer); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("the issuer %q is not an http or https URL", a.Issuer)
	}
	if len(a.Audience) == 0 || slices.Contains(a.Audience, "") {
		return errors.New("the authorizer needs audiences, and none may be empty")
	}
	return nil
}

// denial is the reason why a request is not let through, and its answer. It contains nothing from the token.
type denial struct {
	status int
	scope  string // scope that would be enough
	code   string // of RFC 6750; empty if there was no token
	reason string
	cause  error // why the issuer's keys could not be fetched
}

func (d *denial) Error() string {
	if d.cause != nil {
		return d.reason + ": " + d.cause.Error()
	}
	return d.reason
}

func (d *denial) Unwrap() error { return d.cause }

// reply returns the answer in AWS's form. AWS's documentation shows the header for a wrong audience; the other
// sentences are this gateway's.
func (d *denial) reply() reply {
	r := errorReply(d.status)
	challenge := "Bearer"
	if d.code != "" {
		challenge = fmt.Sprintf("Bearer scope=%q error=%q error_description=%q", d.scope, d.code, d.reason)
	}
	r.header.Set("Www-Authenticate", challenge)
	return r
}

// guard checks requests for an Authorizer.
type guard struct {
	Authorizer
	verifier *bearer.Verifier
}

func newGuard(a Authorizer, now func() time.Time) *guard {
	return &guard{a, bearer.New(bearer.Config{Issuer: a.Issuer, Audience: a.Audience, Client: a.Client, Now: now})}
}

// admit checks the token of a request for a route with a scope. The error is a *denial.
func (g *guard) admit(r *http.Request, rt route.Route) (*eventAuthorizer, error) {
	raw := bearer.Of(r.Header.Values("Authorization")...)
	if raw == "" {
		return nil, &denial{status: http.StatusUnauthorized, reason: "there is no token"}
	}
	token, err := g.verifier.Verify(r.Context(), raw)
	if err != nil {
		return nil, invalidToken(err)
	}
	needed := g.ScopePrefix + string(rt.Scope)
	if !slices.Contains(token.Scopes, needed) {
		return nil, &denial{
			status: http.StatusForbidden, scope: needed, code: "insufficient_scope",
			reason: "the token does not have the scope of this route",
		}
	}
	return &eventAuthorizer{JWT: eventJWT{Claims: token.Claims, Scopes: []string{needed}}}, nil
}

// invalidToken returns the denial for a token that failed verification.
func invalidToken(err error) *denial {
	d := &denial{status: http.StatusUnauthorized, code: "invalid_token", reason: err.Error()}
	if e, ok := errors.AsType[*bearer.Invalid](err); ok {
		d.reason, d.cause = e.Reason, e.Cause
	}
	return d
}
