package payment_test

import (
	"context"
	"errors"
	"testing"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// losing is a store whose updates always come too late.
type losing struct{ *store.Memory }

func (losing) Update(context.Context, order.Order) error { return payment.ErrConflict }

// A request that loses every race is our failure, and may be sent again; nothing is sent to DOKU without a stored intent.
func TestARaceThatIsAlwaysLost(t *testing.T) {
	b := bought(t)
	b.Service.Store = losing{&b.store.Memory}
	if _, err := b.refund(t, "a key of the caller 1", 1000); !errors.Is(err, payment.ErrStore) || len(b.doku.asked) != 0 {
		t.Errorf("%v, DOKU was asked %d times", err, len(b.doku.asked))
	}
	if _, err := b.notify(t, "INV-1", 90000, "SALE", "FAILED", ""); !errors.Is(err, payment.ErrStore) {
		t.Errorf("a notification: %v: DOKU must send it again", err)
	}
}

func TestOrdersThatAreNotThere(t *testing.T) {
	b := newBench()
	for what, err := range map[string]error{
		"resolve":         second(b.Resolve(t.Context(), payment.Resolution{Invoice: "NOBODY"})),
		"find":            second(b.Find(t.Context(), "NOBODY")),
		"find a bad name": second(b.Find(t.Context(), "no/body")),
		"capture":         second(b.Capture(t.Context(), "NOBODY", 0, "tester")),
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
