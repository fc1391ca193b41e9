package quote

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Errors of Verify. Their texts, and those of errors that wrap them, are for the caller and describe the flaw of the
// quote. They hold no characters of the quote or the key.
var (
	ErrQuote   = errors.New("is not a valid quote")
	ErrExpired = errors.New("has expired: the merchant's back end must make a new one")
)

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrQuote, fmt.Sprintf(format, args...))
}

// Verify reads a quote that is signed with one of keys: the current one or, during a rotation, the previous one. Keys
// shorter than MinKey never match. Errors: ErrExpired, ErrQuote.
func Verify(token string, now time.Time, keys ...Key) (Terms, error) {
	if err := checkForm(token); err != nil {
		return Terms{}, err
	}
	var set jwt.VerificationKeySet
	for _, key := range keys {
		if len(key) >= MinKey {
			set.Keys = append(set.Keys, []byte(key))
		}
	}
	if len(set.Keys) == 0 {
		return Terms{}, bad("this installation has no quote key, so it accepts no quotes")
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), // the token's header must not choose another
		jwt.WithStrictDecoding(), jwt.WithLeeway(Leeway), jwt.WithTimeFunc(func() time.Time { return now }),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
	)
	signed, err := parser.Parse(token, func(*jwt.Token) (any, error) { return set, nil })
	if err != nil {
		return Terms{}, refusal(err)
	}
	if err := checkHeader(signed.Header); err != nil {
		return Terms{}, err
	}
	payload, err := parser.DecodeSegment(strings.Split(token, ".")[1])
	if err != nil {
		return Terms{}, bad("its claims are not base64url")
	}
	t, expires, err := decode(payload)
	if err != nil {
		return Terms{}, err
	}
	if expires > now.Add(MaxLifetime+Leeway).Unix() {
		return Terms{}, bad("its claim exp is more than %d minutes ahead (it is a time in seconds, not milliseconds)",
			int(MaxLifetime.Minutes()))
	}
	if problem := t.problem(); problem != "" {
		return Terms{}, bad("%s", problem)
	}
	return t, nil
}

// checkForm refuses characters that base64 decoders skip, such as line breaks. A quote therefore has only one spelling.
func checkForm(token string) error {
	if len(token) > maxToken {
		return bad("it is longer than %d bytes", maxToken)
	}
	foreign := strings.ContainsFunc(token, func(c rune) bool {
		return !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' ||
			c == '-' || c == '_' || c == '.')
	})
	if foreign || strings.Count(token, ".") != 2 {
		return bad("it is not a JWT: three parts of base64url without padding, joined by points")
	}
	return nil
}

// checkHeader refuses a token of another kind, and one with critical extensions (RFC 7515, section 4.1.11).
func checkHeader(h map[string]any) error {
	kind, given := h["typ"]
	name, _ := kind.(string)
	if given && !strings.EqualFold(name, "JWT") {
		return bad("its header's typ is not JWT")
	}
	if _, given := h["crit"]; given {
		return bad("its header has crit, and no extension is supported")
	}
	return nil
}

// refusal returns the library's error in words of this package, since the library's text may quote the token.
func refusal(err error) error {
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenUnverifiable):
		return bad("it is not signed with this installation's quote key and HS256")
	case errors.Is(err, jwt.ErrTokenExpired):
		return ErrExpired
	case errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return bad("its claim nbf or iat is in the future: compare the back end's clock")
	case errors.Is(err, jwt.ErrTokenInvalidClaims):
		return bad("its claim exp, nbf or iat is not a time in whole seconds, or exp is missing")
	default:
		return bad("a part of it is not base64url, or its header or claims are not a JSON object")
	}
}
