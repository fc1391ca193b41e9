package order

import (
	"testing"
	"time"
)

// rejectedRefund returns an order with a manual refund of 30000 that DOKU agreed to and whose acceptance it reported.
// An hour after t0 a person recorded that DOKU's people had rejected it. name is the Request-Id in that report.
func rejectedRefund(t *testing.T, name func(Operation) string) Order {
	t.Helper()
	o := learned(t, paid(90000))
	next, _, err := o.Refund(policy, RefundID("k"), 30000, -1, t0)
	if err != nil {
		t.Fatal(err)
	}
	o = next.Settle(policy, RefundID("k"), 1,
		Outcome{State: Done, Attempt: 1, Signed: true, At: t0, Type: ManualPartialRefund})
	op, _ := o.Operation(RefundID("k"))
	o, _ = o.Learn(moved(MovedRefund, FromNotification, "n1", name(op), 30000, 1))
	o, err = o.Resolve(op.ID, false, Act{At: t0.Add(time.Hour), By: "sari"})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func unnamed(Operation) string { return "" }

func named(op Operation) string { return op.RequestID }

// DOKU reported that it accepted a manual refund, and then its people rejected it. The report is about that refund, and
// one that comes after the rejection is about another.
func TestARejectedRefundExplainsTheReportOfItsAcceptance(t *testing.T) {
	for name, of := range map[string]func(Operation) string{
		"unnamed": unnamed, "named": named,
	} {
		o := rejectedRefund(t, of)
		if o.ElsewhereRefunded() != 0 || o.Refundable() != 90000 || o.Status() != Paid || len(o.Cases()) != 0 {
			t.Errorf("%s: elsewhere %d, refundable %d, %s, %+v", name, o.ElsewhereRefunded(), o.Refundable(),
				o.Status(), o.Cases())
		}
		o, _ = o.Learn(moved(MovedRefund, FromNotification, "n2", "", 30000, 90))
		if o.ElsewhereRefunded() != 30000 || o.Refundable() != 60000 {
			t.Errorf("%s: a report after the rejection: elsewhere %d, refundable %d", name, o.ElsewhereRefunded(),
				o.Refundable())
		}
	}
}

// The notification of the acceptance comes again after the rejection, with the refund's Request-Id. It proves nothing.
func TestALateReportDoesNotBringARejectedRefundBack(t *testing.T) {
	o := rejectedRefund(t, named)
	op, _ := o.Operation(RefundID("k"))
	late := moved(MovedRefund, FromNotification, "n3", op.RequestID, 30000, 1)
	late.Movements[0].LearnedAt = t0.Add(2 * time.Hour)
	o, _ = o.ApplyNotification(late, "n3", t0.Add(2*time.Hour))
	if o.Refunded() != 0 || o.ElsewhereRefunded() != 0 || o.Status() != Paid {
		t.Errorf("refunded %d, elsewhere %d, %s", o.Refunded(), o.ElsewhereRefunded(), o.Status())
	}
	o, _ = o.ApplyNotification(moved(MovedRefund, FromNotification, "n4", op.RequestID, 30000, 120), "n4",
		t0.Add(2*time.Hour))
	if o.Refunded() != 0 || o.ElsewhereRefunded() != 30000 || len(o.Cases()) == 0 {
		t.Errorf("dated after the rejection: refunded %d, elsewhere %d, %+v", o.Refunded(), o.ElsewhereRefunded(),
			o.Cases())
	}
}

// A version that does not know Resolved has written the order, and has erased who rejected the refund and when. A late
// notification of the acceptance does not bring the refund back. A person looks at it, and withdraws it.
func TestARejectionWhoseTimeWasErasedStands(t *testing.T) {
	o := rejectedRefund(t, unnamed)
	op, _ := o.Operation(RefundID("k"))
	op.Resolved, o.Facts.Movements = Act{}, nil
	o = o.withOperation(op)
	o, _ = o.ApplyNotification(moved(MovedRefund, FromNotification, "n3", op.RequestID, 30000, 1), "n3",
		t0.Add(2*time.Hour))
	if o.Refunded() != 0 || o.ElsewhereRefunded() != 30000 || o.Refundable() != 60000 || len(o.Cases()) == 0 {
		t.Errorf("refunded %d, elsewhere %d, refundable %d, %+v", o.Refunded(), o.ElsewhereRefunded(),
			o.Refundable(), o.Cases())
	}
	o, _, err := o.Record(Record{Key: "r", Withdraws: o.Facts.Movements[0].ID(), Act: Act{At: t0, By: "sari"}})
	if err != nil || o.Refundable() != 90000 || o.Status() != Paid {
		t.Errorf("withdrawn: %v, refundable %d, %s", err, o.Refundable(), o.Status())
	}
}

// Check status may show the sum of the refunds that kasir asked for. That is no further refund.
func TestASumInCheckStatusIsNoRefundElsewhere(t *testing.T) {
	o := refundAt(t, refundAt(t, learned(t, paid(90000)), "k1", 27000, 1), "k2", 1000, 2)
	o, _ = o.Learn(moved(MovedRefund, FromStatus, "", "", 28000, 3))
	if o.ElsewhereRefunded() != 0 || o.Refundable() != 62000 {
		t.Errorf("the sum: elsewhere %d, refundable %d", o.ElsewhereRefunded(), o.Refundable())
	}
	o, _ = o.Learn(moved(MovedRefund, FromStatus, "", "", 10000, 4))
	if o.ElsewhereRefunded() != 10000 {
		t.Errorf("another amount: elsewhere %d", o.ElsewhereRefunded())
	}
}
