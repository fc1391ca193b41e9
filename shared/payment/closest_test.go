package payment_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"kasir/shared/order"
)

// closest is for a number that no payment has. A further page, or one whose other filters leave the payment out, does
// not say that there is none.
func TestClosestOnlyIfNoPaymentHasTheNumber(t *testing.T) {
	b, s := newBench(), &frugalStore{t: t}
	b.Store = s
	for i := range 1200 {
		o := order.Order{Invoice: fmt.Sprintf("INV-%04d", i), Amount: 1000,
			CreatedAt: b.now.Add(-time.Duration(i) * time.Minute), Readers: []string{order.ReaderOf("other")}}
		if _, err := s.Create(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string]bool{
		"invoice_number=INV-0700": false, "invoice_number=INV-0700&status=PAID": false,
		"invoice_number=INV-070X": true, "invoice_number=INV-0701&limit=1": false,
	} {
		parameters, _ := url.ParseQuery(query)
		similar := false
		for pages := 0; ; pages++ {
			if pages > 150 {
				t.Fatalf("%s does not end", query)
			}
			page, err := b.List(t.Context(), staff, parameters)
			if err != nil {
				t.Fatal(err)
			}
			if similar = similar || len(page.Closest) > 0; page.Cursor == "" {
				break
			}
			parameters.Set("cursor", page.Cursor)
		}
		if similar != want {
			t.Errorf("%s: similar numbers: %t", query, similar)
		}
	}
}
