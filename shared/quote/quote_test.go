package quote_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/doku"
	"kasir/shared/quote"
)

const (
	current  = quote.Key("current-key-of-at-least-32-bytes-000001")
	previous = quote.Key("previous-key-of-at-least-32-bytes-00001")
	foreign  = quote.Key("somebody-elses-key-of-at-least-32-bytes")
)

var now = time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)

// terms is a quote with every part that a browser could want to change.
func terms() quote.Terms {
	return quote.Terms{
		InvoiceNumber: "INV-1", Amount: 90000,
		LineItems: []doku.LineItem{{Name: "Kopi Gayo", Price: 30000, Quantity: 2},
			{Name: "Teh Poci", Price: 30000, Quantity: 1}},
	}
}

func sign(t *testing.T, key quote.Key, terms quote.Terms) string {
	t.Helper()
	token, err := quote.Sign(key, terms, now.Add(15*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestWhatIsSignedIsRead(t *testing.T) {
	full := terms()
	full.Promo = []doku.Promo{{BIN: "411111", DiscountAmount: 10000}}
	full.PaymentType, full.AutoCapture = doku.Authorize, true
	full.CustomerID, full.Subject = "CUST-1", "auth0|CUST-1"
	full.AllowBIN, full.AllowTenor = []string{"411111", "55220088"}, []int64{3, 6}
	for name, want := range map[string]quote.Terms{"full": full, "bare": {InvoiceNumber: "INV-2", Amount: 1}} {
		got, err := quote.Verify(sign(t, current, want), now, current)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

// While the key is being rotated a quote of either key holds; one of a key that has gone does not.
func TestRotation(t *testing.T) {
	for _, c := range []struct {
		name string
		by   quote.Key
		keys []quote.Key
		want error
	}{
		{"before", previous, []quote.Key{previous, ""}, nil},
		{"after, by the new key", current, []quote.Key{current, previous}, nil},
		{"after, by the old key", previous, []quote.Key{current, previous}, nil},
		{"the old key gone", previous, []quote.Key{current, ""}, quote.ErrQuote},
		{"no key at all", current, nil, quote.ErrQuote},
		{"empty keys", current, []quote.Key{"", ""}, quote.ErrQuote},
		{"a short key, although it is the one that signed", current, []quote.Key{current[:31]}, quote.ErrQuote},
	} {
		if _, err := quote.Verify(sign(t, c.by, terms()), now, c.keys...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestSignRefusesWhatNoVerifierTakes(t *testing.T) {
	big := terms()
	big.LineItems = make([]doku.LineItem, 500)
	closed := terms()
	closed.AllowBIN = []string{}
	for want, c := range map[string]struct {
		key   quote.Key
		terms quote.Terms
	}{
		"shorter than 32 bytes":   {"", terms()},
		"is shorter than 32":      {current[:31], terms()},
		"claim invoice_number":    {current, quote.Terms{Amount: 1}},
		"claim amount":            {current, quote.Terms{InvoiceNumber: "INV-1"}},
		"allow_tenor is empty":    {current, closed},
		"longer than 8192 bytes":  {current, big},
		"letters, digits and hyp": {current, quote.Terms{InvoiceNumber: "INV 1", Amount: 1}},
	} {
		token, err := quote.Sign(c.key, c.terms, now.Add(time.Minute))
		if token != "" || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v and a token of %d bytes", want, err, len(token))
		}
	}
}

// A key never shows its value, in any form in which it is printed.
func TestAKeyCannotBePrinted(t *testing.T) {
	encoded, err := json.Marshal(map[string]any{"key": current})
	if err != nil {
		t.Fatal(err)
	}
	_, refused := quote.Sign(current[:31], terms(), now)
	for _, shown := range []string{fmt.Sprintf("%v %s %q %x %#v", current, current, current, current, current),
		string(encoded), refused.Error()} {
		if strings.Contains(shown, string(current[:12])) ||
			strings.Contains(shown, fmt.Sprintf("%x", string(current[:12]))) {
			t.Errorf("it shows in %s", shown)
		}
	}
}
