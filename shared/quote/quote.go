// Package quote is how a merchant's back end names the price that a browser then asks a payment page for: a short-lived
// JWT over one invoice, its amount and its line items. docs/quotes.md has the claims and the rules.
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
	Leeway      = 5 * time.Second  // by which the back end's clock may be off, either way
	MinKey      = 32               // bytes of a key; RFC 7518, section 3.2, asks for as many as HS256 makes
	maxToken    = 8 << 10          // bytes of a quote
)

// Key signs quotes. It shows as "[secret]" however it is printed.
type Key = doku.Secret

// Terms are what a quote says, under the names of the create-page body's own fields; times are the token's. What is
// left out has a meaning too, see Check.
type Terms struct {
	InvoiceNumber string           `json:"invoice_number"`
	Amount        int64            `json:"amount"` // whole rupiah
	LineItems     []doku.LineItem  `json:"line_items,omitempty"`
	Promo         []doku.Promo     `json:"promo,omitempty"`
	PaymentType   doku.PaymentType `json:"payment_type,omitempty" empty:"refused"`
	AutoCapture   bool             `json:"auto_capture,omitempty"`
	AllowBIN      []string         `json:"allow_bin,omitzero" empty:"refused"` // nil: the caller may choose; never empty
	AllowTenor    []int64          `json:"allow_tenor,omitzero" empty:"refused"`
	CustomerID    string           `json:"customer_id,omitempty" empty:"refused"` // empty: any customer's
	Subject       string           `json:"-"`                                     // the claim sub: whose token may use the quote; empty: anybody's
}

// Sign makes a quote that holds until expires, at most MaxLifetime away when it is checked.
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
		return "", fmt.Errorf("signing a quote: it is longer than %d bytes: name fewer line items", maxToken)
	}
	return token, nil
}

// problem says which claim cannot be quoted, or nothing.
func (t Terms) problem() string {
	switch {
	case !doku.ValidInvoiceNumber(t.InvoiceNumber):
		return "its claim invoice_number is missing, or not 1 to 64 letters, digits and hyphens"
	case t.Amount < 1:
		return "its claim amount is missing, or not above 0"
	case t.AllowBIN != nil && len(t.AllowBIN) == 0 || t.AllowTenor != nil && len(t.AllowTenor) == 0:
		return "its claim allow_bin or allow_tenor is empty: leave it out, or name what may pay"
	}
	return ""
}
