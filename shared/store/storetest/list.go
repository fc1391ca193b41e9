package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// long is before all other dates of these tests, so that a range has only the orders of one test.
var long = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// everything is the range of a list that begins with the orders of one test and ends before those of the others.
func everything(index payment.Index, customer string) payment.Range {
	return payment.Range{Index: index, Customer: customer, From: payment.PlaceOf(long, ""),
		To: payment.PlaceOf(long.AddDate(1, 0, 0), "")}
}

// lists checks that every order is listed once at its place, and under its customer, and as long as it has an open
// case.
func lists(t *testing.T, s Store) {
	const budi, sari = "digest of budi", "digest of sari"
	var want []payment.Place // the newest first
	for i := range 30 {
		o := order.Order{
			Invoice: fmt.Sprintf("ST-LIST-%02d", i), Amount: 1,
			CreatedAt: long.Add(time.Duration(i/2) * time.Millisecond), Readers: []string{"the back end", budi},
		}
		if i%3 == 0 {
			o.Readers = []string{sari}
		}
		create(t, s, o)
		want = append([]payment.Place{payment.PlaceOf(o.CreatedAt, o.Invoice)}, want...)
	}
	of := func(keep func(i int) bool) (some []payment.Place) {
		for _, place := range want {
			var i int
			fmt.Sscanf(place.Invoice(), "ST-LIST-%d", &i)
			if keep(i) {
				some = append(some, place)
			}
		}
		return some
	}
	listed(t, s, everything(payment.ByDay, ""), want)
	listed(t, s, everything(payment.ByCustomer, sari), of(func(i int) bool { return i%3 == 0 }))
	listed(t, s, everything(payment.ByCustomer, budi), of(func(i int) bool { return i%3 != 0 }))
	listed(t, s, everything(payment.ByCustomer, "nobody"), nil)
	tied(t, s)
	part := everything(payment.ByDay, "")
	part.From, part.To = want[20], want[10]
	listed(t, s, part, want[11:21])

	before, err := s.CountAttention(t.Context())
	must(t, err)
	stored, err := s.Get(t.Context(), "ST-LIST-07")
	must(t, err)
	quiet := stored
	stored.Facts.Remarks = []order.Remark{{Kind: order.RemarkElsewhere, Detail: "a chargeback", At: at}}
	must(t, s.Update(t.Context(), stored))
	listed(t, s, everything(payment.ByAttention, ""), of(func(i int) bool { return i == 7 }))
	if n, err := s.CountAttention(t.Context()); err != nil || n != before+1 {
		t.Errorf("%d orders with an open case, %v, want %d", n, err, before+1)
	}
	quiet.Version++
	must(t, s.Update(t.Context(), quiet))
	listed(t, s, everything(payment.ByAttention, ""), nil)
	listed(t, s, everything(payment.ByDay, ""), want)
}

// tied checks that no order is missing in the pages of a list if many have the same time.
func tied(t *testing.T, s Store) {
	const tini = "digest of tini"
	at, want := long.AddDate(2, 0, 0), []payment.Place(nil)
	for i := range 45 {
		o := order.Order{Invoice: fmt.Sprintf("ST-TIED-%02d", i), Readers: []string{tini},
			CreatedAt: at.Add(time.Duration(i/20) * time.Millisecond)}
		create(t, s, o)
		want = append([]payment.Place{payment.PlaceOf(o.CreatedAt, o.Invoice)}, want...)
	}
	r := payment.Range{Index: payment.ByCustomer, Customer: tini, From: payment.PlaceOf(at, ""),
		To: payment.PlaceOf(at.AddDate(0, 0, 1), "")}
	listed(t, s, r, want)
	r.From, r.To = want[30], want[3]
	listed(t, s, r, want[4:31])
}

// listed walks through a range by pages of different sizes and compares what it lists.
func listed(t *testing.T, s Store, r payment.Range, want []payment.Place) {
	t.Helper()
	for _, limit := range []int{1, 7, 100} {
		var got []payment.Place
		for rest, more := r, true; more; {
			places, left, err := s.List(t.Context(), rest, limit)
			must(t, err)
			if len(places) > limit || left && len(places) == 0 {
				t.Fatalf("%d places of %d, more: %v", len(places), limit, left)
			}
			got = append(got, places...)
			if more = left; more {
				rest.To = places[len(places)-1]
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s, %d at once (-want +got):\n%s", r.Index, limit, cmp.Diff(want, got))
		}
	}
}

// manyOrders checks that Orders reads all orders that are there, and only those.
func manyOrders(t *testing.T, s Store) {
	var invoices []string
	want := map[string]order.Order{}
	for i := range payment.MostOrders - 1 {
		o := full(fmt.Sprintf("ST-MANY-%02d", i))
		want[o.Invoice] = create(t, s, o)
		invoices = append(invoices, o.Invoice)
	}
	stored, _, err := s.Orders(t.Context(), append(invoices, "ST-NOBODY"))
	must(t, err)
	got := map[string]order.Order{}
	for _, one := range stored {
		must(t, one.Err)
		got[one.Invoice] = one.Order
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("orders differ (-written +read):\n%s", strings.SplitAfterN(diff, "\n", 30)[0])
	}
	if stored, _, err := s.Orders(t.Context(), nil); err != nil || len(stored) != 0 {
		t.Errorf("no orders: %v, %v", stored, err)
	}
}
