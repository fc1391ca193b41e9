package order

import (
	"slices"
	"time"
)

// Settle records the outcome of an attempt. Done overrides every other state. The outcome of an older generation
// changes nothing. classify decides whether an answer is proof. The lease ends with the attempt, unless the attempt
// could have moved money and is in doubt: DOKU may still be working on it, and might carry out a repeat as well.
func (o Order) Settle(p Policy, id string, generation int, out Outcome) Order {
	op, ok := o.Operation(id)
	if !ok || op.Generation != generation || op.State == Done || (op.State == Refused && out.State != Done) {
		return o
	}
	op.Owner = ""
	if out.NoEffect && out.Attempt == op.Clean+1 {
		op.Clean = out.Attempt
	}
	switch proof := op.classify(p, out); {
	case proof == proofDone:
		return o.markDone(op, out)
	case proof == proofRefused:
		return o.markRefused(op, out)
	case op.State == Parked: // a late answer does not undo the review
		return o.withOperation(op)
	case proof == proofHalt && !op.HaltedAt.IsZero():
		return o.withOperation(op)
	case proof == proofHalt:
		op.HaltedAt, op.Looks, op.LeaseUntil, op.Refusal = Stamp(out.At), 0, time.Time{}, out.Refusal
		o = o.note(out.At, "not believed", id, out.Refusal.Code)
	case out.NoEffect:
		op = op.release(out)
		op.Refusal = out.Refusal
		what := "not sent"
		if out.State == Refused {
			what = "turned away"
		}
		o = o.noteLatest(out.At, what, id, out.Refusal.Code)
	default:
		if op.Kind == KindCreatePage {
			op = op.release(out)
		}
		if out.State == Refused {
			op.Refusal = out.Refusal
		}
		o = o.note(out.At, "unknown", id, out.Refusal.Code)
	}
	return o.withOperation(op)
}

// release ends the lease if the latest attempt has ended.
func (op Operation) release(out Outcome) Operation {
	if out.Attempt == op.Attempts {
		op.LeaseUntil = time.Time{}
	}
	return op
}

// markDone records that DOKU carried out an operation, and learns its facts.
func (o Order) markDone(op Operation, out Outcome) Order {
	op.State, op.Refusal, op.Type, op.DoneAt = Done, Refusal{}, out.Type, Stamp(out.At)
	op.Clean, op.LeaseUntil, op.HaltedAt, op.Looks = 0, time.Time{}, time.Time{}, 0
	before := o.Facts
	o, _ = o.Learn(out.News)
	o = o.dateConflicts(before, out.At).note(out.At, "done", op.ID, string(out.Type))
	if op.Kind == KindCreatePage { // a new page has its own end
		o.Watch = Watch{}
	}
	if op.Kind == KindRefund && o.statedSince(op.FirstAt) { // the statement may be about another refund
		o.Watch.CheckAt = Stamp(out.At.Add(askAfter))
	}
	return o.withOperation(op)
}

// markRefused records a refusal, which frees the operation's amount. A minute later check status is asked whether DOKU
// agrees, even if an operator recorded the refusal.
func (o Order) markRefused(op Operation, out Outcome) Order {
	op.State, op.Refusal = Refused, out.Refusal
	op.Clean, op.LeaseUntil, op.HaltedAt, op.Looks = 0, time.Time{}, time.Time{}, 0
	if op.Kind != KindCreatePage && out.Refusal.Code != NotCarriedOut {
		o.Watch.CheckAt = Stamp(out.At.Add(askAfter))
	}
	return o.withOperation(op).forgetRefusals().note(out.At, "refused", op.ID, out.Refusal.Code)
}

// Resume begins another attempt at an open operation that no attempt holds. Reconciliation uses it to learn an outcome
// that is unknown after a crash or a lost answer.
func (o Order) Resume(p Policy, id string, now time.Time) (Order, Verdict) {
	op, ok := o.Operation(id)
	switch {
	case !ok || op.State == Refused:
		return o, Mismatch
	case op.Kind == KindCreatePage: // the caller's body is not kept
		return o, Busy
	}
	verdict := op.retry(p, op.Fingerprint, now)
	switch {
	case op.lapsed(p, now):
		return o, InReview // Park refuses it
	case verdict == Call && now.Before(op.nextAttempt(p)):
		return o, Busy
	}
	if verdict == Call {
		return o.beginAgain(p, op, now), Call
	}
	return o, verdict
}

// Park ends the automatic attempts at an open operation after the trust window. An operation in doubt is parked: it is
// not sent again, and a person must look. Any other is refused as NotCarriedOut. changed is false if there is nothing
// to end.
func (o Order) Park(p Policy, id string, now time.Time) (next Order, changed bool) {
	op, ok := o.Operation(id)
	switch {
	case !ok || op.State != Open || !op.HaltedAt.IsZero() || !op.untrusted(p, now) || now.Before(op.LeaseUntil):
		return o, false
	case op.lapsed(p, now):
		return o.markRefused(op, Outcome{At: now, Refusal: Refusal{Code: NotCarriedOut}}), true
	}
	return o.park(op, now), true
}

func (o Order) park(op Operation, now time.Time) Order {
	op.State, op.LeaseUntil = Parked, time.Time{}
	return o.withOperation(op).note(now, "parked", op.ID, string(op.ParkedFor()))
}

// ParkedFor returns the reason why a parked operation waits for a person.
func (op Operation) ParkedFor() AttentionKind {
	if !op.HaltedAt.IsZero() {
		return ReasonRefusedInDoubt
	}
	return ReasonParked
}

// Waits after a halt before check status is asked.
const (
	firstLook = time.Minute
	lastLook  = 10 * time.Minute
)

// RecordLook records that check status was asked about a halted operation. settled is the outcome that the answer
// decides, or nil. answered is false if there was no usable answer. After the last look the operation is refused if
// the policy believes an unsigned refusal of a first attempt, and otherwise parked.
func (o Order) RecordLook(p Policy, id string, settled *Outcome, answered bool, now time.Time) Order {
	op, ok := o.Operation(id)
	if !ok || op.State != Open || op.HaltedAt.IsZero() {
		return o
	}
	if settled != nil {
		return o.Settle(p, id, op.Generation, *settled)
	}
	op.Looks++
	switch {
	case now.Before(op.HaltedAt.Add(lastLook)):
		return o.withOperation(op)
	case answered && p.BelieveUnsigned && !op.doubtBefore():
		return o.markRefused(op, Outcome{At: now, Attempt: op.Attempts, Refusal: op.Refusal})
	}
	return o.park(op, now)
}

// WantsLook reports whether check status must be asked now about a halted operation.
func (op Operation) WantsLook(p Policy, now time.Time) bool {
	return op.State == Open && !op.HaltedAt.IsZero() && !now.Before(op.nextAttempt(p))
}

// settleReported marks the operations as done whose success DOKU has reported: a capture by its amount, and a refund by
// its Request-Id.
func (o Order) settleReported(now time.Time) Order {
	for _, m := range o.standing() {
		if op, ok := o.provedBy(m); ok {
			o = o.markDone(op, Outcome{At: now, Type: m.refundType(o)})
		}
	}
	op, ok := o.Operation(string(KindCapture))
	if !ok || o.Facts.Captured == nil || o.Facts.Captured.Amount != op.Amount ||
		(op.State != Open && op.State != Parked) {
		return o
	}
	return o.markDone(op, Outcome{At: now})
}

// provedBy returns the refund that a report shows to be done, and that is not known to be. A report does not contradict
// a person who found out later that the refund was not carried out.
func (o Order) provedBy(m Movement) (Operation, bool) {
	i := slices.IndexFunc(o.Operations, func(op Operation) bool {
		return op.Kind == KindRefund && op.RequestID == m.Refund && op.Amount == m.Amount
	})
	if i < 0 || !m.Kind.back() {
		return Operation{}, false
	}
	op := o.Operations[i]
	return op, op.State != Done && !op.takenBack() && (op.Resolved.At.IsZero() || m.LearnedAt.After(op.Resolved.At))
}

// refundType returns the type of the refund in a report.
func (m Movement) refundType(o Order) RefundType {
	switch {
	case m.Kind == MovedVoid:
		return Void
	case m.Amount < o.Captured():
		return PartialRefund
	}
	return FullRefund
}

// Review returns the parked operations. A person must decide about them.
func (o Order) Review() []Operation {
	var parked []Operation
	for _, op := range o.Operations {
		if op.State == Parked {
			parked = append(parked, op)
		}
	}
	return parked
}

// Resolve settles an operation as a person found it in DOKU's Back Office: done or refused. The operation is parked,
// or a refund that DOKU's people carry out. Errors: *NotAllowed.
func (o Order) Resolve(id string, done bool, act Act) (Order, error) {
	op, ok := o.Operation(id)
	manual := ok && op.State == Done && op.Type.Manual()
	switch {
	case !ok:
		return o, notAllowed("/operation", "The order has no such operation.")
	case op.State != Parked && !manual:
		return o, notAllowed("", "The operation %s is %s: only a parked one, or a manual refund, can be resolved.",
			id, op.State)
	}
	op.Resolved = act.stamped()
	o = o.withOperation(op).note(act.At, "resolved", id, resolvedWord(done))
	switch {
	case manual && done:
		op.Type = op.Type.carriedOut()
		return o.withOperation(op), nil
	case !done:
		return o.markRefused(op, Outcome{At: act.At, Refusal: Refusal{Code: ByOperator}}), nil
	}
	outcome := Outcome{At: act.At}
	if op.Kind == KindCapture {
		outcome.News.Captured = &Capture{At: Stamp(act.At), LearnedAt: Stamp(act.At), Amount: op.Amount}
	}
	return o.markDone(op, outcome), nil
}

func resolvedWord(done bool) string {
	if done {
		return "done"
	}
	return "refused"
}
