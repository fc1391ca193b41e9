package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

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

func invalid(reason string, cause error) error {
	return &denial{status: http.StatusUnauthorized, code: "invalid_token", reason: reason, cause: cause}
}

// guard is the authorizer at work.
type guard struct {
	Authorizer
	parser *jwt.Parser
	keys   *keys
}

func newGuard(a Authorizer, now func() time.Time) *guard {
	return &guard{
		Authorizer: a,
		// JSON numbers keep their digits: functions get claims as text.
		parser: jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(a.Issuer), jwt.WithExpirationRequired(),
			jwt.WithIssuedAt(), jwt.WithTimeFunc(now), jwt.WithJSONNumber(), jwt.WithStrictDecoding()),
		keys: newKeys(a.Issuer, a.Client, now),
	}
}

// admit checks the token of a request for a route that needs one. The error is a *denial.
func (g *guard) admit(r *http.Request, rt route.Route) (*eventAuthorizer, error) {
	raw := bearer(r.Header.Values("Authorization"))
	if raw == "" {
		return nil, &denial{status: http.StatusUnauthorized, reason: "there is no token"}
	}
	claims := jwt.MapClaims{}
	token, err := g.parser.ParseWithClaims(raw, claims, func(t *jwt.Token) (any, error) {
		id, _ := t.Header["kid"].(string)
		return g.keys.find(r.Context(), id)
	})
	if err != nil {
		return nil, whyInvalid(token, err)
	}
	if _, critical := token.Header["crit"]; critical { // RFC 7515, section 4.1.11: an extension that is not understood
		return nil, invalid("the token has a critical extension that is not understood", nil)
	}
	if !g.forThisAPI(claims) {
		return nil, invalid("the token does not have a valid audience", nil)
	}
	needed := g.ScopePrefix + string(rt.Scope)
	if !slices.Contains(scopes(claims), needed) {
		return nil, &denial{status: http.StatusForbidden, scope: needed, code: "insufficient_scope", reason: "the token does not have the scope of this route"}
	}
	return &eventAuthorizer{JWT: eventJWT{Claims: texts(claims), Scopes: []string{needed}}}, nil
}

// bearer is the token of an Authorization header; API Gateway takes it with and without the scheme. A header sent twice
// arrives joined by a comma, which no token has in it.
func bearer(values []string) string {
	value := strings.TrimSpace(strings.Join(values, ","))
	if scheme, token, found := strings.Cut(value, " "); found && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return value
}

// whyInvalid finds the sentence for the first thing that is wrong, in the order in which a reader would look.
func whyInvalid(token *jwt.Token, err error) error {
	if errors.Is(err, errKeys) {
		return invalid("the keys of the issuer cannot be fetched", err)
	}
	if token != nil && token.Header["alg"] != nil && token.Header["alg"] != "RS256" {
		return invalid("the token is not signed with RS256", nil)
	}
	for _, known := range []struct {
		err    error
		reason string
	}{
		{jwt.ErrTokenMalformed, "the token is no JWT"},
		{errUnknownKey, "the token names no key of the issuer"},
		{jwt.ErrTokenSignatureInvalid, "the token does not have a valid signature"},
		{jwt.ErrTokenInvalidIssuer, "the token does not have a valid issuer"},
		{jwt.ErrTokenExpired, "the token has expired"},
		{jwt.ErrTokenNotValidYet, "the token is not valid yet"},
		{jwt.ErrTokenUsedBeforeIssued, "the token was issued in the future"},
		{jwt.ErrTokenRequiredClaimMissing, "the token lacks iss or exp"},
	} {
		if errors.Is(err, known.err) {
			return invalid(known.reason, nil)
		}
	}
	return invalid("the token has claims that cannot be read", nil)
}

// forThisAPI looks at aud, and at client_id only where there is no aud, as AWS documents it.
func (g *guard) forThisAPI(claims jwt.MapClaims) bool {
	if _, there := claims["aud"]; !there {
		id, _ := claims["client_id"].(string)
		return slices.Contains(g.Audience, id)
	}
	audience, err := claims.GetAudience()
	return err == nil && slices.ContainsFunc(audience, func(a string) bool { return slices.Contains(g.Audience, a) })
}

// scopes returns those in scope, or in scp. Each is a text of words or a list; an item of a list is one scope,
// whatever is in it.
func scopes(claims jwt.MapClaims) []string {
	for _, name := range []string{"scope", "scp"} {
		switch value := claims[name].(type) {
		case string:
			return strings.Fields(value)
		case []any:
			var all []string
			for _, v := range value {
				if text, ok := v.(string); ok {
					all = append(all, text)
				}
			}
			return all
		}
	}
	return nil
}

// texts returns the claims as functions get them: everything is text. A list is [a b], an object its JSON, and a
// claim that is null is left out, as others measured at AWS.
func texts(claims jwt.MapClaims) map[string]string {
	all := make(map[string]string, len(claims))
	for name, value := range claims {
		if value != nil {
			all[name] = claimText(value)
		}
	}
	return all
}

func claimText(value any) string {
	switch value := value.(type) {
	case []any:
		items := make([]string, len(value))
		for i, item := range value {
			items[i] = claimText(item)
		}
		return "[" + strings.Join(items, " ") + "]"
	case map[string]any:
		object, err := json.Marshal(value)
		if err == nil {
			return string(object)
		}
	}
	return fmt.Sprint(value)
}
