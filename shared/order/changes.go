package order

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Change is one change of an order that other systems are notified of, once.
type Change struct {
	Kind   ChangeKind
	Key    string // distinguishes changes of one kind on one order; the same change always has the same key
	At     time.Time
	Amount int64 // whole rupiah: paid, authorised, captured or refunded; 0 if no money moved

	Failure Failure       // of ChangeFailed
	Refund  Operation     // of ChangeRefunded and ChangeRefundFailed; zero if the money moved outside kasir
	Moved   MovementKind  // of money that moved outside kasir
	Reason  AttentionKind // of ChangeAttention
	Detail  string        // of ChangeAttention: the sentence for a person
}

// ChangeKind is the kind of a change, and the second word of the event's type.
type ChangeKind string

// Kinds of changes.
const (
	ChangePaid         ChangeKind = "paid"          // taken at once, without an authorisation
	ChangeAuthorized   ChangeKind = "authorized"    // reserved on the card, to be captured within 7 days
	ChangeCaptured     ChangeKind = "captured"      // taken from an authorisation
	ChangeFailed       ChangeKind = "failed"        // one attempt was declined; another card may still pay
	ChangeRefunded     ChangeKind = "refunded"      // DOKU agreed to a refund or void
	ChangeRefundFailed ChangeKind = "refund_failed" // DOKU's people did not carry out a manual refund
	ChangeExpired      ChangeKind = "expired"       // the page ended unpaid, or the authorisation uncaptured
	ChangeVoided       ChangeKind = "voided"        // the authorisation was taken back outside kasir
	ChangeChargedBack  ChangeKind = "charged_back"  // the customer's bank took the money back
	ChangeReversed     ChangeKind = "chargeback_reversed"
	ChangeAttention    ChangeKind = "attention" // a person must look
)

// Changes returns the changes from before to after that other systems are notified of. before is the zero Order if the
// order is new. An order has either ChangePaid or ChangeCaptured, and only once. A decline that becomes known after
// the money is left out, since it was an earlier attempt.
func Changes(before, after Order) []Change {
	all := moneyChanges(before, after)
	if after.Captured() == 0 && after.Facts.Authorized == nil {
		for _, f := range after.Facts.Failures {
			if !slices.ContainsFunc(before.Facts.Failures, f.same) {
				all = append(all, Change{Kind: ChangeFailed, Key: strconv.FormatInt(f.At.UnixMilli(), 10) + f.Code,
					At: after.FactTime(f.At, f.LearnedAt), Failure: f})
			}
		}
	}
	for _, op := range after.Refunds() {
		if was, _ := before.Operation(op.ID); op.State == Done && was.State != Done {
			key := op.changeKey()
			if was.State == Refused && was.Generation == op.Generation { // it may have been told before the refusal
				key += " after all"
			}
			all = append(all, Change{Kind: ChangeRefunded, Key: key, At: op.DoneAt, Amount: op.Amount, Refund: op})
		}
	}
	for _, op := range after.Refunds() {
		if was, _ := before.Operation(op.ID); op.State == Refused && was.State == Done {
			all = append(all, Change{Kind: ChangeRefundFailed, Key: op.changeKey(), At: op.Resolved.At,
				Amount: op.Amount, Refund: op})
		}
	}
	all = append(all, elsewhereChanges(before, after)...)
	if status := after.Status(); status != before.Status() && (status == Expired || status == AuthorizationExpired) {
		at := after.Facts.Expired
		if status == AuthorizationExpired {
			at = after.Facts.Released
		}
		all = append(all, Change{Kind: ChangeExpired, Key: strconv.FormatInt(at.UnixMilli(), 10), At: at})
	}
	return append(all, attentionChanges(before, after)...)
}

// changeKey returns the key of a refund's change. It differs between the generations of one refund: DOKU may have
// agreed to an earlier one and not carried it out.
func (op Operation) changeKey() string {
	if op.Generation <= 1 {
		return op.ID
	}
	return op.ID + " " + strconv.Itoa(op.Generation)
}

// moneyChanges returns the changes in which money was authorised, captured or paid.
func moneyChanges(before, after Order) []Change {
	var all []Change
	facts := after.Facts
	if a := facts.Authorized; a != nil && before.Facts.Authorized == nil {
		all = append(all, Change{Kind: ChangeAuthorized, At: after.AuthorizedAt(), Amount: a.Amount})
	}
	if before.Captured() > 0 || after.Captured() == 0 {
		return all
	}
	if c := facts.Captured; c != nil {
		return append(all, Change{Kind: ChangeCaptured, At: after.FactTime(c.At, c.LearnedAt), Amount: c.Amount})
	}
	return append(all, Change{Kind: ChangePaid, At: after.moneyAt(), Amount: facts.Paid.Amount})
}

// attentionChanges returns the changes that a person must look at. Their time is that of the latest history entry.
func attentionChanges(before, after Order) []Change {
	var all []Change
	at := after.CreatedAt
	if n := len(after.History); n > 0 {
		at = after.History[n-1].At
	}
	add := func(reason AttentionKind, key, detail string) {
		c := Change{Kind: ChangeAttention, Key: string(reason) + " " + key, At: at, Reason: reason, Detail: detail}
		if !slices.ContainsFunc(all, func(other Change) bool { return other.Key == c.Key }) {
			all = append(all, c)
		}
	}
	conflicts, elsewhere := before.Conflicts(), before.elsewhereCases()
	for _, c := range after.Conflicts() {
		if !slices.ContainsFunc(conflicts, func(k Conflict) bool { return k.ID == c.ID }) {
			add(ReasonConflict, c.ID, c.Detail)
		}
	}
	for _, r := range after.Facts.Remarks {
		if !slices.ContainsFunc(before.Facts.Remarks, r.same) {
			add(r.Kind, cmp.Or(r.Subject, r.Detail), r.Detail)
		}
	}
	for _, r := range corrections(before, after, at) { // a version without the remark may have written the order
		add(r.Kind, r.Subject, r.Detail)
	}
	for _, op := range after.Operations {
		was, _ := before.Operation(op.ID)
		if op.State == Parked && was.State != Parked {
			add(op.ParkedFor(), op.RequestID, op.parkedDetail())
		}
		if op.State == Done && op.Type.Manual() && was.State != Done {
			add(ReasonManualRefund, op.changeKey(), op.manualDetail())
		}
	}
	for _, c := range after.elsewhereCases() {
		if !slices.ContainsFunc(elsewhere, c.same) {
			add(c.Kind, c.Subject, c.Detail)
		}
	}
	return append(all, timeChanges(before, after, at)...)
}

// timeChanges returns the changes about money that came when none was expected, and those that reconciliation has
// found.
func timeChanges(before, after Order, at time.Time) []Change {
	var all []Change
	add := func(reason AttentionKind, key, detail string) {
		all = append(all, Change{Kind: ChangeAttention, Key: string(reason) + " " + key, At: at, Reason: reason,
			Detail: detail})
	}
	taken := before.Facts.Captured == nil && after.Facts.Captured != nil
	money := func(reason AttentionKind, is, was bool, detail string) {
		_, seen := before.Decision(string(reason)) // a person acknowledged the reserved amount
		switch {
		case is && !was:
			add(reason, "", detail)
		case is && taken && seen:
			add(reason, takenSubject, detail)
		}
	}
	money(ReasonClosedPaid, after.closedPaid(), before.closedPaid(), closedPaidDetail)
	money(ReasonLate, after.Late(), before.Late(), lateDetail)
	if after.Watch.Warned && !before.Watch.Warned {
		add(ReasonAuthorizationExpiring, "", after.expiringDetail())
	}
	if after.Watch.AutoFailed && !before.Watch.AutoFailed {
		add(ReasonAutoCaptureFailed, "", after.autoFailedDetail())
	}
	if !after.Watch.OverdueAt.IsZero() && before.Watch.OverdueAt.IsZero() {
		add(ReasonNotSettled, "", notSettledDetail)
	}
	for _, c := range after.restoredCase() {
		if !slices.ContainsFunc(before.restoredCase(), c.same) {
			add(ReasonRestored, c.Subject, c.Detail)
		}
	}
	if after.Watch.Unconfirmed && !before.Watch.Unconfirmed {
		add(ReasonUnconfirmed, strconv.FormatInt(after.Facts.Expired.UnixMilli(), 10), unconfirmedDetail)
	}
	return all
}

// corrections returns remarks about the amounts that DOKU has lowered since they were known.
func corrections(before, after Order, at time.Time) []Remark {
	var all []Remark
	lowered := func(was, is int64, subject, format string) {
		if was > is {
			all = append(all, Remark{Kind: ReasonAmountCorrected, Subject: subject + strconv.FormatInt(is, 10),
				Detail: fmt.Sprintf(format, is, was), At: at})
		}
	}
	if a, b := before.Facts.Authorized, after.Facts.Authorized; a != nil && b != nil {
		lowered(a.Amount, b.Amount, "authorized ", "DOKU reported an authorisation of %d after %d.")
	}
	lowered(before.Captured(), after.Captured(), "", "DOKU reported %d after %d.")
	return all
}

// closedPaid reports whether a closed order has money.
func (o Order) closedPaid() bool {
	return o.Facts.Closed != nil && (o.Captured() > 0 || o.Facts.Authorized != nil)
}

// same reports whether two reports are about one attempt.
func (f Failure) same(g Failure) bool {
	return f.At.Equal(g.At) && f.Code == g.Code && f.Message == g.Message
}
