package order

import (
	"slices"
	"strconv"
	"time"
)

// Happening is something that became of an order and that other systems want to hear, once.
type Change struct {
	Kind   ChangeKind
	Key    string // tells it from others of its kind on the same order; the same change always gives the same
	At     time.Time
	Amount int64 // whole rupiah: taken, authorised or given back; 0 where no money moved

	Failure Failure   // of Declined
	Refund  Operation // of GivenBack and GivenBackFailed
	Reason  string    // of NeedsAttention, see below
	Detail  string    // of NeedsAttention, in words for a person
}

// What happened.
type ChangeKind string

// What other systems are told of.
const (
	ChangePaid         ChangeKind = "paid"          // at once, without an authorisation
	ChangeAuthorized   ChangeKind = "authorized"    // reserved on the card, to be captured within 7 days
	ChangeCaptured     ChangeKind = "captured"      // taken from an authorisation
	ChangeFailed       ChangeKind = "failed"        // one attempt; another card may still pay
	ChangeRefunded     ChangeKind = "refunded"      // DOKU agreed to a refund or void
	ChangeRefundFailed ChangeKind = "refund_failed" // DOKU's people did not carry out a manual refund that DOKU had agreed to
	ChangeExpired      ChangeKind = "expired"       // the page unpaid, or the authorisation uncaptured; money may still come late
	ChangeAttention    ChangeKind = "attention"     // a person must look
)

// Reasons why a person must look.
const (
	ReasonConflict              = "conflict"               // DOKU reports what was not asked
	ReasonParked                = "parked"                 // whether DOKU captured or refunded can no longer be asked safely
	ReasonRefusedInDoubt        = "refused_in_doubt"       // DOKU refused a repeat whose first may have been done
	ReasonAmountCorrected       = "amount_corrected"       // DOKU reported a lower amount, after the payment was announced
	ReasonClosedPaid            = "closed_paid"            // money came although the order had been closed
	ReasonUnconfirmed           = "unconfirmed"            // DOKU did not say for a day whether a page was paid
	ReasonAutoCaptureFailed     = "auto_capture_failed"    // DOKU refused the policy's captures, and the authorisation lapses
	ReasonLate                  = "late"                   // money, after the page had ended
	ReasonAuthorizationExpiring = "authorization_expiring" // an authorisation has 48 h left
)

// Happened tells what a change of an order means to others. before is the zero Order when the order is new. Of the two that
// mean money, paid and captured, an order has one, and once. A decline that becomes known after the money is not told: it was
// an earlier attempt.
func Changes(before, after Order) []Change {
	all := moneyChanges(before, after)
	if after.Captured() == 0 && after.Facts.Authorized == nil {
		for _, f := range after.Facts.Failures {
			if !slices.ContainsFunc(before.Facts.Failures, f.same) {
				all = append(all, Change{Kind: ChangeFailed, Key: strconv.FormatInt(f.At.UnixMilli(), 10) + f.Code, At: after.FactTime(f.At, f.LearnedAt), Failure: f})
			}
		}
	}
	for _, op := range after.Refunds() {
		if was, _ := before.Operation(op.ID); op.State == Done && was.State != Done {
			all = append(all, Change{Kind: ChangeRefunded, Key: op.changeKey(), At: op.DoneAt, Amount: op.Amount, Refund: op})
		}
	}
	for _, op := range after.Refunds() {
		if was, _ := before.Operation(op.ID); op.State == Refused && was.State == Done {
			all = append(all, Change{Kind: ChangeRefundFailed, Key: op.changeKey(), At: op.Resolved.At, Amount: op.Amount, Refund: op})
		}
	}
	if status := after.Status(); status != before.Status() && (status == Expired || status == AuthorizationExpired) {
		at := after.Facts.Expired
		if status == AuthorizationExpired {
			at = after.Facts.Released
		}
		all = append(all, Change{Kind: ChangeExpired, Key: strconv.FormatInt(at.UnixMilli(), 10), At: at})
	}
	return append(all, attentionChanges(before, after)...)
}

// told tells a refund from those that were asked for under the same key before it, of which one may have been agreed to and
// not carried out.
func (op Operation) changeKey() string {
	if op.Generation <= 1 {
		return op.ID
	}
	return op.ID + " " + strconv.Itoa(op.Generation)
}

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

// attention is what a person must look at that nobody had to look at before. Its time is that of the change's last note.
func attentionChanges(before, after Order) []Change {
	var all []Change
	add := func(reason, key, detail string) {
		at := after.CreatedAt
		if n := len(after.History); n > 0 {
			at = after.History[n-1].At
		}
		all = append(all, Change{Kind: ChangeAttention, Key: reason + " " + key, At: at, Reason: reason, Detail: detail})
	}
	known := before.Conflicts()
	for _, c := range after.Conflicts() {
		if !slices.ContainsFunc(known, func(k Conflict) bool { return k.ID == c.ID }) {
			add(ReasonConflict, c.ID, c.Detail)
		}
	}
	for _, r := range after.Facts.Remarks {
		if !slices.ContainsFunc(before.Facts.Remarks, func(k Remark) bool { return k.Kind == r.Kind && k.Detail == r.Detail }) {
			add(r.Kind, r.Detail, r.Detail)
		}
	}
	for _, op := range after.Operations {
		if was, _ := before.Operation(op.ID); op.State == Parked && was.State != Parked {
			add(op.ParkedFor(), op.RequestID, "Whether DOKU did "+op.ID+" of "+strconv.FormatInt(op.Amount, 10)+" could not be learned.")
		}
	}
	if a, b := before.Facts.Authorized, after.Facts.Authorized; a != nil && b != nil && a.Amount > b.Amount {
		is := strconv.FormatInt(b.Amount, 10)
		add(ReasonAmountCorrected, "authorized "+is, "DOKU reported an authorisation of "+is+" after "+strconv.FormatInt(a.Amount, 10)+".")
	}
	if was, is := before.Captured(), after.Captured(); was > is {
		add(ReasonAmountCorrected, strconv.FormatInt(is, 10), "DOKU reported "+strconv.FormatInt(is, 10)+" after "+strconv.FormatInt(was, 10)+".")
	}
	if after.closedPaid() && !before.closedPaid() {
		add(ReasonClosedPaid, "", "Money came although the order had been closed. Give it back, or deliver.")
	}
	if after.Late() && !before.Late() {
		add(ReasonLate, "", "The money came after the page had ended.")
	}
	if after.Watch.Warned && !before.Watch.Warned {
		add(ReasonAuthorizationExpiring, "", "DOKU releases the authorisation at "+after.AuthorizationEnd().Format(time.RFC3339)+".")
	}
	if after.Watch.AutoFailed && !before.Watch.AutoFailed {
		why := "DOKU refused every automatic capture"
		if after.Watch.AutoTries == 0 {
			why = "It was too late for an automatic capture"
		}
		add(ReasonAutoCaptureFailed, "", why+"; the authorisation lapses at "+after.AuthorizationEnd().Format(time.RFC3339)+".")
	}
	if after.Watch.Unconfirmed && !before.Watch.Unconfirmed {
		add(ReasonUnconfirmed, strconv.FormatInt(after.Facts.Expired.UnixMilli(), 10), "DOKU did not say for a day whether the page was paid.")
	}
	return all
}

// closedPaid reports whether there is money although a person closed the order before it came.
func (o Order) closedPaid() bool {
	return o.Facts.Closed != nil && (o.Captured() > 0 || o.Facts.Authorized != nil)
}

// same reports whether two reports are of one attempt.
func (f Failure) same(g Failure) bool {
	return f.At.Equal(g.At) && f.Code == g.Code && f.Message == g.Message
}
