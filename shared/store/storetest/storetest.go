// Package storetest tests the contract of payment.Store.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// Store is the tested store.
type Store interface {
	payment.Store
}

// Format marks the stored order and orphans of an invoice with a format, and changes nothing else.
type Format func(t *testing.T, invoice string, format int)

// Run tests a store against the contract. It uses its own invoice numbers, so the store need not be empty.
func Run(t *testing.T, s Store, mark Format) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Store)
	}{
		{"an order reads back as it was written, every field", roundTrip},
		{"a second order of the same invoice is refused and changes nothing", createTwice},
		{"an order that is not there", missing},
		{"an update of what has changed meanwhile is refused", staleUpdate},
		{"racing updates lose nothing", race},
		{"orphans are kept once each", orphans},
		{"what is due is listed by its time, and only that", due},
		{"orders are listed at their places, and only where they belong", lists},
		{"many orders are read at once", manyOrders},
		{"a name belongs to the first that claims it", claims},
		{"a recovery ends, and an update raises the version above a given one", recovered},
		{"an order of a newer format is read and not written", func(t *testing.T, s Store) { newerOrder(t, s, mark) }},
		{"orphans of a newer format are left as they are", func(t *testing.T, s Store) { newerOrphans(t, s, mark) }},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, s) })
	}
}

var at = time.Date(2026, 8, 27, 10, 23, 47, 123e6, time.UTC)

// full returns an order with a different value in every field, so that a forgotten field shows.
func full(invoice string) order.Order {
	n := 0
	var o order.Order
	fill(reflect.ValueOf(&o).Elem(), &n)
	o.Invoice, o.Version, o.Format = invoice, 0, order.LastFormat
	return o
}

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(at.Add(time.Duration(*n) * time.Millisecond)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Pointer:
		if v.Type() == reflect.TypeFor[*order.Facts]() { // of a conflict: one report of money
			paid := order.Facts{Paid: &order.Payment{}}
			fill(reflect.ValueOf(paid.Paid).Elem(), n)
			v.Set(reflect.ValueOf(&paid))
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, n)
			fill(value, n)
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("storetest cannot fill a " + v.Type().String())
	}
}

func roundTrip(t *testing.T, s Store) {
	for _, o := range []order.Order{full("ST-FULL"), {Invoice: "ST-BARE", Amount: 1, CreatedAt: at}} {
		create(t, s, o)
		want := o
		want.Version = 1
		same(t, s, want)

		next := want
		next.Amount = 77
		must(t, s.Update(t.Context(), next))
		next.Version = 2
		same(t, s, next)
	}
}

// create stores a new order and checks that Create returns it as stored.
func create(t *testing.T, s Store, o order.Order) order.Order {
	t.Helper()
	stored, err := s.Create(t.Context(), o, nil)
	must(t, err)
	o.Version = 1
	if diff := cmp.Diff(o, stored); diff != "" {
		t.Errorf("Create returned another order than it was given (-given +returned):\n%s", diff)
	}
	return stored
}

func same(t *testing.T, s Store, want order.Order) {
	t.Helper()
	got, err := s.Get(t.Context(), want.Invoice)
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stored order differs (-written +read):\n%s", diff)
	}
}

func createTwice(t *testing.T, s Store) {
	first := create(t, s, full("ST-TWICE"))
	other, err := s.Create(t.Context(), order.Order{Invoice: "ST-TWICE", Amount: 2, CreatedAt: at}, nil)
	if !errors.Is(err, payment.ErrExists) {
		t.Errorf("second Create: %v, want ErrExists", err)
	}
	if diff := cmp.Diff(first, other); diff != "" {
		t.Errorf("second Create does not return the order that is there (-there +returned):\n%s", diff)
	}
	same(t, s, first)
}

func missing(t *testing.T, s Store) {
	if _, err := s.Get(t.Context(), "ST-NOBODY"); !errors.Is(err, payment.ErrNotFound) {
		t.Errorf("Get: %v, want ErrNotFound", err)
	}
	if err := s.Update(t.Context(), order.Order{Invoice: "ST-NOBODY", Version: 1}); !errors.Is(err,
		payment.ErrConflict) {
		t.Errorf("Update: %v, want ErrConflict", err)
	}
	if _, err := s.Get(t.Context(), "ST-NOBODY"); !errors.Is(err, payment.ErrNotFound) {
		t.Errorf("Get after Update: %v, want ErrNotFound: an update must not create", err)
	}
}

func staleUpdate(t *testing.T, s Store) {
	create(t, s, order.Order{Invoice: "ST-STALE", Amount: 1, CreatedAt: at})
	read, err := s.Get(t.Context(), "ST-STALE")
	must(t, err)
	faster := read
	faster.Amount = 2
	must(t, s.Update(t.Context(), faster))
	read.Amount = 3
	if err := s.Update(t.Context(), read); !errors.Is(err, payment.ErrConflict) {
		t.Errorf("stale Update: %v, want ErrConflict", err)
	}
	same(t, s, order.Order{Invoice: "ST-STALE", Amount: 2, CreatedAt: at, Version: 2})
}

func race(t *testing.T, s Store) {
	const writers, each = 8, 10
	create(t, s, order.Order{Invoice: "ST-RACE", CreatedAt: at})
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				if err := addOne(t.Context(), s); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	same(t, s, order.Order{Invoice: "ST-RACE", Amount: writers * each, CreatedAt: at, Version: 1 + writers*each})
}

func addOne(ctx context.Context, s Store) error {
	for {
		o, err := s.Get(ctx, "ST-RACE")
		if err != nil {
			return err
		}
		o.Amount++
		err = s.Update(ctx, o)
		if !errors.Is(err, payment.ErrConflict) {
			return err
		}
	}
}

func orphans(t *testing.T, s Store) {
	kept := []payment.Orphan{
		{Invoice: "ST-ORPHAN", RequestID: "CREDIT_CARD01", ReceivedAt: at, News: full("x").Facts},
		{Invoice: "ST-ORPHAN", RequestID: "CREDIT_CARD01", Body: "says else", ReceivedAt: at.Add(time.Millisecond),
			News: full("y").Facts},
		{Invoice: "ST-ORPHAN", RequestID: "with.dots#and-more", ReceivedAt: at.Add(time.Second),
			News: order.Facts{Paid: &order.Payment{At: at, LearnedAt: at, Amount: 9}}},
	}
	must(t, s.PutOrphan(t.Context(), kept[2]))
	must(t, s.PutOrphan(t.Context(), kept[0]))
	must(t, s.PutOrphan(t.Context(), kept[1]))
	again := kept[2]
	again.ReceivedAt = at.Add(time.Hour)
	must(t, s.PutOrphan(t.Context(), again)) // the first one stays
	got, err := s.Orphans(t.Context(), "ST-ORPHAN")
	must(t, err)
	if diff := cmp.Diff(kept, got); diff != "" {
		t.Errorf("orphans differ (-kept +read):\n%s", diff)
	}
	if got, err := s.Orphans(t.Context(), "ST-NOBODY"); err != nil || len(got) != 0 {
		t.Errorf("orphans of an invoice without any: %v, %v", got, err)
	}
	if _, err := s.Create(t.Context(), order.Order{Invoice: "ST-ORPHAN", CreatedAt: at}, nil); !errors.Is(err,
		payment.ErrOrphans) {
		t.Errorf("an order without the reports that came before it: %v, want ErrOrphans", err)
	}
	if _, err := s.Create(t.Context(), order.Order{Invoice: "ST-ORPHAN", CreatedAt: at}, kept[:1]); !errors.Is(err,
		payment.ErrOrphans) {
		t.Errorf("an order without one of them: %v, want ErrOrphans", err)
	}
	if _, err := s.Get(t.Context(), "ST-ORPHAN"); !errors.Is(err, payment.ErrNotFound) {
		t.Errorf("an orphan must not look like an order: Get says %v", err)
	}
	if _, err := s.Create(t.Context(), order.Order{Invoice: "ST-ORPHAN", CreatedAt: at}, kept); err != nil {
		t.Errorf("an order with all of them: %v", err)
	}
	if err := s.PutOrphan(t.Context(), kept[0]); !errors.Is(err, payment.ErrExists) {
		t.Errorf("an orphan of an order that is there: %v, want ErrExists", err)
	}
	if got, err := s.Orphans(t.Context(), "ST-ORPHAN"); err != nil || len(got) != 0 {
		t.Errorf("orphans of an order that is there: %v, %v", got, err)
	}
}

func due(t *testing.T, s Store) {
	shards, err := s.Spread(t.Context())
	must(t, err)
	listedIn := func(now time.Time, limit int, parts ...payment.Part) []string {
		t.Helper()
		var all []string
		for i := range shards * len(parts) {
			invoices, err := s.Due(t.Context(), payment.Partition(parts[i/shards], i%shards), now, limit)
			must(t, err)
			for _, invoice := range invoices {
				if strings.HasPrefix(invoice, "ST-DUE") {
					all = append(all, invoice)
				}
			}
		}
		slices.Sort(all)
		return all
	}
	listed := func(now time.Time, limit int) []string { return listedIn(now, limit, payment.Money, payment.Pages) }
	long := at.AddDate(-50, 0, 0) // before all other dates of these tests
	for i, when := range []time.Time{long, long.Add(time.Minute), long.Add(time.Hour), {}} {
		create(t, s, order.Order{Invoice: fmt.Sprintf("ST-DUE-%d", i), CreatedAt: at, DueAt: when, DueMoney: i == 1})
	}
	if got := listed(long.Add(time.Minute), 10); !slices.Equal(got, []string{"ST-DUE-0", "ST-DUE-1"}) {
		t.Errorf("due: %q", got)
	}
	if got := listedIn(long.Add(time.Hour), 10, payment.Money); !slices.Equal(got, []string{"ST-DUE-1"}) {
		t.Errorf("due for money: %q", got)
	}
	o, err := s.Get(t.Context(), "ST-DUE-0")
	must(t, err)
	o.DueAt = time.Time{}
	must(t, s.Update(t.Context(), o))
	if got := listed(long.Add(time.Hour), 10); !slices.Equal(got, []string{"ST-DUE-1", "ST-DUE-2"}) {
		t.Errorf("after one was settled: %q", got)
	}
}
