package payment_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

func TestRulesOfMetadata(t *testing.T) {
	long := strings.Repeat("x", 497)
	for _, test := range []struct{ name, text, want string }{
		{"cart_id", "CART-77", ""},
		{"a", "Kopi Gayo <250 g> & gula, é 😀", ""},
		{strings.Repeat("k", 40), "x", ""},
		{"cart_id2", long, ""}, // 512 bytes as JSON
		{"cart_id2", long + "x", "/metadata has 513 bytes as JSON; at most 512"},
		{"", "x", "/metadata/(unknown field) must have a name of 1 to 40"},
		{strings.Repeat("k", 41), "x", "/metadata/(unknown field) must have a name of 1 to 40"},
		{"cartId", "x", "/metadata/cartId must have a name of 1 to 40"},
		{"cart-id", "x", "/metadata/cart-id must have a name of 1 to 40"},
		{"Budi Santoso", "x", "/metadata/(unknown field) must have a name of 1 to 40"},
		{"4761349999000039", "x", "/metadata/(unknown field) must not have a name with 13 or more digits"},
		{"a_4761_3499_9900_0039", "x", "/metadata/(unknown field) must not have a name with 13 or more digits"},
		{"a", "", "/metadata/a must not be empty"},
		{"a", "two\nlines", "/metadata/a has a control character"},
		{"a", "budi@example.com", "/metadata/a must not contain @"},
		{"a", "budi＠example.com", "/metadata/a must not contain @"},
		{"a", "4761349999000039", "/metadata/a must not have 13 or more digits"},
		{"a", "paid with 4761 3499 9900 0039.", "/metadata/a must not have 13 or more digits"},
		{"a", "4761-3499-9900-0039", "/metadata/a must not have 13 or more digits"},
		{"a", "4761 - 3499 – 9900 − 0039", "/metadata/a must not have 13 or more digits"},
		{"a", "4761.3499.9900.0039", "/metadata/a must not have 13 or more digits"},
		{"a", "4761\u200b3499\u00a09900\u20090039", "/metadata/a must not have 13 or more digits"},
		{"a", "４７６１３４９９９９０００", "/metadata/a must not have 13 or more digits"},
		{"a", "VISA4761349999000039", "/metadata/a must not have 13 or more digits"},
		{"a", "4761349999000039 12/30 123 and more digits 47613499", "/metadata/a must not have 13 or more digits"},
		{"a", "123456789012", ""},
		{"a", "2026-08-27T10:23:47Z", ""},
		{"a", "12/34/5678/9012/3456", ""},
		{"a", "4266141e-4000-4123-8456-426614174000", ""}, // the end of a UUID may be all digits
		{"a", "507F1F77BCF86CD799439011234567890123", ""},
		{"a", "41111111-1111-1111-1111-111111111111", "/metadata/a must not have 13 or more digits"},
		{"a", "476134999900003912345678", "/metadata/a must not have 13 or more digits"},
	} {
		r, b := request(), newBench()
		r.Metadata = order.Metadata{test.name: test.text}
		_, err := b.CreatePage(t.Context(), r)
		var invalid *payment.Invalid
		got := ""
		if errors.As(err, &invalid) {
			got = invalid.Violations[0].Pointer + " " + invalid.Violations[0].Detail
		} else if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("%q %q: %q, want %q", test.name, test.text, got, test.want)
		}
		if _, err := b.Find(t.Context(), "INV-1"); got != "" && (!errors.Is(err, payment.ErrNotFound) ||
			len(b.doku.asked) > 0) {
			t.Errorf("%q %q was stored or sent", test.name, test.text)
		}
	}
}

func withMetadata(text string) payment.PageRequest {
	r := request()
	r.Metadata = order.Metadata{"cart_id": text, "channel": "web"}
	return r
}

// The metadata are stored with the order and kept by every write. DOKU gets the request that it would get without them.
func TestMetadataAreKeptAndNotSentToDOKU(t *testing.T) {
	plain, b := newBench(), newBench()
	if _, err := plain.CreatePage(t.Context(), request()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.CreatePage(t.Context(), withMetadata("CART-77")); err != nil {
		t.Fatal(err)
	}
	if b.doku.bodies[0] != plain.doku.bodies[0] || b.doku.asked[0] != plain.doku.asked[0] {
		t.Errorf("DOKU got %s, without metadata %s", b.doku.bodies[0], plain.doku.bodies[0])
	}
	if _, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); err != nil {
		t.Fatal(err)
	}
	answer, err := b.Refund(t.Context(),
		payment.RefundRequest{Invoice: "INV-1", Key: "the key of a refund", Amount: 90000, Expected: -1})
	if text, _ := json.Marshal(answer.Order.Metadata); err != nil ||
		string(text) != `{"cart_id":"CART-77","channel":"web"}` {
		t.Errorf("after a notification and a refund the order has %s, %v", text, err)
	}
}

// Metadata are part of the request that a repeat must match.
func TestARepeatHasTheSameMetadata(t *testing.T) {
	b := newBench()
	b.doku.answer = func() (string, error) { return "", errUnknown }
	if answer, err := b.CreatePage(t.Context(), withMetadata("CART-77")); err != nil || answer.Unknown == nil {
		t.Fatalf("%+v, %v", answer, err)
	}
	for _, other := range []payment.PageRequest{withMetadata("CART-78"), request()} {
		if _, err := b.CreatePage(t.Context(), other); !errors.Is(err, payment.ErrMismatch) {
			t.Errorf("other metadata while the outcome is unknown: %v, want ErrMismatch", err)
		}
	}
	b.doku.answer, b.now = nil, b.now.Add(order.Lease)
	if answer, err := b.CreatePage(t.Context(), withMetadata("CART-77")); err != nil || answer.Unknown != nil {
		t.Fatalf("the same request: %+v, %v", answer, err)
	}
	var no *order.NotAllowed
	for _, other := range []payment.PageRequest{withMetadata("CART-78"), request()} {
		if _, err := b.CreatePage(t.Context(), other); !errors.As(err, &no) ||
			!strings.Contains(err.Error(), "has a page for another body") {
			t.Errorf("other metadata while the page stands: %v", err)
		}
	}
	if answer, err := b.CreatePage(t.Context(), withMetadata("CART-77")); err != nil || !answer.Replayed {
		t.Errorf("the same request: %+v, %v", answer, err)
	}
}

// After a page ended unpaid, the order's next page keeps the metadata.
func TestTheNextPageKeepsTheMetadata(t *testing.T) {
	b := newBench()
	if _, err := b.CreatePage(t.Context(), withMetadata("CART-77")); err != nil {
		t.Fatal(err)
	}
	b.doku.told = func(invoice string) (doku.Status, error) { return doku.Status{InvoiceNumber: invoice}, nil }
	b.now = b.now.Add(2 * time.Hour)
	var no *order.NotAllowed
	if _, err := b.CreatePage(t.Context(), withMetadata("CART-78")); !errors.As(err, &no) ||
		!strings.Contains(err.Error(), "same amount, type, promos, customer and metadata") {
		t.Errorf("other metadata: %v", err)
	}
	answer, err := b.CreatePage(t.Context(), request())
	if text, _ := json.Marshal(answer.Order.Metadata); err != nil ||
		string(text) != `{"cart_id":"CART-77","channel":"web"}` {
		t.Errorf("the next page without metadata: %s, %v", text, err)
	}
}
