package payment_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// A customer's cursor must not name an order of somebody else, also while the list of customers is missing. No order is
// skipped or shown twice.
func TestACustomersCursorNamesNoOtherOrder(t *testing.T) {
	b, s := newBench(), &frugalStore{t: t}
	b.Store, b.Lists = s, []payment.Index{payment.ByDay}
	var want []string
	for i := range 600 {
		name, reader := fmt.Sprintf("SECRET-%04d", i), "other"
		if i%7 == 0 || i%50 < 3 {
			name, reader = fmt.Sprintf("OWN-%04d", i), "budi"
			want = append(want, name)
		}
		o := order.Order{Invoice: name, Amount: 1000, Readers: []string{order.ReaderOf(reader)},
			CreatedAt: b.now.Add(-time.Duration(i/5) * time.Millisecond)}
		if _, err := s.Create(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(want)
	for _, limit := range []string{"1", "2", "7", "100"} {
		var got []string
		parameters := url.Values{"limit": {limit}}
		for {
			page, err := b.List(t.Context(), payment.Caller{Subject: "budi"}, parameters)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range page.Orders {
				got = append(got, o.Invoice)
			}
			if page.Cursor == "" {
				break
			}
			raw, _ := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(page.Cursor, "1."))
			if strings.Contains(string(raw), "SECRET") {
				t.Fatalf("the cursor contains %q", raw[12:])
			}
			parameters.Set("cursor", page.Cursor)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("limit %s: %d orders, want %d", limit, len(got), len(want))
		}
	}
}
