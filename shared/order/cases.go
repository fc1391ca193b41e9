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

// key identifies the case in its order. It is the ID of the decision that acknowledges it.
func (c Case) key() string { return strings.TrimSpace(string(c.Kind) + " " + c.Subject) }

// allCases returns the cases that no fact has ended, with those that a person has acknowledged.
func (o Order) allCases() []Case {
	all := slices.Concat(o.operationCases(), o.conflictCases(), o.remarkCases(), o.moneyCases(), o.watchCases())
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
			ended = o.Captured() > 0 || !o.Facts.Released.IsZero()
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
	authorized := o.Facts.Authorized != nil && o.Captured() == 0
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
		return o.Refunded() >= taken
	}
	return o.Facts.Authorized != nil && !o.Facts.Released.IsZero()
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

// Acknowledge records that a person has dealt with a case. That ends the case. subject may be empty if the order has
// one case of the kind, open or acknowledged. The first person's acknowledgement stands. That person may repeat it.
// Errors: *NotAllowed.
func (o Order) Acknowledge(kind AttentionKind, subject string, act Act) (next Order, unchanged bool, err error) {
	var found []Case
	for _, c := range o.allCases() {
		if c.Kind == kind && (subject == "" || c.Subject == subject) {
			found = append(found, c)
		}
	}
	open := slices.DeleteFunc(slices.Clone(found), func(c Case) bool { _, done := o.Decision(c.key()); return done })
	switch {
	case len(open) > 1, subject == "" && len(open) == 1 && len(found) > 1: // it may be a repeat, about the other
		return o, true, notAllowed("/subject", "is required, since the order has several cases of this kind; open: %s",
			subjects(open))
	case len(open) == 0 && len(found) == 0:
		return o, true, notAllowed("/attention", "The order has no open case of this kind and subject.")
	case len(open) == 0:
		made, _ := o.Decision(found[len(found)-1].key())
		if made.Act.By == act.By { // a repeat whose first answer was lost
			return o, true, nil
		}
		return o, true, notAllowed("", "The case was acknowledged already, at %s by %s.",
			made.Act.At.Format(time.RFC3339), made.Act.By)
	}
	c := open[0]
	if err := o.checkAcknowledged(c); err != nil {
		return o, true, err
	}
	o = o.join(Facts{Decisions: []Decision{{ID: c.key(), Act: act.stamped()}}})
	return o.note(act.At, "acknowledged", c.key(), ""), false, nil
}

// Acknowledgement is a person's act that ended a case.
type Acknowledgement struct {
	Kind    AttentionKind
	Subject string
	Act     Act
}

// Acknowledgements returns the acknowledgements of the order, by kind and subject.
func (o Order) Acknowledgements() []Acknowledgement {
	var all []Acknowledgement
	for _, d := range o.Facts.Decisions {
		kind, subject, _ := strings.Cut(d.ID, " ")
		if FindAttention(AttentionKind(kind)).Happened != "" { // otherwise it is about a conflict
			all = append(all, Acknowledgement{AttentionKind(kind), subject, d.Act})
		}
	}
	return all
}

// checkAcknowledged returns an error for a case that is settled in another way. A conflict that stands for those that
// were not kept cannot be decided, so it is acknowledged; the order's money still moves no further.
func (o Order) checkAcknowledged(c Case) error {
	overflow := slices.ContainsFunc(o.Conflicts(),
		func(k Conflict) bool { return k.ID == c.Subject && k.Kind == ConflictOverflow })
	switch {
	case c.Row().Acknowledged, c.Kind == ReasonConflict && overflow:
		return nil
	case c.Kind == ReasonConflict:
		return notAllowed("/attention", "A conflict is settled by a decision: send conflict and decision.")
	}
	return notAllowed("/attention", "A case of the kind %s is settled by its result: send operation and outcome.",
		c.Kind)
}

func subjects(cases []Case) string {
	var all []string
	for _, c := range cases {
		all = append(all, c.Subject)
	}
	return strings.Join(all, ", ")
}
