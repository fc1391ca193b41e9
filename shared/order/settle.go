package order

import (
	"fmt"
	"time"
)

// Settle records the outcome of an attempt in a generation. Done beats everything, and what was said of an older
// generation changes nothing. The lease ends with the attempt, but for an attempt to move money whose outcome is not known:
// DOKU may still be working on it, and a repeat meanwhile might be done as well.
func (o Order) Settle(id string, generation int, out Outcome) Order {
	op, ok := o.Operation(id)
	if !ok || op.Generation != generation || op.State == Done || (op.State == Refused && out.State != Done) {
		return o
	}
	if out.State != Open || op.Kind == CreatePage {
		op.LeaseUntil = time.Time{}
	}
	switch {
	case out.State == Done:
		op.State, op.Refusal, op.Type, op.DoneAt = Done, Refusal{}, out.Type, Stamp(out.At)
		o, _ = o.Learn(out.News)
		o = o.note(out.At, "done", id, string(out.Type))
		if op.Kind == CreatePage { // a page has an end of its own
			o.Watch = Watch{}
		}
	case out.State == Refused && (!out.Unprocessed || op.Attempts == 1):
		op.State, op.Refusal = Refused, out.Refusal
		o = o.note(out.At, "refused", id, out.Refusal.Code)
	case out.State == Refused:
		op.Refusal = out.Refusal // turned away unread; an earlier attempt may have succeeded
		o = o.note(out.At, "turned away", id, out.Refusal.Code)
	default:
		o = o.note(out.At, "unknown", id, "")
	}
	return o.with(op)
}

// Resume begins another attempt at an open operation that nobody is attempting: reconciliation's way to learn an
// outcome that a crash or a lost answer left unknown.
func (o Order) Resume(p Policy, id string, now time.Time) (Order, Verdict) {
	op, ok := o.Operation(id)
	switch {
	case !ok || op.State == Refused:
		return o, Mismatch
	case op.Kind == CreatePage: // its body is the caller's, and is not kept
		return o, Busy
	}
	verdict := op.retry(p, op.Fingerprint, now)
	if verdict == Call && now.Before(op.nextAttempt(p)) {
		return o, Busy
	}
	if verdict == Call {
		return o.again(p, op, now), Call
	}
	return o, verdict
}

// Park takes an open operation out of automation when the trust window has passed: it is not sent again, and a person
// must look. parked is false when there is nothing to park.
func (o Order) Park(p Policy, id string, now time.Time) (next Order, parked bool) {
	op, ok := o.Operation(id)
	if !ok || op.State != Open || !op.untrusted(p, now) || now.Before(op.LeaseUntil) {
		return o, false
	}
	op.State, op.LeaseUntil = Parked, time.Time{}
	return o.with(op).note(now, "parked", id, ""), true
}

// captureTold settles a capture whose outcome was not known when its success was told by other means.
func (o Order) captureTold(now time.Time) Order {
	op, ok := o.Operation(string(CapturePart))
	if !ok || o.Facts.Captured == nil || o.Facts.Captured.Amount != op.Amount || (op.State != Open && op.State != Parked) {
		return o
	}
	return o.Settle(op.ID, op.Generation, Outcome{State: Done, At: now})
}

// Review lists the parked operations: a person must decide about them.
func (o Order) Review() []Operation {
	var parked []Operation
	for _, op := range o.Operations {
		if op.State == Parked {
			parked = append(parked, op)
		}
	}
	return parked
}

// Resolve settles a parked operation as an operator found it in DOKU's Back Office: done or refused. The note and the
// operator's name stay in the order's history. Errors: *NotAllowed.
func (o Order) Resolve(id string, done bool, by, note string, now time.Time) (Order, error) {
	op, ok := o.Operation(id)
	switch {
	case !ok:
		return o, notAllowed("", "The order has no operation %q.", id)
	case op.State != Parked:
		return o, notAllowed("", "The operation %s is %s: only a parked one can be resolved.", id, op.State)
	}
	outcome := Outcome{State: Refused, At: now, Refusal: Refusal{Code: ByOperator}}
	if done {
		outcome = Outcome{State: Done, At: now}
		if op.Kind == CapturePart {
			outcome.News.Captured = &Capture{At: Stamp(now), Amount: op.Amount}
		}
	}
	return o.note(now, "resolved", id, fmt.Sprintf("%s: %s", by, note)).Settle(id, op.Generation, outcome), nil
}
