package order_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/order"
)

var pageEnd = noon.Add(time.Hour)

// pendingOrder is a stored order whose page can be paid until pageEnd.
func pendingOrder() order.Order {
	return order.Order{
		Invoice: "INV-1", Amount: 90000, Discounts: []int64{10000}, CreatedAt: noon, PageEnd: pageEnd, Version: 1,
		Facts: order.Facts{Page: &order.Page{URL: "u", At: noon, ExpiresAt: pageEnd}},
		Operations: []order.Operation{
			{ID: string(order.KindCreatePage), Kind: order.KindCreatePage, State: order.Done, Generation: 1},
		},
	}
}

func learned(o order.Order, f order.Facts) order.Order { next, _ := o.Learn(f); return next }

func paidAt(at time.Time, amount int64) order.Facts {
	return order.Facts{Paid: &order.Payment{At: at, LearnedAt: at, Amount: amount, ApprovalCode: "1"}}
}

func heldAt(at time.Time) order.Facts {
	return order.Facts{Authorized: &order.Authorization{ID: "a", At: at, LearnedAt: at, Amount: 90000}}
}

func remarked(o order.Order, kind order.AttentionKind) order.Order {
	return learned(o, order.Facts{Remarks: []order.Remark{{Kind: kind, Detail: "x", At: noon}}})
}

func operated(o order.Order, op order.Operation) order.Order {
	o.Operations = append(slices.Clone(o.Operations), op)
	return o
}

func refunded(o order.Order) order.Order {
	return operated(o, order.Operation{ID: "refund-9", Kind: order.KindRefund, Amount: o.Refundable(),
		State: order.Done, Type: order.FullRefund})
}

var sari = order.Act{At: noon.Add(time.Minute), By: "Sari", Note: "seen"}

// opened returns an order with one open case of each kind.
func opened() map[order.AttentionKind]order.Order {
	pending := pendingOrder()
	paid, held := learned(pending, paidAt(noon, 90000)), learned(pending, heldAt(noon))
	closed, _, _ := pending.Close(sari)
	warned, failed := held, held
	warned.Watch.Warned, failed.Watch.AutoFailed, failed.Watch.AutoTries = true, true, 3
	unconfirmed := learned(pending, order.Facts{Expired: pageEnd})
	unconfirmed.Watch.Unconfirmed = true
	overdue := paid
	overdue.Watch.OverdueAt = noon.Add(7 * 24 * time.Hour)
	parked := order.Operation{ID: "refund-1", Kind: order.KindRefund, Amount: 1000, State: order.Parked, LastAt: noon,
		RequestID: "r1"}
	halted := parked
	halted.HaltedAt = noon
	byHand := order.Operation{ID: "refund-1", Kind: order.KindRefund, Amount: 1000, State: order.Done,
		Type: order.ManualPartialRefund, DoneAt: noon, RequestID: "r1"}
	overdrawn := learned(refunded(paid), order.Facts{Movements: []order.Movement{
		{Kind: order.MovedChargeback, Source: order.FromRecord, Ref: "k", Amount: 1000, At: noon, LearnedAt: noon}}})
	return map[order.AttentionKind]order.Order{
		order.ReasonConflict:              learned(pending, paidAt(noon, 1)),
		order.ReasonParked:                operated(paid, parked),
		order.ReasonRefusedInDoubt:        operated(paid, halted),
		order.ReasonManualRefund:          operated(paid, byHand),
		order.ReasonAuthorizationExpiring: warned,
		order.ReasonAutoCaptureFailed:     failed,
		order.ReasonLate:                  learned(pending, paidAt(pageEnd.Add(time.Second), 90000)),
		order.ReasonClosedPaid:            learned(closed, paidAt(noon, 90000)),
		order.ReasonAmountCorrected:       learned(paid, paidAt(noon, 80000)),
		order.ReasonUnconfirmed:           unconfirmed,
		order.ReasonNotSettled:            overdue,
		order.RemarkUnmatchedRequest:      remarked(paid, order.RemarkUnmatchedRequest),
		order.RemarkOddCode:               remarked(held, order.RemarkOddCode),
		order.RemarkElsewhere:             remarked(paid, order.RemarkElsewhere),
		order.RemarkSettlement:            remarked(paid, order.RemarkSettlement),
		order.ReasonUnaccounted: learned(paid, order.Facts{Movements: []order.Movement{
			{Kind: order.MovedRest, Source: order.FromStatus, Amount: 40000, At: noon, LearnedAt: noon}}}),
		order.ReasonOverdrawn: overdrawn,
	}
}

func kinds(o order.Order) []order.AttentionKind {
	var all []order.AttentionKind
	for _, c := range o.Cases() {
		all = append(all, c.Kind)
	}
	return all
}

// Each kind of attention opens one case, which says since when, what to do and where to look.
func TestEveryKindOpensOneCase(t *testing.T) {
	all := opened()
	for _, row := range order.Attentions {
		o, ok := all[row.Kind]
		if !ok {
			t.Errorf("no order with %s", row.Kind)
			continue
		}
		cases := o.Cases()
		if len(cases) != 1 || cases[0].Kind != row.Kind {
			t.Errorf("%s: %v", row.Kind, cases)
			continue
		}
		c := cases[0]
		if c.Since.Before(noon) || c.Detail == "" || !strings.Contains(c.Where(), "Back Office") ||
			row.Happened == "" || row.Do == "" || row.Ends == "" && !row.Acknowledged {
			t.Errorf("%s lacks a part: %+v %+v", row.Kind, c, row)
		}
	}
	if len(all) != len(order.Attentions) {
		t.Errorf("%d orders, %d kinds", len(all), len(order.Attentions))
	}
	for name, o := range map[string]order.Order{
		"pending": pendingOrder(), "paid": learned(pendingOrder(), paidAt(noon, 90000)),
		"authorised": learned(pendingOrder(), heldAt(noon)),
		"expired":    learned(pendingOrder(), order.Facts{Expired: pageEnd}),
	} {
		if open := o.Cases(); len(open) > 0 {
			t.Errorf("%s has the cases %v", name, open)
		}
	}
}

// Each kind ends by an acknowledgement, or else by the result that a person records.
func TestEveryKindOfCaseIsSettledByAPerson(t *testing.T) {
	for kind, o := range opened() {
		c := o.Cases()[0]
		next, unchanged, err := o.Acknowledge(kind, "", sari)
		switch row := order.FindAttention(kind); {
		case row.Acknowledged && (err != nil || unchanged):
			t.Errorf("%s is not acknowledged: %v", kind, err)
		case !row.Acknowledged && err == nil:
			t.Errorf("%s is acknowledged, although a result is to be recorded", kind)
		case kind == order.ReasonConflict:
			next, err = o.Decide(c.Subject, false, sari)
		case kind == order.ReasonUnaccounted:
			next, _, err = o.Record(order.Record{Key: "k", Withdraws: o.Facts.Movements[0].ID(), Act: sari})
		case !row.Acknowledged:
			next, err = o.Resolve(c.Subject, true, sari)
		}
		if open := next.Cases(); err != nil || len(open) > 0 {
			t.Errorf("%s: %v, and %v is left", kind, err, open)
		}
		if next.Captured() != o.Captured() || next.Facts.Authorized != o.Facts.Authorized {
			t.Errorf("%s: settling it has moved money", kind)
		}
	}
}

// Facts end a case that needs no person any longer.
func TestFactsEndCases(t *testing.T) {
	all := opened()
	captured := order.Facts{Captured: &order.Capture{At: noon, LearnedAt: noon, Amount: 90000}}
	released := order.Facts{Released: noon.Add(order.AuthorizationLife)}
	closedHeld, _, _ := pendingOrder().Close(sari)
	closedHeld = learned(closedHeld, heldAt(noon))
	for name, o := range map[string]order.Order{
		"expiring, captured":  learned(all[order.ReasonAuthorizationExpiring], captured),
		"expiring, released":  learned(all[order.ReasonAuthorizationExpiring], released),
		"failed, captured":    learned(all[order.ReasonAutoCaptureFailed], captured),
		"late, refunded":      refunded(all[order.ReasonLate]),
		"closed, refunded":    refunded(all[order.ReasonClosedPaid]),
		"closed, released":    learned(closedHeld, released),
		"corrected, refunded": refunded(all[order.ReasonAmountCorrected]),
		"unmatched, refunded": refunded(all[order.RemarkUnmatchedRequest]),
		"odd, captured":       learned(all[order.RemarkOddCode], captured),
		"unconfirmed, asked":  all[order.ReasonUnconfirmed].ApplyStatus(order.Facts{}, pageEnd.Add(48*time.Hour)),
	} {
		if open := o.Cases(); len(open) > 0 {
			t.Errorf("%s: %v is open", name, open)
		}
	}
	if open := kinds(learned(all[order.ReasonAutoCaptureFailed], released)); len(open) != 1 {
		t.Errorf("the release of the money settles the failed capture: %v", open)
	}
	if len(kinds(closedHeld)) != 1 {
		t.Error("an authorisation of a closed order is no case")
	}
	late := learned(all[order.ReasonUnconfirmed], paidAt(pageEnd.Add(time.Hour), 90000))
	if got := kinds(late); !slices.Equal(got, []order.AttentionKind{order.ReasonLate}) {
		t.Errorf("paid after all: %v", got)
	}
}

// An order shows every open case, each until it is settled itself.
func TestNoCaseHidesAnother(t *testing.T) {
	closed, _, _ := pendingOrder().Close(sari)
	o := learned(closed, paidAt(pageEnd.Add(time.Minute), 90000))
	o = remarked(o, order.RemarkElsewhere)
	o = learned(o, order.Facts{Remarks: []order.Remark{{Kind: order.RemarkElsewhere, Detail: "y", At: noon}}})
	second := paidAt(pageEnd.Add(time.Minute), 90000)
	second.Paid.ApprovalCode = "2"
	o = learned(o, second)
	o = operated(o, order.Operation{ID: "refund-1", Kind: order.KindRefund, Amount: 1, State: order.Parked})
	want := []order.AttentionKind{order.ReasonParked, order.ReasonConflict, order.ReasonClosedPaid, order.ReasonLate,
		order.RemarkElsewhere, order.RemarkElsewhere}
	if got := kinds(o); !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	_, _, err := o.Acknowledge(order.RemarkElsewhere, "", sari)
	if err == nil || !strings.Contains(err.Error(), o.Cases()[4].Subject) {
		t.Errorf("two cases of one kind, without a subject: %v", err)
	}
	for len(o.Cases()) > 0 {
		left := o.Cases()
		c := left[len(left)-1]
		var err error
		switch c.Kind {
		case order.ReasonParked:
			o, err = o.Resolve(c.Subject, false, sari)
		case order.ReasonConflict:
			o, err = o.Decide(c.Subject, false, sari)
		default:
			o, _, err = o.Acknowledge(c.Kind, c.Subject, sari)
		}
		if rest := o.Cases(); err != nil || !slices.Equal(rest, left[:len(left)-1]) {
			t.Fatalf("settling %s: %v; left are %v of %v", c.Kind, err, rest, left)
		}
	}
	if got := len(o.Acknowledgements()); got != 4 {
		t.Errorf("%d acknowledgements are kept, want 4", got)
	}
}

// The first acknowledgement stands. Its person may repeat it, and another person may not.
func TestTheFirstAcknowledgementStands(t *testing.T) {
	o, _, err := opened()[order.ReasonLate].Acknowledge(order.ReasonLate, "", sari)
	if err != nil {
		t.Fatal(err)
	}
	if _, unchanged, err := o.Acknowledge(order.ReasonLate, "", sari); err != nil || !unchanged {
		t.Errorf("a repeat: %v %v", unchanged, err)
	}
	if _, _, err := o.Acknowledge(order.ReasonLate, "", order.Act{At: noon, By: "Budi"}); err == nil ||
		!strings.Contains(err.Error(), "acknowledged already, at 2026-08-27T12:01:00Z by Sari") {
		t.Errorf("another person: %v", err)
	}
	for _, kind := range []order.AttentionKind{order.ReasonClosedPaid, "", "unheard_of"} {
		if _, _, err := o.Acknowledge(kind, "", sari); err == nil {
			t.Errorf("%q, which the order does not have, is acknowledged", kind)
		}
	}
}

// More conflicts than are kept cannot be decided. Their case can be acknowledged, and the money still does not move.
func TestTheCaseOfTooManyConflictsEnds(t *testing.T) {
	o := pendingOrder()
	for i := range int64(25) {
		o = learned(o, paidAt(noon, i+1))
	}
	for _, c := range o.Conflicts() {
		if c.Kind != order.ConflictOverflow {
			o, _ = o.Decide(c.ID, false, sari)
		}
	}
	if got := kinds(o); len(got) != 1 {
		t.Fatalf("%v", got)
	}
	o, _, err := o.Acknowledge(order.ReasonConflict, "", sari)
	if err != nil || len(o.Cases()) > 0 || o.Status() != order.NeedsReview {
		t.Errorf("%v %v %s", err, o.Cases(), o.Status())
	}
}

// A conflict without a report of money has the time at which it became known. The order of the reports changes nothing.
func TestAConflictIsDatedWhenItBecomesKnown(t *testing.T) {
	o := learned(pendingOrder(), paidAt(noon, 90000))
	second := order.Facts{Paid: &order.Payment{At: noon, LearnedAt: noon, Amount: 90000, ApprovalCode: "2"}}
	later := noon.Add(72 * time.Hour)
	o, _ = o.ApplyNotification(second, "n-2", later)
	if since := o.Cases()[0].Since; !since.Equal(later) {
		t.Errorf("since %s, want %s", since, later)
	}
	if next, unchanged := o.ApplyNotification(second, "n-3", later.Add(time.Hour)); !unchanged {
		t.Errorf("the same report is news: %v", next.Cases())
	}
}
