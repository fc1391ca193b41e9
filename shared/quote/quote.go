// Package quote signs and verifies what a merchant's back end promises a price with, so that a browser can ask for a payment page without
// naming the price itself. A quote is a JWT, HS256, of at most 15 minutes; docs/quotes.md shows how to make one in other languages.
package quote

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kasir/shared/doku"
)

const (
	// MaxAge is how far from now a quote may expire.
	MaxAge = 15 * time.Minute
	// MinKey is the least length of a key, in bytes: HS256 is as strong as its key up to 32.
	MinKey = 32

	leeway   = 5 * time.Second // between the merchant's clock and ours
	maxToken = 8 << 10         // bytes
)

// Errors of Verify. Their texts are for the caller: they hold nothing of the token or a key.
var (
	ErrExpired = errors.New("has expired: ask the merchant's back end for a new quote")
	ErrQuote   = errors.New("is not a quote of this merchant: a JWT signed with HS256 and the quote key, with invoice_number, amount and an exp at most 15 minutes ahead")
)

// claims are Terms and their time as they stand in the token.
type claims struct {
	Terms
	ExpiresAt *jwt.NumericDate `json:"exp"`
	NotBefore *jwt.NumericDate `json:"nbf,omitempty"`
	IssuedAt  *jwt.NumericDate `json:"iat,omitempty"`
}

func (c claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.ExpiresAt, nil }
func (c claims) GetNotBefore() (*jwt.NumericDate, error)      { return c.NotBefore, nil }
func (c claims) GetIssuedAt() (*jwt.NumericDate, error)       { return c.IssuedAt, nil }
func (c claims) GetIssuer() (string, error)                   { return "", nil }
func (c claims) GetSubject() (string, error)                  { return "", nil }
func (c claims) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

// Sign makes a quote. The error names what is wrong with the key or the terms.
func Sign(key doku.Secret, t Terms, expires time.Time) (string, error) {
	if len(key) < MinKey {
		return "", fmt.Errorf("the quote key has %d bytes; it must have at least %d", len(key), MinKey)
	}
	if err := t.complete(); err != nil {
		return "", err
	}
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{Terms: t, ExpiresAt: jwt.NewNumericDate(expires)})
	signed, err := token.SignedString([]byte(key))
	if err != nil {
		return "", fmt.Errorf("signing the quote: %w", err)
	}
	return signed, nil
}

// Verify reads a quote that one of the keys signed, the current and while it is being rotated the previous one. Keys that are
// empty or too short never match. Errors: ErrExpired, ErrQuote.
func Verify(token string, now time.Time, keys ...doku.Secret) (Terms, error) {
	if len(token) > maxToken {
		return Terms{}, ErrQuote
	}
	for _, key := range keys {
		if len(key) < MinKey {
			continue
		}
		t, err := verify(token, now, key)
		if err == nil || errors.Is(err, ErrExpired) {
			return t, err
		}
	}
	return Terms{}, ErrQuote
}

func verify(token string, now time.Time, key doku.Secret) (Terms, error) {
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return []byte(key), nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithStrictDecoding(), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(func() time.Time { return now }))
	switch {
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return Terms{}, ErrExpired
	case err != nil:
		return Terms{}, ErrQuote
	case c.ExpiresAt.After(now.Add(MaxAge + leeway)), c.complete() != nil:
		return Terms{}, ErrQuote
	}
	return c.Terms, nil
}

// UnmarshalJSON refuses a claim that is given twice: which of the two somebody else read is not to be known.
func (c *claims) UnmarshalJSON(b []byte) error {
	if err := single(b); err != nil {
		return err
	}
	type plain claims
	return json.Unmarshal(b, (*plain)(c))
}
