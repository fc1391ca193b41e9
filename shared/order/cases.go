package order

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Case is one matter for which an order waits for a person.
type Case struct {
	Kind      AttentionKind
	Since     time.Time // when it came up, as far as the order shows; never zero
	Subject   string    // distinguishes cases of one kind: an operation's or a conflict's ID, or empty
	Detail    string    // the sentence for a person
	RequestID string    // of the operation, if the case is about one
}

// Row returns the row of the case's kind.
func (c Case) Row() Attention { return FindAttention(c.Kind) }

// Where returns where to look for the case in DOKU's Back Office.
func (c Case) Where() string {
	search := "the invoice number"
	if c.RequestID != "" {
		search = "the Request-Id " + c.RequestID
	}
	return c.Row().Where + " in DOKU's Back Office: search for " + search
}

// Cases returns every open case of the order, the kinds in the order of Attentions. It depends on the stored order
// alone. A case is open until the fact comes that ends it, or a person settles it: Resolve for operations, Decide for
// conflicts, and Acknowledge for the others.
func (o Order) Cases() []Case {
	var open []Case
	for _, c := range o.allCases() {
		if _, acknowledged := o.Decision(c.key()); !acknowledged {
			open = append(open, c)
		}
	}
	rank := func(c Case) int {
		return slices.IndexFunc(Attentions, func(a Attention) bool { return a.Kind == c.Kind })
	}
	slices.SortStableFunc(open, func(a, b Case) int { return rank(a) - rank(b) })
	return open
}

// same reports whether two cases are about one matter.
func (c Case) same(other Case) bool { return c.key() == other.key() }

// key identifies the case in its order. It is the ID of the decision that acknowledges it.
func (c Case) key() string { return strings.TrimSpace(string(c.Kind) + " " + c.Subject) }

// allCases returns the cases that no fact has ended, with those that a person has acknowledged.
func (o Order) allCases() []Case {
	all := slices.Concat(o.operationCases(), o.conflictCases(), o.remarkCases(), o.elsewhereCases(), o.moneyCases(),
		o.watchCases(), o.overdueCase())
	for i, c := range all {
		if c.Since.IsZero() {
			all[i].Since = o.CreatedAt
		}
	}
	return all
}

// operationCases returns the parked operations and the refunds that DOKU's people carry out.
func (o Order) operationCases() []Case {
	var all []Case
	for _, op := range o.Operations {
		switch {
		case op.State == Parked:
			all = append(all, Case{Kind: op.ParkedFor(), Since: latest(op.LastAt, op.HaltedAt), Subject: op.ID,
				Detail: op.parkedDetail(), RequestID: op.RequestID})
		case op.State == Done && op.Type.Manual():
			all = append(all, Case{Kind: ReasonManualRefund, Since: op.DoneAt, Subject: op.ID,
				Detail: op.manualDetail(), RequestID: op.RequestID})
		}
	}
	return all
}

func (op Operation) parkedDetail() string {
	return "It is not known whether DOKU carried out " + op.ID + " of " + strconv.FormatInt(op.Amount, 10) + "."
}

func (op Operation) manualDetail() string {
	return "DOKU's people carry out " + op.ID + " of " + strconv.FormatInt(op.Amount, 10) + " by hand."
}

// conflictCases returns the conflicts without a decision.
func (o Order) conflictCases() []Case {
	var all []Case
	for _, c := range o.OpenConflicts() {
		since := latest(c.At, c.LearnedAt)
		if since.IsZero() {
			since = o.moneyLearned()
		}
		all = append(all, Case{Kind: ReasonConflict, Since: since, Subject: c.ID, Detail: c.Detail})
	}
	return all
}

// remarkCases returns DOKU's reports that a person must see.
func (o Order) remarkCases() []Case {
	var all []Case
	for _, r := range o.Facts.Remarks {
		ended := false
		switch r.Kind {
		case RemarkOddCode:
			ended = o.Captured() > 0 || o.wentBack()
		case RemarkUnmatchedRequest:
			ended = o.wentBack()
		case ReasonAmountCorrected:
			ended = o.wentBack()
		}
		if !ended {
			all = append(all, Case{Kind: r.Kind, Since: r.At, Subject: r.subject(), Detail: r.Detail})
		}
	}
	return all
}

// subject returns the subject of a remark's case: its own, or a digest of its detail.
func (r Remark) subject() string {
	if r.Subject != "" {
		return r.Subject
	}
	sum := sha256.Sum256([]byte(r.Detail))
	return hex.EncodeToString(sum[:6])
}

// moneyCases returns the cases about money that came when none was expected.
func (o Order) moneyCases() []Case {
	var all []Case
	if o.wentBack() {
		return nil
	}
	subject := "" // who acknowledged a reserved amount has not seen that it was taken, perhaps by the policy
	if o.Facts.Captured != nil {
		subject = takenSubject
	}
	if o.closedPaid() {
		all = append(all, Case{Kind: ReasonClosedPaid, Since: latest(o.Facts.Closed.At, o.moneyLearned()),
			Subject: subject, Detail: closedPaidDetail})
	}
	if o.Late() {
		all = append(all, Case{Kind: ReasonLate, Since: o.moneyLearned(), Subject: subject, Detail: lateDetail})
	}
	return all
}

// takenSubject is the subject of a case about money that was captured.
const takenSubject = "captured"

const (
	closedPaidDetail = "Money came for a closed order. Refund it, or deliver."
	lateDetail       = "The money came after the page had ended."
)

// watchCases returns the cases that reconciliation has found.
func (o Order) watchCases() []Case {
	var all []Case
	authorized := o.Facts.Authorized != nil && o.Captured() == 0 && !o.voidedElsewhere()
	if authorized && o.Watch.Warned && o.Facts.Released.IsZero() {
		all = append(all, Case{Kind: ReasonAuthorizationExpiring, Since: o.AuthorizationEnd().Add(-warnBefore),
			Detail: o.expiringDetail()})
	}
	if authorized && o.Watch.AutoFailed {
		all = append(all, Case{Kind: ReasonAutoCaptureFailed, Since: o.AuthorizationEnd().Add(-captureMargin),
			Detail: o.autoFailedDetail()})
	}
	if o.Watch.Unconfirmed && o.Facts.Authorized == nil && o.Captured() == 0 && o.expired() {
		all = append(all, Case{Kind: ReasonUnconfirmed, Since: o.Facts.Expired.Add(watchAfterEnd),
			Subject: o.Facts.Expired.UTC().Format(time.RFC3339), Detail: unconfirmedDetail})
	}
	return all
}

const unconfirmedDetail = "For a day DOKU did not answer whether the page was paid."

func (o Order) expiringDetail() string {
	return "DOKU releases the authorisation at " + o.AuthorizationEnd().Format(time.RFC3339) + "."
}

func (o Order) autoFailedDetail() string {
	why := "DOKU refused every automatic capture"
	if o.Watch.AutoTries == 0 {
		why = "It was too late for an automatic capture"
	}
	return why + "; the authorisation lapses at " + o.AuthorizationEnd().Format(time.RFC3339) + "."
}

// wentBack reports whether all the money went back to the customer: it was refunded, or its authorisation released.
// DOKU may still carry out a refund by hand, which is a case of its own.
func (o Order) wentBack() bool {
	if taken := o.Captured(); taken > 0 {
		return o.Refunded()+o.ElsewhereRefunded()+o.ChargedBack() >= taken
	}
	return o.Facts.Authorized != nil && (!o.Facts.Released.IsZero() || o.voidedElsewhere())
}

// moneyLearned returns the time at which kasir learned of the order's money, and zero if there is none.
func (o Order) moneyLearned() time.Time {
	at := time.Time{}
	learn := func(reported, learned time.Time) {
		if learned.IsZero() {
			learned = o.FactTime(reported, learned)
		}
		at = latest(at, learned)
	}
	if a := o.Facts.Authorized; a != nil {
		learn(a.At, a.LearnedAt)
	}
	if p := o.Facts.Paid; p != nil {
		learn(p.At, p.LearnedAt)
	}
	if c := o.Facts.Captured; c != nil {
		learn(c.At, c.LearnedAt)
	}
	return at
}
