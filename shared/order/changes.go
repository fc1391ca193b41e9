package order

import (
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

	Failure Failure   // of ChangeFailed
	Refund  Operation // of ChangeRefunded and ChangeRefundFailed
	Reason  string    // of ChangeAttention: one of the reasons below, or the kind of a remark
	Detail  string    // of ChangeAttention: the sentence for a person
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
	ChangeAttention    ChangeKind = "attention"     // a person must look
)

// Reasons why a person must look.
const (
	ReasonConflict              = "conflict"               // DOKU's report does not match the request
	ReasonParked                = "parked"                 // the outcome is unknown, and a repeat is no longer safe
	ReasonRefusedInDoubt        = "refused_in_doubt"       // DOKU refused a repeat, and the first attempt is in doubt
	ReasonAmountCorrected       = "amount_corrected"       // DOKU reported a lower amount after the announcement
	ReasonClosedPaid            = "closed_paid"            // money came for a closed order
	ReasonUnconfirmed           = "unconfirmed"            // for a day DOKU did not answer whether a page was paid
	ReasonAutoCaptureFailed     = "auto_capture_failed"    // DOKU refused the policy's captures
	ReasonLate                  = "late"                   // money came after the page had ended
	ReasonAuthorizationExpiring = "authorization_expiring" // an authorisation ends in 48 h
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
			all = append(all, Change{Kind: ChangeRefunded, Key: op.changeKey(), At: op.DoneAt, Amount: op.Amount,
				Refund: op})
		}
	}
	for _, op := range after.Refunds() {
		if was, _ := before.Operation(op.ID); op.State == Refused && was.State == Done {
			all = append(all, Change{Kind: ChangeRefundFailed, Key: op.changeKey(), At: op.Resolved.At,
				Amount: op.Amount, Refund: op})
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
	add := func(reason, key, detail string) {
		at := after.CreatedAt
		if n := len(after.History); n > 0 {
			at = after.History[n-1].At
		}
		c := Change{Kind: ChangeAttention, Key: reason + " " + key, At: at, Reason: reason, Detail: detail}
		all = append(all, c)
	}
	for _, c := range after.Conflicts() {
		if !slices.ContainsFunc(before.Conflicts(), func(k Conflict) bool { return k.ID == c.ID }) {
			add(ReasonConflict, c.ID, c.Detail)
		}
	}
	for _, r := range after.Facts.Remarks {
		if !slices.ContainsFunc(before.Facts.Remarks,
			func(k Remark) bool { return k.Kind == r.Kind && k.Detail == r.Detail }) {
			add(r.Kind, r.Detail, r.Detail)
		}
	}
	for _, op := range after.Operations {
		if was, _ := before.Operation(op.ID); op.State == Parked && was.State != Parked {
			add(op.ParkedFor(), op.RequestID, "It is not known whether DOKU carried out "+op.ID+" of "+
				strconv.FormatInt(op.Amount, 10)+".")
		}
	}
	if a, b := before.Facts.Authorized, after.Facts.Authorized; a != nil && b != nil && a.Amount > b.Amount {
		is := strconv.FormatInt(b.Amount, 10)
		add(ReasonAmountCorrected, "authorized "+is,
			"DOKU reported an authorisation of "+is+" after "+strconv.FormatInt(a.Amount, 10)+".")
	}
	if was, is := before.Captured(), after.Captured(); was > is {
		add(ReasonAmountCorrected, strconv.FormatInt(is, 10),
			"DOKU reported "+strconv.FormatInt(is, 10)+" after "+strconv.FormatInt(was, 10)+".")
	}
	if after.closedPaid() && !before.closedPaid() {
		add(ReasonClosedPaid, "", "Money came for a closed order. Refund it, or deliver.")
	}
	if after.Late() && !before.Late() {
		add(ReasonLate, "", "The money came after the page had ended.")
	}
	if after.Watch.Warned && !before.Watch.Warned {
		add(ReasonAuthorizationExpiring, "",
			"DOKU releases the authorisation at "+after.AuthorizationEnd().Format(time.RFC3339)+".")
	}
	if after.Watch.AutoFailed && !before.Watch.AutoFailed {
		why := "DOKU refused every automatic capture"
		if after.Watch.AutoTries == 0 {
			why = "It was too late for an automatic capture"
		}
		add(ReasonAutoCaptureFailed, "",
			why+"; the authorisation lapses at "+after.AuthorizationEnd().Format(time.RFC3339)+".")
	}
	if after.Watch.Unconfirmed && !before.Watch.Unconfirmed {
		add(ReasonUnconfirmed, strconv.FormatInt(after.Facts.Expired.UnixMilli(), 10),
			"For a day DOKU did not answer whether the page was paid.")
	}
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
