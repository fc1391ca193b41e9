package payment_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"kasir/shared/order"
)

// closest is for a number that no payment has: not on a further page of a list whose first page has the payment.
func TestClosestOnlyIfNoPaymentHasTheNumber(t *testing.T) {
	b, s := newBench(), &frugalStore{t: t}
	b.Store = s
	for i := range 1200 {
		o := order.Order{Invoice: fmt.Sprintf("INV-%04d", i), Amount: 1000, CreatedAt: b.now.Add(-time.Duration(i) * time.Minute),
			Readers: []string{order.ReaderOf("other")}}
		if _, err := s.Create(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, more := range []string{"", "PAID"} {
		parameters := url.Values{"invoice_number": {"INV-0700"}}
		if more != "" {
			parameters.Set("status", more)
		}
		for page := 1; ; page++ {
			p, err := b.List(t.Context(), staff, parameters)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("status %q page %d: %d orders, closest %v", more, page, len(p.Orders), p.Closest)
			if len(p.Closest) > 0 {
				t.Errorf("closest %v", p.Closest)
			}
			if p.Cursor == "" {
				break
			}
			parameters.Set("cursor", p.Cursor)
		}
	}
}
