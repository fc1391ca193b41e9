package order

import "time"

// Watch is how far reconciliation has come with an order that may have been paid without a notification: all four that DOKU
// sends can be lost.
type Watch struct {
	Asks   int       // answers of check status that told no payment
	NextAt time.Time // when to ask again; zero: as the page or the authorisation ends
	Closed bool      // DOKU was asked a day after the end: nothing more is expected
	Warned bool      // the merchant was told that the authorisation is about to lapse
}

const (
	askAfter   = time.Minute     // DOKU wants to be asked no earlier than 60 s after a payment
	watchLate  = 24 * time.Hour  // how long after its end an unpaid order is still asked for
	warnBefore = 48 * time.Hour  // of an authorisation's end
	unanswered = time.Minute     // until DOKU is asked again when it gave no answer
	stubborn   = 5 * time.Minute // the same, after several

	grain = 30 * time.Second // of the times at which an order is due
)

// How long to wait after each attempt of an operation that settled nothing, and after each answer that a page was not paid. Most pages
// that are asked about never will be, and each look costs; a payment that was under way as the page ended is soon there.
var (
	attempts = ladder{time.Minute, 5 * time.Minute}
	answers  = ladder{5 * time.Minute, 30 * time.Minute, 8 * time.Hour}
)

type ladder []time.Duration

func (l ladder) step(n int) time.Duration { return l[min(max(n, 1), len(l))-1] }

// end is when the customer can no longer pay.
func (o Order) end() time.Time {
	if o.Facts.Page != nil {
		return o.Facts.Page.ExpiresAt
	}
	return o.PageEnd
}

// Schedule sets when reconciliation must look at the order next. It belongs before every write.
func (o Order) Schedule(p Policy) Order {
	due := time.Time{}
	for _, op := range o.Operations {
		if op.State == Open && op.Kind != CreatePage {
			due = earliest(due, op.nextAttempt(p))
		}
	}
	o.DueAt = earliest(due, rounded(o.nextLook(p)))
	return o
}

// rounded moves a look to the next half minute. A page's end moves by as long as DOKU took to make it; without this, so would
// the order's entry in the index, which costs two more writes a payment.
func rounded(look time.Time) time.Time {
	if look.IsZero() {
		return look
	}
	return look.Add(grain - time.Nanosecond).Truncate(grain)
}

// nextAttempt is when an open operation is sent again, or parked: after the lease of the attempt under way, after a wait that
// grows to five minutes, and not later than the trust window's end. A longer wait would let the window pass while DOKU is back.
func (op Operation) nextAttempt(p Policy) time.Time {
	if !op.LeaseUntil.IsZero() {
		return op.LeaseUntil
	}
	return earliest(op.LastAt.Add(attempts.step(op.Attempts)), op.FirstAt.Add(p.TrustWindow))
}

// nextLook is when DOKU is asked what became of an order that is not paid.
func (o Order) nextLook(p Policy) time.Time {
	switch status := o.Status(); {
	case o.Watch.Closed, o.Captured() > 0, status == Capturing, status == AuthorizationExpired:
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
	end := o.Facts.Authorized.ExpiresAt()
	look := end.Add(askAfter)
	if !o.Watch.NextAt.IsZero() {
		look = o.Watch.NextAt
	}
	if !o.Watch.Warned {
		look = earliest(look, end.Add(-warnBefore))
	}
	if p.AutoCaptureBefore > 0 && len(o.Facts.Conflicts) == 0 {
		if _, asked := o.Operation(string(CapturePart)); !asked {
			look = earliest(look, end.Add(-p.AutoCaptureBefore))
		}
	}
	return look
}

// Warn notes that the merchant is told of an authorisation about to lapse. due is false before its time.
func (o Order) Warn(now time.Time) (next Order, due bool) {
	if o.Status() != Authorized || o.Watch.Warned || now.Before(o.Facts.Authorized.ExpiresAt().Add(-warnBefore)) {
		return o, false
	}
	o.Watch.Warned = true
	return o.note(now, "authorization_expiring", "", ""), true
}

// WantsAutoCapture tells whether the policy captures the order now.
func (o Order) WantsAutoCapture(p Policy, now time.Time) bool {
	if p.AutoCaptureBefore <= 0 || o.Status() != Authorized || o.mayCapture(0, now) != nil {
		return false
	}
	_, asked := o.Operation(string(CapturePart))
	return !asked && !now.Before(o.Facts.Authorized.ExpiresAt().Add(-p.AutoCaptureBefore))
}

// WantsStatus tells whether DOKU must be asked now what became of the order.
func (o Order) WantsStatus(p Policy, now time.Time) bool {
	look := o.Watch.NextAt
	switch {
	case o.nextLook(p).IsZero():
		return false
	case look.IsZero() && o.Status() == Authorized:
		look = o.Facts.Authorized.ExpiresAt().Add(askAfter)
	case look.IsZero():
		look = o.end().Add(askAfter)
	}
	return !now.Before(look)
}

// Answered records an answer of check status: what it told and, when that was no payment, that the page or the
// authorisation has ended, and when to ask again.
func (o Order) Answered(news Facts, now time.Time) Order {
	before := o.Status()
	o, _ = o.Learn(news)
	o = o.captureTold(now)
	switch {
	case o.Captured() > 0:
		o.Watch = Watch{Closed: true, Warned: o.Watch.Warned}
	case o.Facts.Authorized != nil:
		o = o.askedAboutAuthorization(now)
	default:
		o = o.askedAboutPage(now)
	}
	if after := o.Status(); after != before {
		o = o.note(now, "asked", "", string(after))
	}
	return o
}

func (o Order) askedAboutAuthorization(now time.Time) Order {
	end := o.Facts.Authorized.ExpiresAt()
	if now.Before(end.Add(askAfter)) { // it became known only now; its own end is what counts
		o.Watch.Asks, o.Watch.NextAt = 0, time.Time{}
		return o
	}
	o.Facts.Released = latest(o.Facts.Released, end)
	o.Watch.Closed = true
	return o
}

func (o Order) askedAboutPage(now time.Time) Order {
	end := o.end()
	if !now.Before(end) {
		o.Facts.Expired = latest(o.Facts.Expired, end)
	}
	o.Watch.Asks++
	o.Watch.NextAt = Stamp(now.Add(answers.step(o.Watch.Asks)))
	last := end.Add(watchLate)
	switch {
	case !now.Before(last): // an answer from after the last day is the last that is needed
		o.Watch.Closed = true
	case o.Watch.NextAt.After(last):
		o.Watch.NextAt = last
	}
	return o
}

// Unanswered records that DOKU could not be asked: again soon, however long it lasts, since nothing was learned.
func (o Order) Unanswered(now time.Time) Order {
	wait := unanswered
	if !o.Watch.NextAt.IsZero() && now.Sub(o.end()) > time.Hour {
		wait = stubborn
	}
	o.Watch.NextAt = Stamp(now.Add(wait))
	return o
}
