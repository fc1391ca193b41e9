package payment_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

const lookTakes = 900 * time.Millisecond

// slowDOKU answers check status after lookTakes. It refuses a call under HTTP 429 if there are more than most at once.
type slowDOKU struct {
	mu                sync.Mutex
	most, under, peak int
	answered, turned  int
	perInvoice        map[string]int
}

func (d *slowDOKU) told(invoice string) (doku.Status, error) {
	d.mu.Lock()
	d.under++
	d.peak = max(d.peak, d.under)
	d.perInvoice[invoice]++
	tooMany := d.most > 0 && d.under > d.most
	d.mu.Unlock()
	time.Sleep(lookTakes)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.under--
	if tooMany {
		d.turned++
		return doku.Status{}, &doku.Error{HTTPStatus: 429}
	}
	d.answered++
	return generated(invoice)
}

// overdue returns a bench by the bubble's clock with n pages that ended a minute ago.
func overdue(t *testing.T, n, atOnce int) (*bench, *slowDOKU) {
	b, d := newBench(), &slowDOKU{perInvoice: map[string]int{}}
	b.now = time.Now()
	unpaid(t, b, "INV", n)
	b.Now, b.Looks, b.doku.told = time.Now, &payment.Looks{AtOnce: atOnce}, d.told
	time.Sleep(time.Hour + 2*time.Minute)
	return b, d
}

// minute runs reconcile for one minute, in Lambda's time.
func (b *bench) minute(t *testing.T, share payment.Share) payment.ReconcileResult {
	t.Helper()
	next := time.Now().Truncate(time.Minute).Add(time.Minute)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Minute))
	defer cancel()
	r, err := b.ReconcileShare(ctx, share)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(next))
	return r
}

// inDoubt stores a paid order with a refund whose outcome is unknown, and which is due.
func (b *bench) inDoubt(t *testing.T, invoice string) {
	t.Helper()
	begun := order.Stamp(time.Now().Add(-2 * time.Minute))
	o := order.Order{Invoice: invoice, Amount: 90000, CreatedAt: begun, PageEnd: begun.Add(time.Hour),
		Facts: order.Facts{Paid: &order.Payment{Amount: 90000, At: begun, LearnedAt: begun, ApprovalCode: "1"}},
		Operations: []order.Operation{{ID: "refund-1", Kind: order.KindRefund, Amount: 10000, State: order.Open,
			Generation: 1, Attempts: 1, FirstAt: begun, LastAt: begun, RequestID: invoice}},
	}
	if _, err := b.Store.Create(t.Context(), o.Schedule(order.Policy{TrustWindow: time.Hour}), nil); err != nil {
		t.Fatal(err)
	}
}

// docs/scale.md has this rate: eight shards with sixteen looks at the same time.
func TestARunLooksAtSevenThousandPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := overdue(t, 9000, 16)
		if r := b.minute(t, payment.Share{Part: payment.Pages}); r.Looked < 7000 || d.peak > 8*16 || r.Left == 0 {
			t.Errorf("%+v, %d at once: want 7,000 looks, 128 at once, and the rest left", r, d.peak)
		}
	})
}

// While DOKU answers 429, fewer orders are looked at together, also in the next run; later there are more again.
func TestFewerLooksWhileDOKUAsksToSlowDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := overdue(t, 3000, 16)
		d.most = 20
		b.minute(t, payment.Share{Part: payment.Pages})
		first := d.turned
		if first == 0 || first > 400 || d.answered < 500 {
			t.Errorf("%d calls were turned away and %d were not", first, d.answered)
		}
		d.peak, d.turned = 0, 0
		if b.minute(t, payment.Share{Part: payment.Pages}); d.peak > 40 {
			t.Errorf("the next run began with %d at once, after DOKU had accepted 20", d.peak)
		}
		d.most, d.peak = 0, 0
		for range 2 {
			b.minute(t, payment.Share{Part: payment.Pages})
		}
		if d.peak < 40 {
			t.Errorf("at most %d at once, although DOKU accepts all", d.peak)
		}
	})
}

// If DOKU turns every call away, one order after the other is still asked about, and money as well as pages.
func TestOneLookIsAlwaysLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := overdue(t, 400, 8)
		d.most = -1
		b.doku.told = func(invoice string) (doku.Status, error) {
			time.Sleep(lookTakes)
			return doku.Status{}, fmt.Errorf("a gateway: %w: %w", doku.ErrUnknown, doku.ErrTooMany)
		}
		b.minute(t, payment.Share{})
		if r := b.minute(t, payment.Share{}); r.Looked < 40 || r.Looked > 70 || r.Left == 0 {
			t.Errorf("%+v: want one look after the other", r)
		}
		b.doku.money = func() (string, error) { return "", errUnknown }
		for i := range 100 {
			b.inDoubt(t, fmt.Sprintf("PAID-%d", i))
		}
		if r := b.minute(t, payment.Share{Part: payment.Money}); r.Looked != 100 || r.Left != 0 {
			t.Errorf("%+v: money waits because DOKU turned questions about pages away", r)
		}
	})
}

// Two runs with a range of shards each look at every order once between them.
func TestRunsShareTheShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := newBench(), &slowDOKU{perInvoice: map[string]int{}}
		b.now, b.Store = time.Now(), &store.Memory{Shards: 32}
		unpaid(t, b, "INV", 300)
		b.Now, b.Looks, b.doku.told = time.Now, &payment.Looks{AtOnce: 2}, d.told
		time.Sleep(time.Hour + 2*time.Minute)
		var each [3]payment.ReconcileResult
		var running sync.WaitGroup
		for i, share := range []payment.Share{{Part: payment.Pages, End: 10}, {Part: payment.Pages, From: 10, End: 20},
			{Part: payment.Pages, From: 20}} {
			running.Go(func() { each[i] = b.minute(t, share) })
		}
		running.Wait()
		if len(d.perInvoice) != 300 || d.answered != 300 || min(each[0].Looked, each[1].Looked, each[2].Looked) < 50 {
			t.Errorf("%d orders in %d looks: %+v", len(d.perInvoice), d.answered, each)
		}
		if r := b.minute(t, payment.Share{Part: payment.Pages, From: 32}); r.Looked+r.Left != 0 {
			t.Errorf("beyond the last shard: %+v", r)
		}
	})
}
