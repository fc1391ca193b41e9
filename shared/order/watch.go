package order

import "time"

// Watch is the progress of reconciliation with an order. An order may be paid without a notification, since all four
// that DOKU sends can be lost.
type Watch struct {
	Asks   int       // answers of check status that showed no payment
	NextAt time.Time // when to ask again; zero: after the end of the page or authorisation
	Closed bool      // DOKU was asked a day after the end: nothing more is expected
	Warned bool      // the merchant was notified that the authorisation is about to lapse

	// Unconfirmed is set if DOKU gave no answer for a day after the page's end. The page then counts as unpaid.
	Unconfirmed bool
	CheckAt     time.Time // when to ask whether DOKU agrees with the refusal of a capture or refund
	AutoTries   int       // captures that the policy has begun
	AutoFailed  bool      // the policy's last capture was refused, and no time is left for another
	Sweeps      int       // times of Policy.CheckPaidAfter that are done
	AskedAt     time.Time // when a caller last had check status asked

	OverdueAt time.Time // when the payment was found not to be settled in time
	Unsettled bool      // the payment came before the first settlement report that was read

	Recheck bool // CheckAt is because the table was restored; only an answer ends it
}

const (
	askAfter        = time.Minute        // DOKU wants to be asked no earlier than 60 s after a payment
	watchAfterEnd   = 24 * time.Hour     // how long after its end an unpaid page is watched
	warnBefore      = 48 * time.Hour     // before the end of an authorisation
	askAgain        = time.Minute        // wait after a question without answer
	askAgainLate    = 5 * time.Minute    // the same, after several
	askAgainDayLate = time.Hour          // the same, after a day
	stopAskingAfter = 7 * 24 * time.Hour // after the end of a page

	dueStep = 30 * time.Second // of the times at which an order is due
)

// attemptWaits are the waits after each attempt at an operation that settled nothing. statusWaits are the waits after
// each answer that a page was not paid, until the last question a day after its end. Most such pages never will be
// paid, and each question costs. Three find every payment whose notifications were all lost:
//   - A payment that was made before the page ended is known to DOKU 60 s later: the first question finds it.
//   - A payment that was under way as the page ended, such as one that waits for the bank's code, has ended half an
//     hour later: the second finds it.
//   - A payment that DOKU itself learned of later, such as one that a bank reports late, is there a day later: the
//     third finds it. It comes after DOKU's own repeats of the notification, at 30 minutes, 6 and 12 hours.
var (
	attemptWaits = backoff{time.Minute, 5 * time.Minute}
	statusWaits  = backoff{30 * time.Minute, watchAfterEnd}
)

// backoff is a list of waits. The last one repeats.
type backoff []time.Duration

func (l backoff) step(n int) time.Duration { return l[min(max(n, 1), len(l))-1] }

// end returns the last moment at which the customer can pay.
func (o Order) end() time.Time {
	if o.Facts.Page != nil && !o.pageUnderWay() {
		return o.Facts.Page.ExpiresAt
	}
	return o.PageEnd
}

// Schedule sets the time of reconciliation's next look at the order, and whether money waits for it. It must be called
// before every write.
func (o Order) Schedule(p Policy) Order {
	money := o.Watch.CheckAt
	for _, op := range o.Operations {
		if op.State == Open && op.Kind != KindCreatePage {
			money = earliest(money, op.nextAttempt(p))
		}
	}
	look := roundUp(o.nextLook(p))
	o.DueAt = earliest(earliest(money, look), o.nextOverdue(p))
	o.DueMoney = !money.IsZero() || !look.IsZero() && o.Facts.Authorized != nil && o.Captured() == 0
	return o
}

// roundUp returns the next multiple of dueStep. A page's end depends on how long DOKU took to make the page. Without
// rounding, the order's entry in the index would move with it, at the cost of two more writes per payment.
func roundUp(look time.Time) time.Time {
	if look.IsZero() {
		return look
	}
	return look.Add(dueStep - time.Nanosecond).Truncate(dueStep)
}

// nextAttempt returns the time of the next look at an open operation. A halted one has its own times. Any other is
// sent again after the lease of the attempt under way, then after a wait that grows to five minutes, and looked at
// when the trust window ends.
func (op Operation) nextAttempt(p Policy) time.Time {
	switch {
	case !op.HaltedAt.IsZero() && op.Looks == 0:
		return op.HaltedAt.Add(firstLook)
	case !op.HaltedAt.IsZero():
		return op.HaltedAt.Add(lastLook)
	case !op.LeaseUntil.IsZero():
		return op.LeaseUntil
	}
	return earliest(op.LastAt.Add(attemptWaits.step(op.Attempts)), op.windowEnd(p))
}

// nextLook returns the time at which DOKU is asked next about an order. Zero means never.
func (o Order) nextLook(p Policy) time.Time {
	switch status := o.Status(); {
	case o.Captured() > 0:
		return o.nextSweep(p)
	case o.Watch.Closed, status == Capturing, status == AuthorizationExpired, status == Voided:
		return time.Time{}
	case status == Authorized:
		return o.nextLookAtAuthorization(p)
	case !o.Watch.NextAt.IsZero():
		return o.Watch.NextAt
	default:
		return o.end().Add(askAfter)
	}
}

func (o Order) nextLookAtAuthorization(p Policy) time.Time {
	end := o.AuthorizationEnd()
	look := end.Add(askAfter)
	if !o.Watch.NextAt.IsZero() {
		look = o.Watch.NextAt
	}
	if !o.Watch.Warned {
		look = earliest(look, end.Add(-warnBefore))
	}
	return earliest(look, o.nextAutoCapture(p))
}

// Warn records that the merchant is notified of an authorisation about to lapse. due is false before its time.
func (o Order) Warn(now time.Time) (next Order, due bool) {
	if o.Status() != Authorized || o.Watch.Warned || now.Before(o.AuthorizationEnd().Add(-warnBefore)) {
		return o, false
	}
	o.Watch.Warned = true
	return o.note(now, "authorization_expiring", "", ""), true
}

// WantsStatus reports whether check status must be asked now about the order.
func (o Order) WantsStatus(p Policy, now time.Time) bool {
	if check := o.Watch.CheckAt; !check.IsZero() && !now.Before(check) {
		return true
	}
	look := o.Watch.NextAt
	switch next := o.nextLook(p); {
	case next.IsZero():
		return false
	case o.Captured() > 0:
		look = next
	case look.IsZero() && o.Status() == Authorized:
		look = o.AuthorizationEnd().Add(askAfter)
	case look.IsZero():
		look = o.end().Add(askAfter)
	}
	return !now.Before(look)
}

// Waits before a caller may have check status asked about an order.
const (
	refreshOwn = time.Minute // after the page was made and after the last question, for a caller's own order
	refreshAny = 10 * time.Second
)

// RefreshWait returns the time until a caller may have check status asked, or 0. all is set for a caller that may read
// every payment.
func (o Order) RefreshWait(all bool, now time.Time) time.Duration {
	from := o.Watch.AskedAt.Add(refreshAny)
	if !all {
		made := o.CreatedAt
		if o.Facts.Page != nil {
			made = o.Facts.Page.At
		}
		from = latest(made, o.Watch.AskedAt).Add(refreshOwn)
	}
	return max(0, from.Sub(now))
}

// ApplyStatus adds the facts in an answer of check status. If they show no payment, it records that the page or
// authorisation has ended, and sets the time of the next question.
func (o Order) ApplyStatus(news Facts, now time.Time) Order {
	before, facts := o.Status(), o.Facts
	o, _ = o.Learn(news)
	o = o.dateConflicts(facts, now).settleReported(now)
	o.Watch.Unconfirmed = false
	if !o.Watch.CheckAt.IsZero() && !now.Before(o.Watch.CheckAt) {
		o.Watch.CheckAt, o.Watch.Recheck = time.Time{}, false
	}
	switch {
	case o.Captured() > 0:
		o.Watch.Asks, o.Watch.NextAt, o.Watch.Closed = 0, time.Time{}, true
	case o.Facts.Authorized != nil:
		o = o.endAuthorization(now)
	default:
		o = o.endPage(now)
	}
	if after := o.Status(); after != before {
		o = o.note(now, "asked", "", string(after))
	}
	return o
}

// endAuthorization records that an authorisation ended uncaptured, if its end has passed.
func (o Order) endAuthorization(now time.Time) Order {
	end := o.AuthorizationEnd()
	if now.Before(end.Add(askAfter)) { // it became known only now, and has its own end
		o.Watch.Asks, o.Watch.NextAt = 0, time.Time{}
		return o
	}
	o.Facts.Released = latest(o.Facts.Released, end)
	o.Watch.Closed = true
	return o
}

// endPage records that a page ended unpaid, if its end has passed.
func (o Order) endPage(now time.Time) Order {
	end := o.end()
	if now.Before(end) { // the question was about the page before; this one has its own end
		o.Watch.Asks, o.Watch.NextAt = 0, time.Time{}
		return o
	}
	o.Facts.Expired = latest(o.Facts.Expired, end)
	last := end.Add(watchAfterEnd)
	due := o.Watch.NextAt
	if due.IsZero() {
		due = end.Add(askAfter)
	}
	if now.Before(earliest(due, last)) { // a caller asked for this look; it replaces none of the three
		return o
	}
	o.Watch.Asks++
	o.Watch.NextAt = Stamp(now.Add(statusWaits.step(o.Watch.Asks)))
	switch {
	case !now.Before(last): // no further answer is needed
		o.Watch.Closed = true
	case o.Watch.NextAt.After(last):
		o.Watch.NextAt = last
	}
	return o
}

// RecordNoStatus records that check status gave no answer. It is asked again soon, and less often as time goes by. A
// page without an answer for a day after its end counts as unpaid and unconfirmed. It is asked about for a week.
func (o Order) RecordNoStatus(now time.Time) Order {
	if check := o.Watch.CheckAt; !check.IsZero() && !now.Before(check) {
		o.Watch.CheckAt = Stamp(now.Add(askAgainLate))
		// The question is only useful soon after the refusal, except after a restore.
		if now.Sub(o.latestOperation()) > time.Hour && !o.Watch.Recheck {
			o.Watch.CheckAt = time.Time{}
		}
	}
	if o.Captured() > 0 || o.Watch.Closed {
		return o
	}
	end := o.end()
	if o.Facts.Authorized != nil {
		end = o.AuthorizationEnd()
	}
	wait := askAgain
	switch late := now.Sub(end); {
	case late >= watchAfterEnd:
		wait = askAgainLate
		if late >= watchAfterEnd+time.Hour { // DOKU was down for longer than a day
			wait = askAgainDayLate
		}
		o = o.endUnconfirmed(end, now)
	case late > time.Hour && !o.Watch.NextAt.IsZero():
		wait = askAgainLate
	}
	o.Watch.NextAt = Stamp(now.Add(wait))
	return o
}

// endUnconfirmed records that a page counts as unpaid because DOKU gave no answer for a day after its end.
func (o Order) endUnconfirmed(end, now time.Time) Order {
	if o.Facts.Authorized != nil {
		return o
	}
	if !o.expired() {
		o.Facts.Expired, o.Watch.Unconfirmed = latest(o.Facts.Expired, end), true
		o = o.note(now, "unconfirmed", "", string(Expired))
	}
	o.Watch.Closed = !now.Before(end.Add(stopAskingAfter))
	return o
}

// latestOperation returns the time of the latest attempt at any operation.
func (o Order) latestOperation() time.Time {
	at := time.Time{}
	for _, op := range o.Operations {
		at = latest(at, op.LastAt)
	}
	return at
}
