package order

import (
	"slices"
	"time"
)

// Waits between the captures that the policy begins while DOKU refuses them.
const (
	autoEvery    = time.Hour
	autoLastHour = 10 * time.Minute
	maxAutoTries = 30
)

// nextAutoCapture returns the time at which the policy captures the order, or finds that it no longer can. Zero means
// never.
func (o Order) nextAutoCapture(p Policy) time.Time {
	if p.AutoCaptureBefore <= 0 || o.Status() != Authorized || o.Watch.AutoFailed || o.checkMoneyMoves() != nil {
		return time.Time{}
	}
	end := o.AuthorizationEnd()
	next := end.Add(-p.AutoCaptureBefore)
	op, asked := o.Operation(string(KindCapture))
	if asked && o.Watch.AutoTries > 0 {
		wait := autoEvery
		if !op.LastAt.Add(wait).Before(end.Add(-captureMargin)) {
			wait = autoLastHour
		}
		next = latest(next, op.LastAt.Add(wait))
	}
	last := end.Add(-captureMargin)
	if next.After(last) || o.Watch.AutoTries >= maxAutoTries {
		return last
	}
	return next
}

// WantsAutoCapture reports whether the policy captures the order now. It begins a refused capture again, the
// merchant's or its own, while the authorisation lives.
func (o Order) WantsAutoCapture(p Policy, now time.Time) bool {
	due := o.nextAutoCapture(p)
	return !due.IsZero() && !now.Before(due) && o.Watch.AutoTries < maxAutoTries && o.checkCapture(0, now) == nil
}

// CountAutoCapture counts a capture that the policy is about to begin. The history keeps the first of them and the
// latest.
func (o Order) CountAutoCapture() Order {
	o.Watch.AutoTries++
	if o.Watch.AutoTries <= 2 {
		return o
	}
	var mine []int
	for i, event := range o.History {
		if event.Of == string(KindCapture) && (event.What == "intent" || event.What == "refused") {
			mine = append(mine, i)
		}
	}
	o.History = slices.Clone(o.History)
	for len(mine) > 2 { // the intent and the refusal of the first stay
		o.History = slices.Delete(o.History, mine[len(mine)-1], mine[len(mine)-1]+1)
		mine = mine[:len(mine)-1]
	}
	return o
}

// FailAutoCapture records, once, that the policy could not capture the order and the authorisation will lapse. due is
// false until that is certain.
func (o Order) FailAutoCapture(p Policy, now time.Time) (next Order, due bool) {
	at := o.nextAutoCapture(p)
	if at.IsZero() || now.Before(at) || o.WantsAutoCapture(p, now) ||
		now.Before(o.AuthorizationEnd().Add(-captureMargin)) {
		return o, false
	}
	o.Watch.AutoFailed = true
	return o.note(now, "auto_capture_failed", string(KindCapture), ""), true
}
