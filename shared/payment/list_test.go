package payment_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// frugalStore checks that a page of a list costs one List and one Orders, each within its limit.
type frugalStore struct {
	failingStore
	t             *testing.T
	lists, orders int
}

func (s *frugalStore) List(ctx context.Context, r payment.Range, limit int) ([]payment.Place, bool, error) {
	if s.lists++; limit > 500 {
		s.t.Errorf("%d places are examined at once", limit)
	}
	return s.failingStore.List(ctx, r, limit)
}

func (s *frugalStore) Orders(ctx context.Context, invoices []string) ([]payment.Stored, payment.Coverage, error) {
	if s.orders++; len(invoices) > payment.MostOrders {
		s.t.Errorf("%d orders are read at once", len(invoices))
	}
	return s.failingStore.Orders(ctx, invoices)
}

var staff = payment.Caller{Subject: "staff", ReadsAll: true}

// listBench has 700 orders of ten days, one every 20 minutes until b.now. Every seventh is Budi's. A few are paid, with
// different cards, and two need a person.
func listBench(t *testing.T) (*bench, *frugalStore, []order.Order) {
	b, s := newBench(), &frugalStore{t: t}
	b.Store = s
	var all []order.Order // the newest first
	for i := range 700 {
		o := order.Order{Invoice: fmt.Sprintf("INV-%04d", 1000+i), Amount: 1000,
			CreatedAt: b.now.Add(-time.Duration(i) * 20 * time.Minute), Readers: []string{order.ReaderOf("back-end")}}
		if i%7 == 0 {
			o.Readers = append(o.Readers, order.ReaderOf("CUST-1"))
		}
		if i%50 == 3 {
			o.Facts.Paid = &order.Payment{Amount: 1000, At: o.CreatedAt, LearnedAt: o.CreatedAt,
				Card: order.Card{Masked: fmt.Sprintf("557338******%04d", i)}}
		}
		if i == 53 {
			o.Facts.Settled = []order.Settled{{Batch: "b", Row: 1, Amount: 1000, Net: 1000}}
		}
		if i == 103 { // the money went back, so DOKU has nothing to settle
			o.Facts.Movements = []order.Movement{{Kind: order.MovedRefund, Source: order.FromRecord, Amount: 1000}}
		}
		if i == 20 || i == 690 {
			o.Facts.Remarks = []order.Remark{{Kind: order.RemarkElsewhere, Detail: "a chargeback", At: o.CreatedAt}}
		}
		stored, err := s.Create(t.Context(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, stored)
	}
	return b, s, all
}

// follow lists every page of a list, and returns the invoice numbers and the number of pages.
func follow(t *testing.T, b *bench, c payment.Caller, query string) (invoices []string, pages int) {
	t.Helper()
	parameters, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	for {
		page, err := b.List(t.Context(), c, parameters)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		limit, err := strconv.Atoi(cmp.Or(parameters.Get("limit"), "50"))
		if pages++; err != nil || len(page.Orders) > limit {
			t.Errorf("%s: a page of %d orders, %v", query, len(page.Orders), err)
		}
		for _, o := range page.Orders {
			invoices = append(invoices, o.Invoice)
		}
		if page.Cursor == "" {
			return invoices, pages
		}
		parameters.Set("cursor", page.Cursor)
	}
}

// Following the cursors lists every matching order once, the newest first, however the pages are cut.
func TestAListHasEveryMatchingOrderOnce(t *testing.T) {
	b, s, all := listBench(t)
	every := func(int, order.Order) bool { return true }
	paid := func(_ int, o order.Order) bool { return o.Status() == order.Paid }
	budis := func(i int, _ order.Order) bool { return i%7 == 0 }
	attention := func(i int, _ order.Order) bool { return i == 20 || i == 690 }
	for _, c := range []struct {
		query  string
		caller payment.Caller
		want   func(i int, o order.Order) bool
	}{
		{"", staff, every},
		{"limit=7", staff, every},
		{"limit=100", staff, every},
		{"from=2026-08-20&to=2026-08-21&limit=13", staff, func(_ int, o order.Order) bool {
			day := o.CreatedAt.Add(7 * time.Hour).Day()
			return day == 20 || day == 21
		}},
		{"status=PAID", staff, paid},
		{"status=PAID,EXPIRED&limit=2", staff, paid},
		{"status=VOIDED", staff, func(int, order.Order) bool { return false }},
		{"last4=0003", staff, func(i int, _ order.Order) bool { return i == 3 }},
		{"settled=true", staff, func(i int, _ order.Order) bool { return i == 53 }},
		{"settled=false&limit=7", staff, func(i int, o order.Order) bool { return paid(i, o) && i != 53 }},
		{"customer_id=CUST-1&limit=9", staff, budis},
		{"customer_id=CUST-1&status=PAID", staff, func(i int, o order.Order) bool { return budis(i, o) && paid(i, o) }},
		{"attention=true&limit=1", staff, attention},
		{"attention=elsewhere", staff, attention},
		{"attention=late", staff, func(int, order.Order) bool { return false }},
		{"attention=true&customer_id=CUST-1", staff, func(int, order.Order) bool { return false }},
		{"invoice_number=INV-12&limit=9", staff, func(_ int, o order.Order) bool { return o.Invoice[:6] == "INV-12" }},
		{"invoice_number=INV-1&status=PAID&limit=3", staff, paid},
		{"limit=9", budi, budis},
		{"customer_id=CUST-2", budi, budis},
		{"status=PAID", budi, func(i int, o order.Order) bool { return budis(i, o) && paid(i, o) }},
		{"", siti, func(int, order.Order) bool { return false }},
	} {
		var want []string
		for i, o := range all {
			if c.want(i, o) {
				want = append(want, o.Invoice)
			}
		}
		for _, b.Lists = range [][]payment.Index{nil, {payment.ByDay}} {
			s.lists, s.orders = 0, 0
			got, pages := follow(t, b, c.caller, c.query)
			if !slices.Equal(got, want) {
				t.Errorf("%s with lists %v: %v, want %v", c.query, b.Lists, got, want)
			}
			if s.lists != pages || s.orders != pages {
				t.Errorf("%s: %d lists and %d reads for %d pages", c.query, s.lists, s.orders, pages)
			}
		}
	}
}

// A whole invoice number finds its order on any day, and a wrong one the closest.
func TestAnInvoiceNumberIsFoundInSpiteOfATypo(t *testing.T) {
	b, s, _ := listBench(t)
	old := order.Order{Invoice: "OLD-1", CreatedAt: b.now.AddDate(-1, 0, 0),
		Readers: []string{order.ReaderOf("CUST-1")}}
	if _, err := s.Create(t.Context(), old, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		caller  payment.Caller
		query   string
		want    []string
		closest []string
	}{
		{staff, "invoice_number=OLD-1", []string{"OLD-1"}, nil},
		{budi, "invoice_number=OLD-1", []string{"OLD-1"}, nil},
		{siti, "invoice_number=OLD-1", nil, nil},
		{staff, "invoice_number=OLD-1&from=2026-08-20", nil, nil},
		{staff, "invoice_number=OLD-1&status=PAID", nil, nil},
		{staff, "invoice_number=INV-1020", []string{"INV-1020"}, nil},
		{staff, "invoice_number=inv-1020", nil, []string{"INV-1020"}},
		{staff, "invoice_number=INV-10020&limit=1", nil, []string{"INV-1000"}},
		{budi, "invoice_number=INV-1021X", nil, []string{"INV-1021"}}, // INV-1020 is another's
		{siti, "invoice_number=INV-1021X", nil, nil},
	} {
		parameters, _ := url.ParseQuery(c.query)
		page, err := b.List(t.Context(), c.caller, parameters)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range page.Orders {
			got = append(got, o.Invoice)
		}
		if !slices.Equal(got, c.want) || (len(page.Closest) == 0) != (len(c.closest) == 0) ||
			len(c.closest) > 0 && page.Closest[0] != c.closest[0] {
			t.Errorf("%s: %v, closest %v, want %v, %v", c.query, got, page.Closest, c.want, c.closest)
		}
		for _, invoice := range page.Closest {
			o, err := b.Read(t.Context(), c.caller, invoice)
			if err != nil {
				t.Errorf("%s offers %s, which the caller may not read: %v, %v", c.query, invoice, o.Invoice, err)
			}
		}
	}
}

func TestABadParameterIsNamed(t *testing.T) {
	b, _, _ := listBench(t)
	for query, want := range map[string]string{
		"limit=101":                              "/limit must be a whole number between 1 and 100",
		"limit=0":                                "/limit must",
		"limit=ten":                              "/limit must",
		"limit=5&limit=6":                        "/limit is given twice",
		"from=2026-8-1":                          "/from must be a day",
		"to=1999-01-01":                          "/to must be a day from 2000 on",
		"from=2026-08-21&to=2026-08-20":          "/to must not be before from",
		"from=2026-05-27&to=2026-08-27":          "/from begins a range of 93 days; a range has at most 92",
		"from=2026-01-01":                        "/from begins a range",
		"from=2026-01-01&customer_id=CUST-1":     "/from begins a range",
		"status=paid":                            "/status must be one of CREATING, PENDING",
		"status=PAID,":                           "/status must",
		"status=":                                "/status must",
		"attention=false":                        "/attention must be true, or one or more of parked",
		"settled=yes":                            "/settled must be true, for paid orders in a settlement report, or false",
		"customer_id=":                           "/customer_id must have 1 to 50",
		"customer_id=" + strings.Repeat("x", 51): "/customer_id must have",
		"invoice_number=INV%201":                 "/invoice_number must be an invoice number or its beginning",
		"last4=12345":                            "/last4 must be the last four digits",
		"last4=12a4":                             "/last4 must",
		"colour=red":                             "/colour is not a field of this request",
		"4761349999000039=1":                     "/(unknown field) is not a field",
	} {
		parameters, _ := url.ParseQuery(query)
		_, err := b.List(t.Context(), staff, parameters)
		var invalid *payment.Invalid
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", query, err, want)
		}
	}
	if _, err := b.List(t.Context(), staff, url.Values{"from": {"2026-05-28"}, "to": {"2026-08-27"}}); err != nil {
		t.Errorf("92 days: %v", err)
	}
	if _, err := b.List(t.Context(), budi, url.Values{"attention": {"true"}}); err == nil ||
		!strings.Contains(err.Error(), "/attention needs a token that may read every payment") {
		t.Errorf("a customer asks for attention: %v", err)
	}
}

// A cursor continues only the list that it is of.
func TestACursorBelongsToItsList(t *testing.T) {
	b, _, _ := listBench(t)
	cursor := func(c payment.Caller, query string) string {
		parameters, _ := url.ParseQuery(query)
		page, err := b.List(t.Context(), c, parameters)
		if err != nil || page.Cursor == "" {
			t.Fatalf("%s: %q, %v", query, page.Cursor, err)
		}
		return page.Cursor
	}
	good, budis := cursor(staff, "limit=5"), cursor(budi, "limit=5")
	if again := cursor(staff, "limit=7&cursor="+good); again == good {
		t.Error("the cursor stays where it is")
	}
	for name, query := range map[string]string{
		"of another filter":          "status=PAID&cursor=" + good,
		"of another range":           "from=2026-08-20&cursor=" + good,
		"of a customer's list":       "cursor=" + budis,
		"of every customer's":        "customer_id=CUST-1&cursor=" + good,
		"of another version":         "cursor=0." + good[2:],
		"without a version":          "cursor=" + good[2:],
		"cut":                        "cursor=" + good[:len(good)-9],
		"lengthened":                 "cursor=" + good + "AAAA",
		"garbage":                    "cursor=garbage",
		"empty":                      "cursor=",
		"with a place in the future": "cursor=" + cursor(staff, "from=2026-08-25&limit=5"),
	} {
		parameters, _ := url.ParseQuery(query)
		if _, err := b.List(t.Context(), staff, parameters); !errors.Is(err, payment.ErrCursor) {
			t.Errorf("a cursor %s: %v, want ErrCursor", name, err)
		}
	}
}
