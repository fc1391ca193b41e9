package payment_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

var sari = order.Act{By: "sub-of-sari", Username: "sari", Note: "seen in the Back Office"}

// decide settles the only open conflict.
func (b *bench) decide(t *testing.T, counts bool) error {
	t.Helper()
	open := b.order(t).OpenConflicts()
	if len(open) != 1 {
		t.Fatalf("%d conflicts are open: %+v", len(open), open)
	}
	_, err := b.Decide(t.Context(), payment.DecideRequest{Invoice: "INV-1", Conflict: open[0].ID,
		Counts: counts, Act: sari})
	return err
}

// A person decides about a conflict once: the reported payment counts, or none does. Then the money can move again.
func TestBelieve4AConflictIsDecidedOnce(t *testing.T) {
	less := sale().with(func(r *report) { r.amount = "80000" })
	for _, counts := range []bool{true, false} {
		b := pending(t)
		told := b.listen()
		b.hear(t, less)
		id := b.order(t).OpenConflicts()[0].ID
		if err := b.decide(t, counts); err != nil {
			t.Fatal(err)
		}
		want, money := order.Pending, 0
		if counts {
			want, money = order.Paid, 1
		}
		o := b.order(t)
		if o.Status() != want || len(o.OpenConflicts()) != 0 || heard(*told, order.ChangePaid, "") != money {
			t.Errorf("counts %t: %s, told %+v", counts, o.Status(), *told)
		}
		if made, _ := o.Decision(id); made.Act.By != sari.By || made.Act.Username != "sari" ||
			made.Act.Note != sari.Note || made.Act.At.IsZero() {
			t.Errorf("the decision is %+v", made)
		}
		var no *order.NotAllowed
		for _, second := range []payment.DecideRequest{{Counts: counts, Act: order.Act{By: "sub-of-budi"}},
			{Counts: !counts, Act: sari}} {
			second.Invoice, second.Conflict = "INV-1", id
			if _, err := b.Decide(t.Context(), second); !errors.As(err, &no) {
				t.Errorf("counts %t, then %t by %s: %v, want NotAllowed", counts, second.Counts, second.Act.By, err)
			}
		}
		repeat := payment.DecideRequest{Invoice: "INV-1", Conflict: id, Counts: counts, Act: sari}
		if again, err := b.Decide(t.Context(), repeat); err != nil || again.Version != o.Version {
			t.Errorf("a repeat, whose first answer was lost: %v, version %d after %d", err, again.Version, o.Version)
		}
		if b.hear(t, less); len(b.order(t).OpenConflicts()) != 0 {
			t.Errorf("counts %t: the same report again opens it", counts)
		}
		if _, err := b.refund(t, "a key of the caller 1", 1000); counts && err != nil {
			t.Errorf("a refund of a payment that counts: %v", err)
		}
		if b.hear(t, sale().with(func(r *report) { r.amount = "95000" })); len(b.order(t).OpenConflicts()) != 1 {
			t.Errorf("counts %t: another amount is no new conflict", counts)
		}
	}
	b := pending(t)
	for i := range 25 {
		b.hear(t, sale().with(func(r *report) { r.amount = fmt.Sprint(1000 + i) }))
	}
	o := b.order(t)
	if len(o.Facts.Conflicts) != 20 || len(o.Conflicts()) != 21 {
		t.Fatalf("%d conflicts are kept, %d listed", len(o.Facts.Conflicts), len(o.Conflicts()))
	}
	for _, c := range o.Conflicts() {
		_, err := b.Decide(t.Context(), payment.DecideRequest{Invoice: "INV-1", Conflict: c.ID, Act: sari})
		if (err != nil) != (c.Kind == order.ConflictOverflow) {
			t.Errorf("%s: %v", c.Kind, err)
		}
	}
	b.holds(t, "when all others are decided", order.ConflictOverflow)
}

// A report is compared with the requested pages, the channel and the order's creation.
func TestBelieve5APaymentIsOfItsOrder(t *testing.T) {
	foreign := sale().with(func(r *report) { r.page = "5120f7b0-01f4-47f2-bfb4-58d9dcd66c8c" })
	b := pending(t)
	told := b.listen()
	b.hear(t, foreign)
	if b.status(t) != order.Paid || heard(*told, order.ChangeAttention, order.RemarkUnmatchedRequest) != 1 {
		t.Errorf("a page that kasir did not ask for: %s, told %+v", b.status(t), *told)
	}
	b = pending(t)
	b.RequireRequestID = true
	b.hear(t, foreign)
	b.holds(t, "a page that kasir did not ask for, and must have", order.ConflictRequestID)
	b = pending(t)
	b.RequireRequestID = true
	if b.hear(t, sale().with(func(r *report) { r.page = b.doku.asked[0] })); b.status(t) != order.Paid ||
		len(b.order(t).Facts.Remarks) != 0 {
		t.Errorf("its own page: %s", b.status(t))
	}
	b = pending(t)
	b.hear(t, sale().with(func(r *report) { r.channel = "VIRTUAL_ACCOUNT_BCA" }))
	if b.holds(t, "another channel", order.ConflictChannel); b.status(t) != order.NeedsReview {
		t.Errorf("another channel: %s", b.status(t))
	}
}

// A report that came before its order is part of it from its creation on, unless it is too old.
func TestBelieve5AnOrphanIsJoinedWhenItsOrderIsCreated(t *testing.T) {
	b := newBench()
	b.hear(t, sale())
	var no *order.NotAllowed
	if _, err := b.CreatePage(t.Context(), request()); !errors.As(err, &no) || b.status(t) != order.Paid ||
		len(b.doku.asked) != 0 {
		t.Errorf("%v, %s, %d pages: the customer would pay twice", err, b.status(t), len(b.doku.asked))
	}
	for _, r := range []report{sale(), authorize(), sale().with(func(r *report) { r.kind = "CAPTURE" })} {
		b = newBench()
		b.hear(t, r.with(func(r *report) { r.date = "2026-07-28T10:00:00Z" }))
		if _, err := b.CreatePage(t.Context(), request()); !errors.As(err, &no) || len(b.doku.asked) != 0 {
			t.Errorf("a page beside a report of a month ago: %v", err)
		}
		if b.holds(t, "a month ago", order.ConflictOldReport); b.status(t) != order.NeedsReview ||
			b.order(t).Captured() != 0 {
			t.Errorf("a report of a month ago: %s", b.status(t))
		}
		if err := b.decide(t, false); err != nil {
			t.Fatal(err)
		}
		b.now = b.now.Add(time.Minute)
		if page, err := b.CreatePage(t.Context(), request()); err != nil || page.Order.Status() != order.Pending {
			t.Errorf("after the decision: %+v, %v", page.Order.Status(), err)
		}
	}
}

// Two reports came under one Request-Id before their order was created. Both are kept.
func TestBelieve5BothReportsUnderOneRequestIdAreKept(t *testing.T) {
	b := newBench()
	b.hear(t, sale()) // all reports have one Request-Id here
	b.hear(t, sale().with(func(r *report) { r.status = "FAILED" }))
	// The order is paid, so the answer does not matter; the order is read below.
	_, _ = b.CreatePage(t.Context(), request())
	if o := b.order(t); o.Status() != order.Paid || len(o.Facts.Failures) != 1 {
		t.Errorf("%s, failures %+v", o.Status(), o.Facts.Failures)
	}
}

// DOKU reports another amount. The order is not unpaid, and is not announced as expired.
func TestBelieve6AnotherAmountIsNotUnpaid(t *testing.T) {
	b := pending(t)
	told := b.listen()
	b.doku.told = told80000
	b.run(t, 25*time.Hour)
	if b.status(t) != order.NeedsReview || heard(*told, order.ChangeExpired, "") != 0 ||
		heard(*told, order.ChangeAttention, order.ReasonConflict) != 1 {
		t.Errorf("%s, told %+v", b.status(t), *told)
	}
	if err := b.decide(t, false); err != nil || b.status(t) != order.Expired ||
		heard(*told, order.ChangeExpired, "") != 1 {
		t.Errorf("decided that none counts: %v, %s, told %+v", err, b.status(t), *told)
	}
	b = held(t) // the rules read facts, so an authorisation is announced and captured as before
	b.AutoCaptureBefore = 12 * time.Hour
	b.hear(t, sale().with(func(r *report) { r.kind = "PURCHASE" }))
	if b.run(t, 5*24*time.Hour+time.Hour); b.status(t) != order.Authorized || !b.order(t).Watch.Warned {
		t.Errorf("%s, warned %t", b.status(t), b.order(t).Watch.Warned)
	}
}

var told80000 = told("SALE", "SUCCESS", 80000)

// DOKU's people may not carry out a manual refund that DOKU agreed to. A person records that, and its amount is free
// again.
func TestBelieve8AManualRefundCanBeTakenBack(t *testing.T) {
	b := bought(t)
	told := b.listen()
	b.doku.money = func() (string, error) { return "MANUAL_PARTIAL_REFUND", nil }
	answer, err := b.refund(t, "a key of the caller 1", 60000)
	if err != nil || b.order(t).Refundable() != 30000 || heard(*told, order.ChangeRefunded, "") != 1 {
		t.Fatalf("%v, refundable %d", err, b.order(t).Refundable())
	}
	resolve := payment.ResolveRequest{Invoice: "INV-1", Operation: answer.Operation.ID, Act: sari}
	o, err := b.Resolve(t.Context(), resolve)
	if err != nil || o.Refunded() != 0 || o.Refundable() != 90000 || o.Status() != order.Paid ||
		heard(*told, order.ChangeRefundFailed, "") != 1 {
		t.Errorf("%v, refunded %d, %s, told %+v", err, o.Refunded(), o.Status(), *told)
	}
	var no *order.NotAllowed
	if _, err := b.Resolve(t.Context(), resolve); !errors.As(err, &no) {
		t.Errorf("a second time: %v", err)
	}
	again, err := b.refund(t, "a key of the caller 1", 60000)
	if err != nil || again.Operation.RequestID == answer.Operation.RequestID {
		t.Errorf("asked for again: %v, under the same Request-Id", err)
	}
	if keys := keysOfRefunds(*told); len(keys) != 3 {
		t.Errorf("told under the keys %v, want a key for each", keys)
	}
	resolve.Done = true
	if o, err = b.Resolve(t.Context(), resolve); err != nil || o.Refunded() != 60000 ||
		o.Refunds()[0].Type != order.PartialRefund {
		t.Errorf("carried out: %v, %+v", err, o.Refunds())
	}
	if _, err := b.Resolve(t.Context(), resolve); !errors.As(err, &no) {
		t.Errorf("carried out twice: %v", err)
	}
}

// DOKU's people may reject a refund that counts as done. After a report of that a person must look.
func TestBelieve8AReportThatARefundFailedIsARemark(t *testing.T) {
	failed := func(amount string) report {
		return sale().with(func(r *report) { r.kind, r.status, r.amount = "REFUND", "FAILED", amount })
	}
	b := bought(t)
	b.doku.money = func() (string, error) { return "MANUAL_PARTIAL_REFUND", nil }
	b.hear(t, failed("60000"))
	if _, err := b.refund(t, "a key of the caller 1", 60000); err != nil {
		t.Fatal(err)
	}
	b.hear(t, failed("500"))
	if got := b.order(t).Facts.Remarks; len(got) != 0 {
		t.Errorf("remarks on refunds that do not count: %+v", got)
	}
	b.hear(t, failed("60000"))
	if got := b.order(t).Facts.Remarks; len(got) != 1 || got[0].Kind != order.RemarkElsewhere ||
		b.order(t).Refunded() != 60000 {
		t.Errorf("remarks %+v", got)
	}
}

// keysOfRefunds returns the keys of the announced refunds.
func keysOfRefunds(all []order.Change) map[string]bool {
	keys := map[string]bool{}
	for _, h := range all {
		if h.Kind == order.ChangeRefunded || h.Kind == order.ChangeRefundFailed {
			keys[string(h.Kind)+" "+h.Key] = true
		}
	}
	return keys
}

// A person's note stays with its operation or decision, for callers that read every payment. History and attention
// leave it out.
func TestBelieve9ANoteIsNotForEverybody(t *testing.T) {
	const secret = "Budi wants his money back"
	act := order.Act{By: "sub-of-sari", Username: "sari", Note: secret + strings.Repeat(" and again", 100)}
	b := pending(t)
	told := b.listen()
	b.hear(t, sale().with(func(r *report) { r.amount = "80000" }))
	if _, err := b.Close(t.Context(), "INV-1", act); err != nil {
		t.Fatal(err)
	}
	conflict := b.order(t).OpenConflicts()[0].ID
	if _, err := b.Decide(t.Context(), payment.DecideRequest{Invoice: "INV-1", Conflict: conflict, Counts: true,
		Act: act}); err != nil {
		t.Fatal(err)
	}
	b.doku.money = func() (string, error) { return "MANUAL_FULL_REFUND", nil }
	answer, err := b.refund(t, "a key of the caller 1", 80000)
	if err != nil {
		t.Fatal(err)
	}
	o, err := b.Resolve(t.Context(), payment.ResolveRequest{Invoice: "INV-1", Operation: answer.Operation.ID, Act: act})
	if err != nil {
		t.Fatal(err)
	}
	made, _ := o.Decision(conflict)
	op, _ := o.Operation(answer.Operation.ID)
	for what, kept := range map[string]order.Act{"closing": *o.Facts.Closed, "decision": made.Act,
		"resolution": op.Resolved} {
		if len(kept.Note) != 500 || !strings.HasPrefix(kept.Note, secret) || kept.By != act.By ||
			kept.Username != "sari" || !kept.At.Equal(b.now) {
			t.Errorf("%s: %+v, note of %d bytes", what, kept, len(kept.Note))
		}
	}
	for _, h := range *told {
		h.Refund.Resolved = order.Act{} // the whole operation; package event decides which fields are published
		if strings.Contains(fmt.Sprintf("%+v", h), "Budi") {
			t.Errorf("told %+v", h)
		}
	}
	if text := fmt.Sprintf("%+v %s", o.History, op.Refusal); strings.Contains(text, "Budi") {
		t.Errorf("noted in %s", text)
	}
}
