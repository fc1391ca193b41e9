// Package quote signs and verifies quotes. A quote is a short-lived JWT with one invoice, its amount and its line
// items. A merchant's back end makes it to set the price, and a browser then uses it to ask for a payment page.
// docs/quotes.md has the claims and the rules.
package quote

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kasir/shared/doku"
)

// Limits of a quote.
const (
	MaxLifetime = 15 * time.Minute // of a quote, from the moment it is checked
	Leeway      = 5 * time.Second  // permitted error of the back end's clock, in both directions
	MinKey      = 32               // bytes of a key; RFC 7518, section 3.2, requires the length of HS256's output
	maxToken    = 8 << 10          // bytes of a quote
)

// Key signs quotes. Printed in any form it is "[secret]".
type Key = doku.Secret

// Terms are the terms of a quote, under the names of the create-page body's fields. The token has the times. An absent
// field also has a meaning, see Check.
type Terms struct {
	InvoiceNumber string           `json:"invoice_number"`
	Amount        int64            `json:"amount"` // whole rupiah
	LineItems     []doku.LineItem  `json:"line_items,omitempty"`
	Promo         []doku.Promo     `json:"promo,omitempty"`
	PaymentType   doku.PaymentType `json:"payment_type,omitempty" empty:"refused"`
	AutoCapture   bool             `json:"auto_capture,omitempty"`
	AllowBIN      []string         `json:"allow_bin,omitzero" empty:"refused"`    // nil allows any; never empty
	AllowTenor    []int64          `json:"allow_tenor,omitzero" empty:"refused"`  // likewise
	CustomerID    string           `json:"customer_id,omitempty" empty:"refused"` // empty allows any customer
	Subject       string           `json:"-"`                                     // claim sub; empty allows any caller
}

// Sign makes a quote that is valid until expires, which must be at most MaxLifetime ahead when the quote is checked.
func Sign(key Key, t Terms, expires time.Time) (string, error) {
	if len(key) < MinKey {
		return "", fmt.Errorf("signing a quote: the key is shorter than %d bytes", MinKey)
	}
	if problem := t.problem(); problem != "" {
		return "", errors.New("signing a quote: " + problem)
	}
	claims := struct {
		Terms
		jwt.RegisteredClaims
	}{t, jwt.RegisteredClaims{Subject: t.Subject, ExpiresAt: jwt.NewNumericDate(expires)}}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(key))
	if err != nil {
		return "", fmt.Errorf("signing a quote: %w", err)
	}
	if len(token) > maxToken {
		return "", fmt.Errorf("signing a quote: it is longer than %d bytes: use fewer line items", maxToken)
	}
	return token, nil
}

// problem describes the claim that a quote cannot have, or returns "".
func (t Terms) problem() string {
	switch {
	case !doku.ValidInvoiceNumber(t.InvoiceNumber):
		return "its claim invoice_number is missing, or not 1 to 64 letters, digits and hyphens"
	case t.Amount < 1:
		return "its claim amount is missing, or not above 0"
	case t.AllowBIN != nil && len(t.AllowBIN) == 0 || t.AllowTenor != nil && len(t.AllowTenor) == 0:
		return "its claim allow_bin or allow_tenor is empty: leave it out, or list the allowed values"
	}
	return ""
}
