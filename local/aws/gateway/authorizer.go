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

// Authorizer is the API's JWT authorizer: routes with a scope take only requests whose token it accepts, and hand the
// token's claims to the function. Routes without a scope are open, and see no claims even when a token is sent.
type Authorizer struct {
	Issuer      string       // as tokens name it in iss; its discovery document is below it
	Audience    []string     // one of them must be in aud, or be client_id where there is no aud
	ScopePrefix string       // what the issuer writes before a scope of the table, such as "kasir/"
	Client      *http.Client // fetches the issuer's keys; nil: one that gives up after some seconds
}

// check refuses what API Gateway refuses, and routes that nobody could be let into.
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
		return fmt.Errorf("the issuer %q is no http or https URL", a.Issuer)
	}
	if len(a.Audience) == 0 || slices.Contains(a.Audience, "") {
		return errors.New("the authorizer needs audiences, none of them empty")
	}
	return nil
}

// denial is a request that is not let through, and what its caller is told. Nothing in it comes from the token.
type denial struct {
	status int
	scope  string // that would be enough
	code   string // of RFC 6750; empty: there was no token
	reason string
	cause  error // why the issuer's keys could not be had
}

func (d *denial) Error() string {
	if d.cause != nil {
		return d.reason + ": " + d.cause.Error()
	}
	return d.reason
}

func (d *denial) Unwrap() error { return d.cause }

// reply is AWS's: its documentation shows the header for a wrong audience, the other sentences are this gateway's.
func (d *denial) reply() reply {
	r := failure(d.status)
	challenge := "Bearer"
	if d.code != "" {
		challenge = fmt.Sprintf("Bearer scope=%q error=%q error_description=%q", d.scope, d.code, d.reason)
	}
	r.header.Set("Www-Authenticate", challenge)
	return r
}

// guard is the authorizer at work.
type guard struct {
	Authorizer
	verifier *bearer.Verifier
}

func newGuard(a Authorizer, now func() time.Time) *guard {
	return &guard{a, bearer.New(bearer.Config{Issuer: a.Issuer, Audience: a.Audience, Client: a.Client, Now: now})}
}

// admit checks the token of a request for a route that needs one. The error is a *denial.
func (g *guard) admit(r *http.Request, rt route.Route) (*eventAuthorizer, error) {
	raw := bearer.Of(r.Header.Values("Authorization")...)
	if raw == "" {
		return nil, &denial{status: http.StatusUnauthorized, reason: "there is no token"}
	}
	token, err := g.verifier.Verify(r.Context(), raw)
	if err != nil {
		return nil, invalid(err)
	}
	needed := g.ScopePrefix + string(rt.Scope)
	if !slices.Contains(token.Scopes, needed) {
		return nil, &denial{status: http.StatusForbidden, scope: needed, code: "insufficient_scope", reason: "the token does not have the scope of this route"}
	}
	return &eventAuthorizer{JWT: eventJWT{Claims: token.Claims, Scopes: []string{needed}}}, nil
}

// invalid returns the denial of a token that was not verified.
func invalid(err error) *denial {
	d := &denial{status: http.StatusUnauthorized, code: "invalid_token", reason: err.Error()}
	if e, ok := errors.AsType[*bearer.Invalid](err); ok {
		d.reason, d.cause = e.Reason, e.Cause
	}
	return d
}
