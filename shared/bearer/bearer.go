// Package bearer verifies bearer tokens with the keys of their issuer, as the JWT authorizer of API Gateway does. It
// replaces that authorizer on one machine: in the local gateway, and in a function without a gateway before it.
package bearer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Config describes the tokens that are valid.
type Config struct {
	Issuer   string           // as in the claim iss; the discovery document is below this address
	Address  string           // address at which the issuer answers; empty means Issuer
	Audience []string         // one of them must be in aud, or be client_id in a token without aud
	Client   *http.Client     // fetches the issuer's keys; nil means a client with a time-out of some seconds
	Now      func() time.Time // required
}

// Verifier verifies tokens. Its methods may be called concurrently.
type Verifier struct {
	audience []string
	parser   *jwt.Parser
	keys     *keys
}

// New returns a verifier. It fetches the issuer's keys when the first token comes.
func New(c Config) *Verifier {
	return &Verifier{
		audience: c.Audience,
		// JSON numbers keep their digits, since functions get claims as text.
		parser: jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(c.Issuer),
			jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(c.Now), jwt.WithJSONNumber(),
			jwt.WithStrictDecoding()),
		keys: newKeys(c.Issuer, c.Address, c.Client, c.Now),
	}
}

// Token is a verified token.
type Token struct {
	Claims map[string]string // as API Gateway passes them to functions, all as text
	Scopes []string          // the words of scope, or of scp
}

// Invalid is the error for a token that is not accepted. It holds no part of the token.
type Invalid struct {
	Reason string
	Cause  error // set if the issuer's keys could not be fetched
}

func (e *Invalid) Error() string {
	if e.Cause != nil {
		return e.Reason + ": " + e.Cause.Error()
	}
	return e.Reason
}

func (e *Invalid) Unwrap() error { return e.Cause }

// Verify verifies a token. The error is an *Invalid.
func (v *Verifier) Verify(ctx context.Context, raw string) (Token, error) {
	claims := jwt.MapClaims{}
	token, err := v.parser.ParseWithClaims(raw, claims, func(t *jwt.Token) (any, error) {
		id, _ := t.Header["kid"].(string)
		return v.keys.find(ctx, id)
	})
	if err != nil {
		return Token{}, whyInvalid(token, err)
	}
	if _, critical := token.Header["crit"]; critical { // RFC 7515, section 4.1.11
		return Token{}, invalid("the token has a critical extension that is not supported", nil)
	}
	if !v.forThisAPI(claims) {
		return Token{}, invalid("the token does not have a valid audience", nil)
	}
	return Token{Claims: texts(claims), Scopes: scopes(claims)}, nil
}

func invalid(reason string, cause error) error { return &Invalid{Reason: reason, Cause: cause} }

// Of returns the token in the values of Authorization headers. API Gateway accepts it with and without the scheme. A
// header that was sent twice arrives joined by a comma, which no valid token contains.
func Of(values ...string) string {
	value := strings.TrimSpace(strings.Join(values, ","))
	if scheme, token, found := strings.Cut(value, " "); found && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return value
}

// whyInvalid returns the error for the first flaw of a token, in the order in which a person would check.
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
		{jwt.ErrTokenMalformed, "the token is not a JWT"},
		{errUnknownKey, "the token's kid is not a key of the issuer"},
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

// forThisAPI reports whether a token is for this API. It checks aud, and client_id only in a token without aud, as AWS
// documents it.
func (v *Verifier) forThisAPI(claims jwt.MapClaims) bool {
	if _, there := claims["aud"]; !there {
		id, _ := claims["client_id"].(string)
		return slices.Contains(v.audience, id)
	}
	audience, err := claims.GetAudience()
	return err == nil && slices.ContainsFunc(audience, func(a string) bool { return slices.Contains(v.audience, a) })
}

// scopes returns the scopes in scope, or in scp. Each is a text of words or a list. An item of a list is one scope,
// even if it has spaces.
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

// texts returns the claims as functions get them, all as text. A list is [a b], an object is its JSON, and null is left
// out, as others measured at AWS.
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
