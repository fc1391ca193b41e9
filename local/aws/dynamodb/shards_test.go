package dynamodb

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// If the number of shards is raised or lowered, the orders that are due stay where they are and are found.
func TestTheNumberOfShardsChangesUnderLoad(t *testing.T) {
	_, s := open(t, "")
	at := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	stores, written := map[int]*store.DynamoDB{}, 0
	for _, shards := range []int{8, 64, 256, 16} {
		stores[shards] = &store.DynamoDB{Client: s.Client, Table: s.Table, NewID: s.NewID, Shards: shards}
	}
	for step, c := range []struct{ shards, spread int }{{8, 8}, {64, 64}, {16, 64}, {256, 256}, {8, 256}} {
		now := stores[c.shards]
		for i := range 40 {
			invoice := fmt.Sprintf("SHARD-%d-%d", step, i)
			_, err := now.Create(t.Context(), order.Order{Invoice: invoice, Amount: 5, CreatedAt: at, DueAt: at,
				DueMoney: i%2 == 0}, nil)
			must(t, err)
			written++
		}
		for _, reader := range []*store.DynamoDB{now, stores[8]} {
			spread, err := reader.Spread(t.Context())
			must(t, err)
			if spread != c.spread {
				t.Errorf("step %d: %d shards are read, want %d", step, spread, c.spread)
			}
			money, pages := dueIn(t, reader, payment.Money, spread), dueIn(t, reader, payment.Pages, spread)
			if len(money) != written/2 || len(pages) != written/2 {
				t.Errorf("step %d: %d orders of money and %d pages are found, of %d", step, len(money), len(pages),
					written)
			}
			for _, invoice := range money {
				if o, err := reader.Get(t.Context(), invoice); err != nil || !o.DueMoney {
					t.Errorf("step %d: %s is read as a page (%v)", step, invoice, err)
				}
			}
		}
	}
}

// dueIn returns the due orders of a part. An order that were in two partitions would be in it twice.
func dueIn(t *testing.T, s *store.DynamoDB, part payment.Part, shards int) (all []string) {
	t.Helper()
	for shard := range shards {
		invoices, err := s.Due(t.Context(), payment.Partition(part, shard), time.Now().AddDate(100, 0, 0), 1000)
		must(t, err)
		all = append(all, invoices...)
	}
	slices.Sort(all)
	return slices.DeleteFunc(all, func(invoice string) bool { return invoice[:6] != "SHARD-" })
}

// A canary of more shards may be rolled back before reconcile has run with them: it runs twice a minute, and a tenth of
// its runs get the new version. What the other functions have written until then must be found all the same.
func TestOrdersOfARolledBackNumberOfShardsAreFound(t *testing.T) {
	_, s := open(t, "")
	writer := &store.DynamoDB{Client: s.Client, Table: s.Table, NewID: s.NewID, Shards: 256} // a refund of the canary
	at, written := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC), 40
	for i := range written {
		o := order.Order{Invoice: fmt.Sprintf("SHARD-BACK-%d", i), Amount: 5, CreatedAt: at, DueAt: at, DueMoney: true}
		_, err := writer.Create(t.Context(), o, nil)
		must(t, err)
	}
	reader := &store.DynamoDB{Client: s.Client, Table: s.Table, NewID: s.NewID, Shards: 8} // reconcile, as before
	spread, err := reader.Spread(t.Context())
	must(t, err)
	if found := dueIn(t, reader, payment.Money, spread); len(found) != written {
		t.Errorf("%d of %d orders are found in %d shards", len(found), written, spread)
	}
}
