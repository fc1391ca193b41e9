package order_test

import (
	"errors"
	"testing"
	"time"

	"kasir/shared/order"
)

// restoredTo is the time to which the table of these tests was restored.
var restoredTo = noon.Add(-5 * time.Minute)

// recalled returns a paid order of 90000 after a restore, with what the lost events say.
func recalled(lost order.Restored) order.Order {
	lost.To = restoredTo
	o, _ := paidOrder().AfterRestore(lost, noon)
	return o
}

// mayRefund reports whether an order allows a new refund.
func mayRefund(o order.Order) bool {
	_, _, err := o.Refund(trusting, order.RefundID("new"), 1000, -1, noon)
	var denied *order.NotAllowed
	return !errors.As(err, &denied)
}

// No money of a restored order moves until check status was asked. Then it moves if DOKU confirms the lost events, and
// otherwise once a person has acknowledged the case.
func TestNoMoneyMovesBeforeLostEventsAreConfirmed(t *testing.T) {
	o := recalled(order.Restored{Sequence: 7, Captured: 90000, Back: 30000})
	if mayRefund(o) || len(o.Cases()) != 0 || o.Schedule(trusting).DueAt.After(noon) {
		t.Errorf("before DOKU is asked: refund %v, cases %v, due %v", mayRefund(o), o.Cases(),
			o.Schedule(trusting).DueAt)
	}
	silent := o.RecordNoStatus(noon.Add(2 * time.Hour))
	if !silent.AwaitsRecheck() || silent.Watch.CheckAt.IsZero() {
		t.Error("after no answer, DOKU is not asked again")
	}
	refund := order.Movement{Kind: order.MovedRefund, Source: order.FromStatus, Refund: "r", Amount: 30000, At: noon,
		LearnedAt: noon}
	confirmed := o.ApplyStatus(order.Facts{Movements: []order.Movement{refund}}, noon)
	if mayRefund(confirmed) || kinds(confirmed)[0] != order.RemarkElsewhere || len(kinds(confirmed)) != 1 {
		t.Errorf("confirmed, by a refund that may hide others: refund %v, %v", mayRefund(confirmed), confirmed.Cases())
	}
	looked, _, err := confirmed.Acknowledge(order.RemarkElsewhere, "", sari)
	if err != nil || !mayRefund(looked) {
		t.Errorf("after a person has looked: %v", err)
	}
	open := o.ApplyStatus(order.Facts{}, noon)
	if mayRefund(open) || len(open.Cases()) != 1 || open.Cases()[0].Kind != order.ReasonRestored {
		t.Fatalf("not confirmed: refund %v, %v", mayRefund(open), open.Cases())
	}
	told := order.Changes(o, open)
	if len(told) != 1 || told[0].Reason != order.ReasonRestored {
		t.Errorf("nobody is told: %v", told)
	}
	seen, _, err := open.Acknowledge(order.ReasonRestored, "", sari)
	if err != nil || !mayRefund(seen) || len(seen.Cases()) != 0 {
		t.Errorf("acknowledged: %v, refund %v, %v", err, mayRefund(seen), seen.Cases())
	}
}

// A lost event without an amount, and an order about which DOKU gives no answer, need a person.
func TestWhatNoAmountConfirmsNeedsAPerson(t *testing.T) {
	o := recalled(order.Restored{Sequence: 7, Captured: 90000, Lost: []string{"payment.attention conflict"}})
	if o = o.ApplyStatus(order.Facts{}, noon); len(o.Cases()) != 1 || mayRefund(o) {
		t.Errorf("a lost conflict: %v", o.Cases())
	}
	o = recalled(order.Restored{}).GiveUpRecheck(noon)
	if o.AwaitsRecheck() || len(o.Cases()) != 1 || mayRefund(o) {
		t.Errorf("without an answer: %v", o.Cases())
	}
	if o = recalled(order.Restored{}).ApplyStatus(order.Facts{}, noon); len(o.Cases()) != 0 || !mayRefund(o) {
		t.Errorf("nothing was lost: %v", o.Cases())
	}
}

// An operation that is open in the restored table may have had attempts that were lost. It must not count as never
// carried out.
func TestAnOpenOperationIsInDoubtAfterARestore(t *testing.T) {
	o, _, err := paidOrder().Refund(trusting, order.RefundID("k"), 1000, -1, noon)
	if err != nil {
		t.Fatal(err)
	}
	id := order.RefundID("k")
	o = o.Settle(trusting, id, 1, order.Outcome{State: order.Open, Attempt: 1, At: noon, NoEffect: true})
	if op, _ := o.Operation(id); op.InDoubt() {
		t.Fatal("the attempt was not sent")
	}
	o, _ = o.AfterRestore(order.Restored{To: restoredTo}, noon)
	o, parked := o.Park(trusting, id, noon.Add(2*time.Hour))
	if op, _ := o.Operation(id); !parked || op.State != order.Parked {
		t.Errorf("at the end of the trust window it is %s, want parked", op.State)
	}
	if _, unchanged := o.AfterRestore(order.Restored{To: restoredTo}, noon); !unchanged {
		t.Error("a second run changes the order again")
	}
}

// What nothing has confirmed after one restore holds the money of the order after the next one, too. What a person has
// acknowledged does not.
func TestASecondRestoreForgetsNothingOfTheFirst(t *testing.T) {
	second := func(o order.Order) order.Order {
		o, _ = o.AfterRestore(order.Restored{To: noon.Add(time.Hour)}, noon.Add(2*time.Hour))
		return o.ApplyStatus(order.Facts{}, noon.Add(2*time.Hour))
	}
	o := recalled(order.Restored{Sequence: 7, Captured: 90000, Back: 30000}).ApplyStatus(order.Facts{}, noon)
	if twice := second(o); mayRefund(twice) || len(twice.Cases()) != 1 {
		t.Errorf("not confirmed: refund %v, %v", mayRefund(twice), twice.Cases())
	}
	o, _, err := o.Acknowledge(order.ReasonRestored, "", sari)
	if twice := second(o); err != nil || !mayRefund(twice) || len(twice.Cases()) != 0 {
		t.Errorf("acknowledged: %v, refund %v, %v", err, mayRefund(twice), twice.Cases())
	}
}

// A refund that became known since the restore may hide others, also if an earlier one had the same amount.
func TestASecondRefundOfOneAmountHoldsTheOrder(t *testing.T) {
	refund := func(id string, at time.Time) order.Facts {
		return order.Facts{Movements: []order.Movement{{Kind: order.MovedRefund, Source: order.FromStatus, Refund: id,
			Amount: 30000, At: at, LearnedAt: at}}}
	}
	o, _ := paidOrder().Learn(refund("known", noon.Add(-time.Hour)))
	o, _, err := o.Acknowledge(order.RemarkElsewhere, "", sari)
	o, _ = o.AfterRestore(order.Restored{To: restoredTo}, noon)
	if o = o.ApplyStatus(refund("lost", noon), noon); err != nil || mayRefund(o) {
		t.Errorf("%v, refund %v, %v", err, mayRefund(o), o.Cases())
	}
}

// A chargeback that comes later is not the refund that was lost.
func TestAChargebackConfirmsNoLostRefund(t *testing.T) {
	o := recalled(order.Restored{Sequence: 7, Captured: 90000, Back: 30000}).ApplyStatus(order.Facts{}, noon)
	later := noon.Add(time.Hour)
	o, _ = o.Learn(order.Facts{Movements: []order.Movement{{Kind: order.MovedChargeback, Source: order.FromNotification,
		Ref: "c", Amount: 30000, At: later, LearnedAt: later}}})
	o, _, err := o.Acknowledge(order.RemarkElsewhere, "", sari)
	if err != nil || mayRefund(o) || len(o.Cases()) != 1 || o.Cases()[0].Kind != order.ReasonRestored {
		t.Errorf("%v, refund %v, %v", err, mayRefund(o), o.Cases())
	}
}

// A refund that a person made in the Back Office, or one that a restored table has lost, counts against the limit.
func TestARefundElsewhereCountsAgainstTheLimit(t *testing.T) {
	limited := trusting
	limited.MaxRefund = 50000
	o, _ := paidOrder().Learn(order.Facts{Movements: []order.Movement{{Kind: order.MovedRefund, Source: order.FromStatus,
		Refund: "r", Amount: 40000, At: noon, LearnedAt: noon}}})
	for amount, allowed := range map[int64]bool{10000: true, 10001: false} {
		_, _, err := o.Refund(limited, order.RefundID("k"), amount, -1, noon)
		if (err == nil) != allowed {
			t.Errorf("%d after 40000 elsewhere, of 50000: %v", amount, err)
		}
	}
}
