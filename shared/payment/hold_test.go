package payment_test

import (
	"errors"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// restored is the time to which the table of these tests was restored.
var restored = time.Date(2026, 8, 27, 9, 55, 0, 0, time.UTC)

// paidBench returns a bench with a paid order, and with a refund of it whose outcome is not known if open is set.
func paidBench(t *testing.T, open bool) *bench {
	t.Helper()
	b := newBench()
	if _, err := b.CreatePage(t.Context(), request()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); err != nil {
		t.Fatal(err)
	}
	if open {
		b.doku.money = func() (string, error) { return "", errUnknown }
		if _, err := b.Refund(t.Context(), payment.RefundRequest{Invoice: "INV-1", Key: "k", Amount: 30000,
			Expected: -1}); err != nil {
			t.Fatal(err)
		}
	}
	b.doku.asked, b.doku.money = nil, nil
	return b
}

// Until the recovery has ended, no capture and no refund is stored or sent, not even the repeat of an open one. Pages
// are made. An item that ends an earlier recovery ends none of a later restore.
func TestCapturesAndRefundsAreHeldUntilTheRecoveryHasEnded(t *testing.T) {
	b := paidBench(t, true)
	b.RestoredTo = restored
	if err := b.EndRecovery(t.Context(), restored.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	before, _ := b.Find(t.Context(), "INV-1")
	for _, key := range []string{"k", "new"} {
		_, err := b.Refund(t.Context(), payment.RefundRequest{Invoice: "INV-1", Key: key, Amount: 30000, Expected: -1})
		if !errors.Is(err, payment.ErrHeld) {
			t.Errorf("a refund under the key %s: %v, want ErrHeld", key, err)
		}
	}
	if _, err := b.Capture(t.Context(), "INV-1", 0, order.Act{}); !errors.Is(err, payment.ErrHeld) {
		t.Errorf("a capture: %v, want ErrHeld", err)
	}
	b.now = b.now.Add(2 * time.Hour) // the trust window is over, too
	result, err := b.Reconcile(t.Context())
	after, _ := b.Find(t.Context(), "INV-1")
	op, _ := after.Operation(order.RefundID("k"))
	if err != nil || result.Held != 1 || result.Failed != 0 || op.State != order.Open ||
		after.Version != before.Version || len(b.doku.asked) != 0 {
		t.Errorf("reconcile: %+v, %v; the refund is %s; DOKU was sent %v", result, err, op.State, b.doku.asked)
	}
	r := request()
	r.Order.InvoiceNumber = "INV-2"
	if _, err := b.CreatePage(t.Context(), r); err != nil {
		t.Errorf("a page: %v", err)
	}
	if err := b.EndRecovery(t.Context(), restored); err != nil {
		t.Fatal(err)
	}
	b.doku.asked = nil
	if _, err := b.Refund(t.Context(), payment.RefundRequest{Invoice: "INV-1", Key: "new", Amount: 30000,
		Expected: -1}); err != nil && !errors.Is(err, payment.ErrInReview) {
		t.Errorf("after the recovery: %v", err)
	}
}

// Held orders stay due before all others, and must not keep reconciliation from the rest of their shard.
func TestHeldOrdersDoNotHideOthers(t *testing.T) {
	b := paidBench(t, true)
	for n := range 300 {
		o, _ := b.Find(t.Context(), "INV-1")
		o.Invoice = "HELD-" + time.Duration(n).String()
		if _, err := b.Store.Create(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
	}
	b.RestoredTo, b.now = restored, b.now.Add(10*time.Minute)
	result, err := b.Reconcile(t.Context())
	if err != nil || result.Held != 301 {
		t.Errorf("%+v, %v, want 301 held", result, err)
	}
}

// The next version of a restored order is above every version whose event was lost.
func TestARestoredOrderContinuesAboveItsLostEvents(t *testing.T) {
	b := paidBench(t, false)
	lost := order.Restored{To: restored, Sequence: 40, Captured: 90000}
	o, marked, err := b.MarkRestored(t.Context(), "INV-1", lost)
	stored, _ := b.Find(t.Context(), "INV-1")
	if err != nil || !marked || o.Version != 41 || stored.Version != 41 {
		t.Errorf("version %d, stored %d, marked %v, %v, want 41", o.Version, stored.Version, marked, err)
	}
	if _, marked, err := b.MarkRestored(t.Context(), "INV-1", lost); marked || err != nil {
		t.Errorf("a second run marks it again: %v", err)
	}
	if _, _, err := b.MarkRestored(t.Context(), "INV-9", lost); !errors.Is(err, payment.ErrNotFound) {
		t.Errorf("an unknown order: %v", err)
	}
}

// An order that was not in the restored table knows what was lost of it when it is made again. No money of it moves,
// and it gets no page, until DOKU has confirmed that, or a person has looked.
func TestAnOrderMadeAgainAfterARestoreIsHeld(t *testing.T) {
	b := newBench()
	for range 2 {
		lost := order.Restored{To: restored, Sequence: 4, Captured: 90000, Back: 30000}
		if err := b.KeepRestored(t.Context(), "INV-1", lost); err != nil {
			t.Fatal(err)
		}
	}
	var held *order.NotAllowed
	if _, err := b.CreatePage(t.Context(), request()); !errors.As(err, &held) || len(b.doku.asked) > 0 {
		t.Errorf("a page of an order that was paid: %v, %v", err, b.doku.asked)
	}
	o, err := b.Find(t.Context(), "INV-1")
	if err != nil || !o.AwaitsRecheck() || o.Facts.Restored.Back != 30000 || o.DueAt.After(b.now) {
		t.Errorf("%+v, %v", o, err)
	}
	if _, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); err != nil {
		t.Fatal(err)
	}
	_, err = b.Refund(t.Context(), payment.RefundRequest{Invoice: "INV-1", Key: "k", Amount: 30000, Expected: -1})
	if !errors.As(err, &held) {
		t.Errorf("a refund: %v", err)
	}
	err = b.KeepRestored(t.Context(), "INV-1", order.Restored{To: restored, Sequence: 4})
	if !errors.Is(err, payment.ErrExists) {
		t.Errorf("keeping it beside the order: %v", err)
	}
}
