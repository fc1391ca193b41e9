package order

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// moved is a report of a movement that becomes known some minutes after t0.
func moved(kind MovementKind, source Source, ref, refund string, amount int64, minute int) Facts {
	at := t0.Add(time.Duration(minute) * time.Minute)
	return Facts{Movements: []Movement{{Kind: kind, Source: source, Ref: ref, Refund: refund, Amount: amount, At: at,
		LearnedAt: at}}}
}

// refundAt begins a refund some minutes after t0, and DOKU carries it out.
func refundAt(t *testing.T, o Order, key string, amount int64, minute int) Order {
	t.Helper()
	at := t0.Add(time.Duration(minute) * time.Minute)
	next, verdict, err := o.Refund(policy, RefundID(key), amount, -1, at)
	if err != nil || verdict != Call {
		t.Fatalf("refund of %d: %v, %v", amount, verdict, err)
	}
	return next.Settle(policy, RefundID(key), 1,
		Outcome{State: Done, Attempt: 1, Signed: true, At: at, Type: PartialRefund})
}

// Every source reports the same refund in its own way. It counts once, and cannot be refunded again.
func TestARefundElsewhereCountsOnceFromAllSources(t *testing.T) {
	o := learned(t, paid(90000))
	for i, f := range []Facts{
		moved(MovedRefund, FromNotification, "n1", "bo-1", 50000, 1),
		moved(MovedRefund, FromNotification, "n1", "bo-1", 50000, 1),
		moved(MovedRefund, FromStatus, "", "bo-1", 50000, 2),
		moved(MovedRest, FromStatus, "", "", 40000, 2),
		moved(MovedRefund, FromSettlement, "b1:3", "", 50000, 3),
		moved(MovedVoid, FromRecord, "k1", "", 50000, 4),
	} {
		o, _ = o.Learn(f)
		if o.ElsewhereRefunded() != 50000 || o.Refundable() != 40000 || o.Status() != PartiallyRefunded ||
			o.Unaccounted() != 0 {
			t.Errorf("after report %d: elsewhere %d, refundable %d, not accounted for %d, %s", i+1,
				o.ElsewhereRefunded(), o.Refundable(), o.Unaccounted(), o.Status())
		}
	}
	if o = refundAt(t, o, "k", 40000, 5); o.Refundable() != 0 || o.Status() != Voided && o.Status() != Refunded {
		t.Errorf("refundable %d, %s", o.Refundable(), o.Status())
	}
}

// A report that was known before kasir began a refund of the same amount is about another refund.
func TestALaterRefundDoesNotExplainAnEarlierReport(t *testing.T) {
	for name, report := range map[string]Facts{
		"named":            moved(MovedRefund, FromNotification, "n1", "bo-1", 30000, 1),
		"not named":        moved(MovedRefund, FromNotification, "n1", "", 30000, 1),
		"by check status":  moved(MovedRefund, FromStatus, "", "", 30000, 1),
		"by settlement":    moved(MovedRefund, FromSettlement, "b:1", "", 30000, 1),
		"by what is left":  moved(MovedRest, FromStatus, "", "", 60000, 1),
		"by a person":      moved(MovedRefund, FromRecord, "k", "", 30000, 1),
		"as a chargeback":  moved(MovedChargeback, FromNotification, "n1", "", 30000, 1),
		"dated days later": moved(MovedRefund, FromNotification, "n1", "", 30000, 5000),
	} {
		o := learned(t, paid(90000))
		if name == "dated days later" { // the other way round: it came after the refund, but cannot be that
			o = refundAt(t, o, "k1", 30000, 2)
			o, _ = o.Learn(report)
		} else {
			o, _ = o.Learn(report)
			o = refundAt(t, o, "k1", 30000, 2)
		}
		if o.Refundable() != 30000 {
			t.Errorf("%s: refundable %d after two of 30000", name, o.Refundable())
		}
	}
}

// DOKU also reports the refunds that kasir asked for. Such a report is no further refund.
func TestAReportOfOurRefundIsNoRefundElsewhere(t *testing.T) {
	for _, name := range []string{"", "ours"} {
		o := refundAt(t, learned(t, paid(90000)), "k1", 30000, 1)
		if name != "" {
			op, _ := o.Operation(RefundID("k1"))
			name = op.RequestID
		}
		for i, source := range []Source{FromNotification, FromStatus, FromSettlement} {
			o, _ = o.Learn(moved(MovedRefund, source, "r", name, 30000, 2+i))
		}
		o, _ = o.Learn(moved(MovedRest, FromStatus, "", "", 60000, 8))
		if o.ElsewhereRefunded() != 0 || o.Refundable() != 60000 || len(o.Cases()) != 0 {
			t.Errorf("named %q: elsewhere %d, refundable %d, %+v", name, o.ElsewhereRefunded(), o.Refundable(),
				o.Cases())
		}
		o, _ = o.Learn(moved(MovedRefund, FromSettlement, "second row", "", 30000, 9))
		if o.ElsewhereRefunded() != 30000 || o.Refundable() != 30000 || len(o.Cases()) != 1 {
			t.Errorf("a second row: elsewhere %d, refundable %d", o.ElsewhereRefunded(), o.Refundable())
		}
	}
}

// A report that names our Request-Id settles a refund in doubt. A person who found out later is not contradicted.
func TestAReportSettlesTheRefundThatItNames(t *testing.T) {
	o := learned(t, paid(90000))
	next, _, err := o.Refund(policy, RefundID("k"), 30000, -1, t0)
	if err != nil {
		t.Fatal(err)
	}
	op, _ := next.Operation(RefundID("k"))
	report := moved(MovedRefund, FromNotification, "n", op.RequestID, 30000, 1)
	told, _ := next.ApplyNotification(report, "n", t0.Add(time.Minute))
	if op, _ := told.Operation(op.ID); op.State != Done || told.Refunded() != 30000 || told.ElsewhereRefunded() != 0 {
		t.Errorf("%s, refunded %d, elsewhere %d", op.State, told.Refunded(), told.ElsewhereRefunded())
	}
	parked := next.park(op, t0.Add(2*time.Hour))
	refused, err := parked.Resolve(op.ID, false, Act{At: t0.Add(3 * time.Hour), By: "sari"})
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := refused.ApplyNotification(report, "n", t0.Add(4*time.Hour)); again.Refunded() != 0 {
		t.Error("an older report overrides what a person found out")
	}
}

// What DOKU states about the payment as a whole and nothing accounts for stays reserved, until a person withdraws it.
func TestAStatementReservesWhatNothingAccountsFor(t *testing.T) {
	o, _ := learned(t, paid(90000)).Learn(moved(MovedTotal, FromStatus, "", "", 90000, 1))
	if o.Refundable() != 0 || o.Unaccounted() != 90000 || o.Status() != Paid || len(o.Cases()) != 1 {
		t.Errorf("refundable %d, not accounted for %d, %s", o.Refundable(), o.Unaccounted(), o.Status())
	}
	recorded, _, err := o.Record(Record{Key: "k", Kind: MovedRefund, Amount: 50000, Act: Act{At: t0, By: "sari"}})
	if err != nil || recorded.Unaccounted() != 40000 || recorded.Refundable() != 0 {
		t.Errorf("after a record: %v, %d", err, recorded.Unaccounted())
	}
	id := o.Facts.Movements[0].ID()
	done, _, err := recorded.Record(Record{Key: "k2", Withdraws: id, Act: Act{At: t0, By: "sari"}})
	if err != nil || done.Unaccounted() != 0 || done.Refundable() != 40000 || len(done.Cases()) != 0 {
		t.Errorf("after the withdrawal: %v, %d, %d, %+v", err, done.Unaccounted(), done.Refundable(), done.Cases())
	}
	if again, _ := done.Learn(moved(MovedTotal, FromStatus, "", "", 90000, 9)); again.Refundable() != 40000 {
		t.Error("the same statement again reserves it again")
	}
}

// An authorisation that was voided in the Back Office can neither be captured nor watched.
func TestAnAuthorisationVoidedElsewhere(t *testing.T) {
	o, _ := learned(t, authorized(90000)).Learn(moved(MovedVoid, FromNotification, "n", "", 90000, 1))
	_, _, err := o.Capture(policy, 0, t0.Add(time.Hour))
	if denied(t, err, "", "VOIDED"); o.Status() != Voided || !o.Schedule(policy).DueAt.IsZero() {
		t.Errorf("%s, due %s", o.Status(), o.Schedule(policy).DueAt)
	}
	part, _ := learned(t, authorized(90000)).Learn(moved(MovedVoid, FromNotification, "n", "", 1000, 1))
	if part.Status() != Authorized || len(part.Cases()) != 1 {
		t.Errorf("a void of a part: %s, %+v", part.Status(), part.Cases())
	}
	lower, _ := learned(t, authorized(90000)).Learn(moved(MovedVoid, FromSettlement, "b#1", "", 70000, 1))
	if lower.Status() != Voided {
		t.Errorf("a void of the amount less a promo discount: %s", lower.Status())
	}
	before := learned(t, authorized(90000))
	var kinds []ChangeKind
	for _, c := range Changes(before, o) {
		kinds = append(kinds, c.Kind)
	}
	if !slices.Equal(kinds, []ChangeKind{ChangeVoided, ChangeAttention}) {
		t.Errorf("changes %v", kinds)
	}
}

// A chargeback reserves its amount until it is reversed. A reversal gives back no more than was charged back.
func TestChargebacks(t *testing.T) {
	o, _ := learned(t, paid(90000)).Learn(moved(MovedReversal, FromNotification, "n0", "", 90000, 0))
	if o.Refundable() != 90000 || o.ChargedBack() != 0 {
		t.Errorf("a reversal alone: refundable %d", o.Refundable())
	}
	o = learned(t, paid(90000))
	o, _ = o.Learn(moved(MovedChargeback, FromNotification, "n1", "", 60000, 1))
	if o.Refundable() != 30000 || o.Status() != Paid {
		t.Errorf("refundable %d, %s", o.Refundable(), o.Status())
	}
	o, _ = o.Learn(moved(MovedReversal, FromSettlement, "b:1", "", 60000, 2))
	if o.Refundable() != 90000 {
		t.Errorf("after its reversal: refundable %d", o.Refundable())
	}
	o = refundAt(t, o, "k", 90000, 3)
	if o, _ = o.Learn(moved(MovedChargeback, FromSettlement, "b:2", "", 60000, 4)); o.overdrawn() != 0 {
		t.Errorf("one chargeback was reversed, the settlement reports the same: %d beyond", o.overdrawn())
	}
}

// A record is made once per key, and never for more than was taken.
// Check status may show the sum of the chargebacks that notifications report one by one.
func TestCheckStatusMayShowTheSumOfChargebacks(t *testing.T) {
	one := moved(MovedChargeback, FromNotification, "n1", "", 10000, 1)
	two := moved(MovedChargeback, FromNotification, "n2", "", 20000, 2)
	sum := moved(MovedChargeback, FromStatus, "", "", 30000, 3)
	for _, reports := range [][]Facts{{one, two, sum}, {sum, one, two}} {
		o := learned(t, paid(90000))
		for _, f := range reports {
			o, _ = o.Learn(f)
		}
		if o.ChargedBack() != 30000 || o.Refundable() != 60000 || len(o.Cases()) != 2 {
			t.Errorf("charged back %d, refundable %d, cases %+v", o.ChargedBack(), o.Refundable(), o.Cases())
		}
	}
}

// A statement of DOKU may be about a refund elsewhere, though a refund of kasir's in doubt or a later report explains
// it. So DOKU is asked once more.
func TestAnExplainedStatementIsAskedAboutAgain(t *testing.T) {
	rest := moved(MovedRest, FromStatus, "", "", 60000, 3)
	at := t0.Add(10 * time.Minute)
	o, _, err := learned(t, paid(90000)).Refund(policy, RefundID("k"), 30000, -1, t0.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	o, _ = o.Learn(rest)
	o = o.Settle(policy, RefundID("k"), 1, Outcome{State: Done, Attempt: 1, Signed: true, At: at, Type: PartialRefund})
	if o.WantsStatus(policy, at) || !o.WantsStatus(policy, at.Add(askAfter)) {
		t.Errorf("after a refund in doubt: asked at %s", o.Watch.CheckAt)
	}
	o, _ = learned(t, paid(90000)).Learn(rest)
	o, _ = o.ApplyNotification(moved(MovedRefund, FromNotification, "n1", "bo-2", 30000, 9), "n1", at)
	if o.WantsStatus(policy, at) || !o.WantsStatus(policy, at.Add(askAfter)) {
		t.Errorf("after a notification: asked at %s", o.Watch.CheckAt)
	}
}

func TestRecords(t *testing.T) {
	held, taken := learned(t, authorized(90000)), learned(t, paid(90000))
	act := Act{At: t0, By: "sari"}
	for _, c := range []struct {
		name    string
		o       Order
		r       Record
		pointer string
	}{
		{"no kind", taken, Record{Key: "k", Amount: 1}, "/kind"},
		{"another kind", taken, Record{Key: "k", Kind: MovedTotal, Amount: 1}, "/kind"},
		{"no amount", taken, Record{Key: "k", Kind: MovedRefund}, "/amount"},
		{"more than was taken", taken, Record{Key: "k", Kind: MovedRefund, Amount: 90001}, "/amount"},
		{"a chargeback of more", taken, Record{Key: "k", Kind: MovedChargeback, Amount: 90001}, "/amount"},
		{"a reversal of none", taken, Record{Key: "k", Kind: MovedReversal, Amount: 1}, "/amount"},
		{"a capture of a payment", taken, Record{Key: "k", Kind: MovedCapture, Amount: 1}, "/kind"},
		{"a capture of more", held, Record{Key: "k", Kind: MovedCapture, Amount: 90001}, "/amount"},
		{"a refund of an authorisation", held, Record{Key: "k", Kind: MovedRefund, Amount: 1}, "/kind"},
		{"a void of a part", held, Record{Key: "k", Kind: MovedVoid, Amount: 1}, "/amount"},
		{"an unpaid order", learned(t), Record{Key: "k", Kind: MovedRefund, Amount: 1}, "/kind"},
		{"a movement that is not there", taken, Record{Key: "k", Withdraws: "x"}, "/movement"},
	} {
		c.r.Act = act
		next, _, err := c.o.Record(c.r)
		denied(t, err, c.pointer, "")
		if !equal(next.Facts, c.o.Facts) {
			t.Errorf("%s: it was kept", c.name)
		}
	}
	lower := Record{Key: "k", Kind: MovedVoid, Amount: 70000, Act: act}
	if o, _, err := held.Record(lower); err != nil || o.Status() != Voided {
		t.Errorf("a void of the amount less a promo discount: %v, %s", err, o.Status())
	}
	o, _, err := taken.Record(Record{Key: "k", Kind: MovedRefund, Amount: 50000, Reference: "R-1", Act: act})
	if err != nil || o.Refundable() != 40000 || len(o.Cases()) != 0 {
		t.Fatalf("%v, refundable %d, %+v", err, o.Refundable(), o.Cases())
	}
	if _, same, err := o.Record(Record{Key: "k", Kind: MovedRefund, Amount: 50000, Reference: "R-1",
		Act: act}); err != nil ||
		!same {
		t.Errorf("the same record again: %v, %t", err, same)
	}
	var other *Mismatched
	for _, r := range []Record{
		{Key: "k", Kind: MovedRefund, Amount: 40000}, {Key: "k", Kind: MovedVoid, Amount: 50000},
		{Key: "k", Withdraws: o.Facts.Movements[0].ID()},
		{Key: "k", Kind: MovedRefund, Amount: 50000, Reference: "R-1", Act: Act{Note: "another"}},
	} {
		if r.Act.At, r.Act.By = act.At, act.By; !errors.As(second(o.Record(r)), &other) {
			t.Errorf("%+v under a used key", r)
		}
	}
	if captured, _, err := held.Record(Record{Key: "k", Kind: MovedCapture, Amount: 60000, Act: act}); err != nil ||
		captured.Captured() != 60000 || captured.Status() != Paid {
		t.Errorf("a capture: %v, %d", err, captured.Captured())
	}
}

// DOKU reports a capture of an authorisation that is not known, and not of how much. A record says how much.
func TestACaptureOfAnUnknownAuthorisationIsRecorded(t *testing.T) {
	act := Act{At: t0, By: "sari"}
	taken := Facts{Captured: &Capture{At: t0, LearnedAt: t0, Amount: 90000}}
	o := learned(t, Facts{Conflicts: []Conflict{NewConflict(ConflictCaptureElsewhere, "a capture", "a capture",
		taken)}})
	o.Amount = 90000
	_, _, err := o.Record(Record{Key: "k", Kind: MovedCapture, Amount: 90001, Act: act})
	denied(t, err, "/amount", "")
	o, _, err = o.Record(Record{Key: "k", Kind: MovedCapture, Amount: 60000, Act: act})
	if err != nil || o.Captured() != 60000 || len(o.OpenConflicts()) != 0 || o.Status() != Paid {
		t.Errorf("%v, captured %d, %s, conflicts %+v", err, o.Captured(), o.Status(), o.OpenConflicts())
	}
}

func second(_ Order, _ bool, err error) error { return err }

// The customer's data is erased, and does not come back with a report. What was paid stays.
func TestForgettingKeepsTheMoney(t *testing.T) {
	o := learned(t, paid(90000))
	o.Readers, o.Metadata = []string{"digest"}, Metadata{"cart": "1"}
	gone, _, err := o.Forget(Act{At: t0, By: "sari"})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := gone.Learn(paid(90000))
	for _, o := range []Order{gone, again} {
		if o.Facts.Paid.Card != (Card{}) || o.Readers != nil || o.Metadata != nil || o.Captured() != 90000 {
			t.Errorf("%+v", o)
		}
	}
	if _, unchanged, _ := gone.Forget(Act{At: t0, By: "budi"}); !unchanged {
		t.Error("it is forgotten twice")
	}
}

// Whatever each source reports about refunds by their Request-Ids, in any order: kasir's refundable amount is DOKU's.
func TestNamedReportsGiveDOKUsLedger(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		o := learned(t, paid(90000))
		left, minute := int64(90000), 0
		var reports []Facts
		for i := range rapid.IntRange(1, 6).Draw(r, "acts") {
			minute++
			amount := rapid.SampledFrom([]int64{10000, 20000, 30000}).Draw(r, "amount")
			if amount > left {
				continue
			}
			name := ""
			if rapid.Bool().Draw(r, "ours") && o.Refundable() >= amount {
				key := string(rune('a' + i))
				o = refundAt(t, o, key, amount, minute)
				op, _ := o.Operation(RefundID(key))
				name = op.RequestID
			} else {
				name = "bo-" + string(rune('a'+i))
			}
			left -= amount
			for _, source := range []Source{FromNotification, FromStatus} {
				reports = append(reports, moved(MovedRefund, source, name, name, amount, minute))
			}
			for range rapid.IntRange(0, len(reports)).Draw(r, "told now") {
				o, _ = o.Learn(rapid.SampledFrom(reports).Draw(r, "told"))
			}
		}
		for _, f := range rapid.Permutation(reports).Draw(r, "told at the end") {
			o, _ = o.Learn(f)
		}
		if o.Refundable() != left {
			r.Fatalf("refundable %d, left at DOKU %d: %+v", o.Refundable(), left, o.Elsewhere())
		}
	})
}

// The history says what a notification of money that went back was about.
func TestTheHistoryNamesTheMovementOfANotification(t *testing.T) {
	o := learned(t, paid(90000))
	o, _ = o.ApplyNotification(moved(MovedChargeback, FromNotification, "n1", "", 90000, 1), "n1", t0)
	if last := o.History[len(o.History)-1]; last.Of != "n1" || last.Detail != "chargeback of 90000: PAID" {
		t.Errorf("%+v", last)
	}
}

// A refund that DOKU dates days after a person's record is not the recorded one.
func TestARecordExplainsNoLaterNotification(t *testing.T) {
	o, _, err := learned(t, paid(90000)).Record(Record{Key: "k", Kind: MovedRefund, Amount: 30000,
		Act: Act{At: t0, By: "sari"}})
	if err != nil {
		t.Fatal(err)
	}
	same, _ := o.Learn(moved(MovedRefund, FromNotification, "n1", "bo-1", 30000, 5))
	if same.ElsewhereRefunded() != 30000 {
		t.Errorf("a notification of the same hour: %d", same.ElsewhereRefunded())
	}
	other, _ := same.Learn(moved(MovedRefund, FromNotification, "n2", "bo-2", 30000, 26*60))
	later, _ := o.Learn(moved(MovedRefund, FromNotification, "n2", "bo-2", 30000, 26*60))
	if other.ElsewhereRefunded() != 60000 || later.ElsewhereRefunded() != 60000 {
		t.Errorf("a notification of the next day: %d and %d", other.ElsewhereRefunded(), later.ElsewhereRefunded())
	}
}

// A withdrawn and acknowledged report does not hide a later one of the same amount.
func TestALaterReportIsACaseOfItsOwn(t *testing.T) {
	first, _ := learned(t, paid(90000)).Learn(moved(MovedRefund, FromNotification, "n1", "bo-1", 30000, 1))
	act := Act{At: t0, By: "sari"}
	seen, _, err := first.Acknowledge(RemarkElsewhere, "", act)
	if err != nil {
		t.Fatal(err)
	}
	gone, _, err := seen.Record(Record{Key: "k", Withdraws: first.Facts.Movements[0].ID(), Act: act})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := gone.Learn(moved(MovedRefund, FromNotification, "n2", "bo-2", 30000, 2))
	changes := Changes(gone, again)
	if len(again.Cases()) != 1 || len(changes) != 2 || changes[1].Key == "elsewhere refund:30000:1" {
		t.Errorf("cases %+v, changes %+v", again.Cases(), changes)
	}
}

// A settlement report shows what was paid out. A person's word that a manual refund was not carried out does not
// explain its row.
func TestASettledRefundWasCarriedOut(t *testing.T) {
	o := refund(t, learned(t, paid(90000)), "k", 50000, Done, ManualPartialRefund)
	o, _ = o.Learn(moved(MovedRefund, FromSettlement, "b:1", "", 50000, 1))
	refused, err := o.Resolve(RefundID("k"), false, Act{At: t0.Add(time.Hour), By: "sari"})
	if err != nil || refused.Refundable() != 40000 || len(refused.Cases()) != 1 {
		t.Errorf("%v, refundable %d, %+v", err, refused.Refundable(), refused.Cases())
	}
}
