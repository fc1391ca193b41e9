package payment_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// unpaid creates n orders whose pages have ended.
func unpaid(t *testing.T, b *bench, prefix string, n int) {
	t.Helper()
	for i := range n {
		r := request()
		r.Order.InvoiceNumber = fmt.Sprintf("%s-%d", prefix, i)
		if _, err := b.CreatePage(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	b.now = b.now.Add(time.Hour + 2*time.Minute)
}

// If more is due than a run has time for, every order is late, but none starves in any shard.
func TestOverloadLeavesNoOrderForGood(t *testing.T) {
	b := newBench()
	b.now = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC) // a deadline by this clock does not end the test's contexts
	unpaid(t, b, "INV", 400)
	asked := map[string]bool{}
	b.doku.told = func(invoice string) (doku.Status, error) {
		asked[invoice] = true
		b.now = b.now.Add(5 * time.Second) // the time of one answer: a run has time for about ten
		return generated(invoice)
	}
	for range 90 { // about ten looks each, at 400 orders that each need several
		start := b.now.Truncate(time.Minute).Add(time.Minute)
		b.now = start
		ctx, cancel := context.WithDeadline(t.Context(), start.Add(time.Minute))
		r, err := b.Reconcile(ctx)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		b.now = start
		if len(asked) < 400 && r.Left == 0 {
			t.Fatalf("%+v: not all were looked at, and nothing is said to be left", r)
		}
	}
	if len(asked) != 400 {
		t.Errorf("%d of 400 orders were ever asked for", len(asked))
	}
}

// unreadable always fails for some orders.
type unreadable struct {
	store.Memory
	failing bool
}

func (u *unreadable) Get(ctx context.Context, invoice string) (order.Order, error) {
	if u.failing && strings.HasPrefix(invoice, "BAD-") {
		return order.Order{}, errors.New("an item that cannot be read")
	}
	return u.Memory.Get(ctx, invoice)
}

// Orders that cannot be processed stay due, before all others. Those behind them are still processed.
func TestOrdersThatFailHoldUpNoOthers(t *testing.T) {
	b := newBench()
	kept := &unreadable{}
	b.Store = kept
	unpaid(t, b, "BAD", 400) // some 50 in each shard, more than one batch
	unpaid(t, b, "INV", 40)
	kept.failing = true
	b.doku.told = generated
	r, err := b.Reconcile(t.Context())
	if err != nil || r.Looked-r.Failed != 40 || r.Failed < 200 {
		t.Errorf("%+v, %v: want the 40 orders behind those that fail to be looked at", r, err)
	}
}

// Work on all shards at once gives the same result as one by one.
func TestAllShardsAtOnce(t *testing.T) {
	b := newBench()
	unpaid(t, b, "INV", 100)
	b.Looks = &payment.Looks{AtOnce: 2}
	var mu sync.Mutex
	asked, waiting := map[string]int{}, make(chan struct{}, 1)
	b.doku.told = func(invoice string) (doku.Status, error) {
		mu.Lock()
		asked[invoice]++
		if len(asked) == 2*payment.FewestShards {
			close(waiting)
		}
		mu.Unlock()
		<-waiting // until every shard has begun two; one by one, this would wait for ever
		return generated(invoice)
	}
	r, err := b.Reconcile(t.Context())
	if err != nil || r.Looked != 100 || len(asked) != 100 || r.Left+r.Failed != 0 {
		t.Errorf("%+v, %v: %d orders were asked for", r, err, len(asked))
	}
	for invoice, n := range asked {
		if n != 1 {
			t.Errorf("%s was asked for %d times", invoice, n)
		}
	}
}

// A panic reaches the caller, which can log it, but only after the other shards are done.
func TestAPanicOfOneShardReachesTheCaller(t *testing.T) {
	b := newBench()
	unpaid(t, b, "INV", 40)
	b.Looks = &payment.Looks{AtOnce: 2}
	var asked atomic.Int64
	b.doku.told = func(invoice string) (doku.Status, error) {
		asked.Add(1)
		if invoice == "INV-7" {
			panic("odd")
		}
		return generated(invoice)
	}
	defer func() {
		if p := recover(); p != "odd" || asked.Load() < 30 {
			t.Errorf("panicked with %v, and %d orders were asked for", p, asked.Load())
		}
	}()
	b.Reconcile(t.Context())
}
