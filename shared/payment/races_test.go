package payment_test

import (
	"context"
	"errors"
	"testing"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// losing is a store that loses every race.
type losing struct{ *store.Memory }

func (losing) Update(context.Context, order.Order) error { return payment.ErrConflict }

// meanwhile is a store that writes the next outcome, and then makes another change before it returns.
type meanwhile struct {
	*store.Memory
	then func()
}

func (m *meanwhile) Update(ctx context.Context, o order.Order) error {
	err := m.Memory.Update(ctx, o)
	refunds := o.Refunds()
	if then := m.then; then != nil && len(refunds) > 0 && refunds[0].State == order.Refused {
		m.then = nil
		then()
		return payment.ErrConflict
	}
	return err
}

// resent is a store whose client sends the next write of an attempt a second time, because the answer was lost. Another
// writer changes the order in between.
type resent struct {
	*store.Memory
	then func()
}

func (r *resent) Create(ctx context.Context, o order.Order, joined []payment.Orphan) (order.Order, error) {
	stored, err := r.Memory.Create(ctx, o, joined)
	if then := r.then; then != nil && err == nil {
		r.then = nil
		then()
		stored, err = r.Memory.Create(ctx, o, joined)
	}
	return stored, err
}

func (r *resent) Update(ctx context.Context, o order.Order) error {
	err := r.Memory.Update(ctx, o)
	if then := r.then; then != nil && err == nil {
		r.then = nil
		then()
		return payment.ErrConflict
	}
	return err
}

// A refund or page whose intent was stored, although the store says that another writer was faster, is carried out by
// the caller that asked for it.
func TestSeen5AnIntentThatWasStoredIsCarriedOut(t *testing.T) {
	b := bought(t)
	b.Service.Store = &resent{&b.store.Memory, func() { b.refund(t, "a key of the caller 2", 2000) }}
	for key, amount := range map[string]int64{"a key of the caller 1": 1000, "a key of the caller 2": 2000} {
		answer, err := b.refund(t, key, amount)
		if err != nil || answer.Operation.State != order.Done || answer.Operation.Owner != "" {
			t.Errorf("%s: %+v, %v", key, answer.Operation, err)
		}
	}
	if n := len(b.doku.asked); n != 2 {
		t.Errorf("DOKU was asked %d times, want 2", n)
	}

	b = newBench()
	b.Service.Store = &resent{&b.store.Memory, func() { b.notify(t, "INV-1", 90000, "SALE", "FAILED", "") }}
	answer, err := b.CreatePage(t.Context(), request())
	if err != nil || answer.Order.Facts.Page == nil || len(answer.Order.Facts.Failures) != 1 || len(b.doku.asked) != 1 {
		t.Errorf("%+v, %v, DOKU was asked %d times", answer.Order, err, len(b.doku.asked))
	}
}

// overtaken is a store where another caller's write of the same intent is faster.
type overtaken struct{ *store.Memory }

func (s overtaken) Update(ctx context.Context, o order.Order) error {
	if refunds := o.Refunds(); len(refunds) > 0 {
		o = o.WithOwner(refunds[0].ID, "another")
	}
	s.Memory.Update(ctx, o)
	return payment.ErrConflict
}

func TestSeen5AnIntentThatAnotherCallerStoredIsLeftAlone(t *testing.T) {
	b := bought(t)
	b.Service.Store = overtaken{&b.store.Memory}
	answer, err := b.refund(t, "a key of the caller 1", 1000)
	var busy *payment.Busy
	if !errors.As(err, &busy) || len(b.doku.asked) != 0 {
		t.Errorf("%+v, %v, DOKU was asked %d times", answer.Operation, err, len(b.doku.asked))
	}
}

// Two requests under one key, the second begun after the first was refused, each get their own answer.
func TestACallerIsAnsweredAboutItsOwnRequest(t *testing.T) {
	for end, answers := range map[string]func() (string, error){
		"done":    func() (string, error) { return "FULL_REFUND", nil },
		"unknown": func() (string, error) { return "", errUnknown },
	} {
		b := bought(t)
		b.doku.money = func() (string, error) {
			b.doku.money = answers
			return "", &doku.Error{HTTPStatus: 400, Code: "EXCEEDS", Signed: true}
		}
		b.Service.Store = &meanwhile{&b.store.Memory, func() { b.refund(t, "a key of the caller 1", 2000) }}
		answer, err := b.refund(t, "a key of the caller 1", 1000)
		var refused *doku.Error
		if !errors.As(err, &refused) || refused.Code != "EXCEEDS" {
			t.Errorf("the next %s: %+v, %v: want the refusal of what was asked", end, answer.Operation, err)
		}
		if n := len(b.doku.asked); n != 2 {
			t.Errorf("the next %s: DOKU was asked %d times, want 2", end, n)
		}
	}
}

// A request that loses every race is our failure and may be sent again. Nothing is sent to DOKU without a stored
// intent.
func TestARaceThatIsAlwaysLost(t *testing.T) {
	b := bought(t)
	b.Service.Store = losing{&b.store.Memory}
	if _, err := b.refund(t, "a key of the caller 1", 1000); !errors.Is(err, payment.ErrStore) ||
		len(b.doku.asked) != 0 {
		t.Errorf("%v, DOKU was asked %d times", err, len(b.doku.asked))
	}
	if _, err := b.notify(t, "INV-1", 90000, "SALE", "FAILED", ""); !errors.Is(err, payment.ErrStore) {
		t.Errorf("a notification: %v: DOKU must send it again", err)
	}
}

func TestOrdersThatAreNotThere(t *testing.T) {
	b := newBench()
	for what, err := range map[string]error{
		"resolve":         second(b.Resolve(t.Context(), payment.ResolveRequest{Invoice: "NOBODY"})),
		"find":            second(b.Find(t.Context(), "NOBODY")),
		"find a bad name": second(b.Find(t.Context(), "no/body")),
		"capture":         second(b.Capture(t.Context(), "NOBODY", 0, tester)),
		"refund":          second(b.Refund(t.Context(), payment.RefundRequest{Invoice: "NOBODY", Key: "k"})),
	} {
		if !errors.Is(err, payment.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	var invalid *payment.Invalid
	for _, ids := range [][2]string{{"", "t"}, {"c", ""}} {
		if err := b.Unbind(t.Context(), backEnd, ids[0], ids[1]); !errors.As(err, &invalid) {
			t.Errorf("unbind %q: %v", ids, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
