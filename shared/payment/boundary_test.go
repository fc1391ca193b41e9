package payment_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// nthStore fails at its n-th call, before or after carrying it out.
type nthStore struct {
	store.Memory
	calls, fail int // fail 0: never
	after       bool
}

func (s *nthStore) at(work func() error) error {
	s.calls++
	if s.calls != s.fail {
		return work()
	}
	if s.after {
		work()
	}
	return errStore
}

func (s *nthStore) Create(ctx context.Context, o order.Order, joined []payment.Orphan) (stored order.Order, err error) {
	err = s.at(func() error { stored, err = s.Memory.Create(ctx, o, joined); return err })
	return stored, err
}

func (s *nthStore) Update(ctx context.Context, o order.Order) error {
	return s.at(func() error { return s.Memory.Update(ctx, o) })
}

func (s *nthStore) Get(ctx context.Context, invoice string) (o order.Order, err error) {
	err = s.at(func() error { o, err = s.Memory.Get(ctx, invoice); return err })
	return o, err
}

func (s *nthStore) PutOrphan(ctx context.Context, orphan payment.Orphan) error {
	return s.at(func() error { return s.Memory.PutOrphan(ctx, orphan) })
}

func (s *nthStore) Orphans(ctx context.Context, invoice string) (all []payment.Orphan, err error) {
	err = s.at(func() error { all, err = s.Memory.Orphans(ctx, invoice); return err })
	return all, err
}

func (s *nthStore) Due(ctx context.Context, shard int, now time.Time, limit int) (due []string, err error) {
	err = s.at(func() error { due, err = s.Memory.Due(ctx, shard, now, limit); return err })
	return due, err
}

// walk makes a payment, captures and refunds it, with the retries of callers and DOKU. Every step may fail once, and
// must then succeed.
func walk(t *testing.T, b *bench) {
	t.Helper()
	insist := func(what string, step func() error) {
		t.Helper()
		for try := range 4 {
			err := step()
			if err == nil {
				return
			}
			var busy *payment.Busy
			if !errors.Is(err, payment.ErrStore) && !errors.Is(err, errAgain) && !errors.As(err, &busy) {
				t.Fatalf("%s, try %d: %v", what, try+1, err)
			}
			b.now = b.now.Add(5 * time.Minute)
		}
		t.Fatalf("%s: still not done", what)
	}
	learned := func(a payment.Answer, err error) error {
		if err == nil && a.Unknown != nil {
			return errAgain
		}
		return err
	}
	insist("create", func() error { return learned(b.CreatePage(t.Context(), request())) })
	insist("notify", func() error {
		_, err := b.notify(t, "INV-1", 90000, "AUTHORIZE", "PENDING", `,"authorize_id":"17"`)
		return err
	})
	insist("capture", func() error { return learned(b.Capture(t.Context(), "INV-1", 60000, tester)) })
	insist("refund", func() error {
		return learned(b.Refund(t.Context(), payment.RefundRequest{Invoice: "INV-1", Key: "a key of the caller",
			Amount: 20000, Expected: -1}))
	})
	insist("orphan", func() error { _, err := b.notify(t, "INV-2", 1, "SALE", "SUCCESS", ""); return err })
	insist("reconcile", func() error { _, err := b.Reconcile(t.Context()); return err })
	insist("find", func() error { _, err := b.Find(t.Context(), "INV-1"); return err })
}

var errAgain = errors.New("unknown, ask again")

// The store fails at each of its calls in turn, before and after carrying it out. The result is always the same, and
// DOKU was asked for each operation under one Request-Id.
func TestTheStoreMayFailAtEveryCall(t *testing.T) {
	build := func(fail int, after bool) (*bench, *nthStore) {
		b, s := newBench(), &nthStore{fail: fail, after: after}
		b.Service.Store = s
		b.doku.told = generated
		return b, s
	}
	b, s := build(0, false)
	walk(t, b)
	if s.calls < 20 {
		t.Fatalf("only %d calls of the store", s.calls)
	}
	for n := range s.calls {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("call %d, after: %t", n+1, after), func(t *testing.T) {
				b, s := build(n+1, after)
				walk(t, b)
				s.fail = 0
				o := b.order(t)
				if o.Captured() != 60000 || o.Refunded() != 20000 || len(o.Conflicts()) != 0 {
					t.Errorf("captured %d, refunded %d, conflicts %+v", o.Captured(), o.Refunded(), o.Conflicts())
				}
				asked := map[string]bool{}
				for _, id := range b.doku.asked {
					asked[id] = true
				}
				if len(asked) != 3 {
					t.Errorf("three things were asked of DOKU under %d Request-Ids", len(asked))
				}
			})
		}
	}
}

// If the store fails during reconciliation, the order stays due and the next run finishes it.
func TestReconciliationSurvivesAStoreThatFails(t *testing.T) {
	for fail := 1; fail < 20; fail++ {
		b := bought(t)
		b.doku.money = func() (string, error) { return "", errUnknown }
		b.refund(t, "a key of the caller 1", 60000)
		s := &nthStore{fail: fail}
		for _, invoice := range []string{"INV-1"} {
			o := b.order(t)
			if _, err := s.Memory.Create(t.Context(), o, nil); err != nil {
				t.Fatal(invoice, err)
			}
		}
		b.Service.Store = s
		b.doku.money = nil
		for range 12 {
			b.now = b.now.Add(time.Minute)
			if _, err := b.Reconcile(t.Context()); err != nil && !errors.Is(err, payment.ErrStore) {
				t.Fatal(err)
			}
		}
		s.fail = 0
		if o := b.order(t); o.Refunded() != 60000 {
			t.Errorf("failing at call %d: refunded %d", fail, o.Refunded())
		}
	}
}

func TestDOKUsRefusalOfAResumedOperationGivesItsMoneyBack(t *testing.T) {
	b := bought(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.refund(t, "a key of the caller 1", 60000)
	b.doku.money = func() (string, error) {
		return "", &doku.Error{HTTPStatus: 409, Code: "05", Signed: true, Replayed: true}
	}
	if sum := b.run(t, 3*time.Minute); sum.Settled != 1 || b.order(t).Refundable() != 90000 {
		t.Errorf("%+v, refundable %d", sum, b.order(t).Refundable())
	}
}

func TestARunThatHasNoTimeLeftSaysWhatItLeft(t *testing.T) {
	b := bought(t)
	ctx, cancel := context.WithDeadline(t.Context(), b.now.Add(time.Second))
	defer cancel()
	if r, err := b.Reconcile(ctx); err != nil || r.Left != 2*payment.FewestShards || r.Looked != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
