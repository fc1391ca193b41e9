package payment

import (
	"cmp"
	"context"
	"time"
)

// Deadlines nest, so that the outcome of a call can always be written: API Gateway 30 s, Lambda 28 s, DOKU at
// most 20 s and always ending writeReserve before the invocation does. Writing an outcome may go on until lastMoment
// before that end.
const (
	LongestCall   = 20 * time.Second // of DOKU, at most
	statusTimeout = 5 * time.Second  // of check status, before an operation is sent again
	writeReserve  = 3 * time.Second
	writeMargin   = time.Second
	writeTimeout  = 2500 * time.Millisecond // where there is no deadline
	intentReserve = 10 * time.Second        // of the invocation, kept for the call that follows an intent
)

// calling bounds a call of DOKU.
func (s *Service) callContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return boundedContext(ctx, cmp.Or(s.DOKUTimeout, LongestCall))
}

func boundedContext(ctx context.Context, patience time.Duration) (context.Context, context.CancelFunc) {
	bounded, cancel := context.WithTimeout(ctx, patience)
	end, ok := ctx.Deadline()
	if !ok {
		return bounded, cancel
	}
	nested, cancelNested := context.WithDeadline(bounded, end.Add(-writeReserve))
	return nested, func() { cancelNested(); cancel() }
}

// writing bounds the write of an outcome. It goes on when the caller has gone away: the outcome is known, and
// losing it would leave the operation open.
func writeContext(ctx context.Context) (context.Context, context.CancelFunc) {
	lasting := context.WithoutCancel(ctx)
	if end, ok := ctx.Deadline(); ok {
		return context.WithDeadline(lasting, end.Add(-writeMargin))
	}
	return context.WithTimeout(lasting, writeTimeout)
}

// until is the time up to which writes are tried again: reserve before the deadline, or writeTimeout from now.
func (s *Service) retryDeadline(ctx context.Context, reserve time.Duration) time.Time {
	if end, ok := ctx.Deadline(); ok {
		return end.Add(-reserve)
	}
	return s.Now().Add(writeTimeout)
}

const (
	maxTries   = 500 // of one write
	firstPause = 4 * time.Millisecond
	maxPause   = 250 * time.Millisecond
)

// pause waits before the next try of a write, for a time that grows and is drawn by chance. It returns false when there
// is no time for another try.
func (s *Service) pause(ctx context.Context, try int, until time.Time) bool {
	most := min(firstPause<<min(try, 10), maxPause)
	if try >= maxTries || ctx.Err() != nil || s.Now().Add(most).After(until) {
		return false
	}
	if s.Pause != nil {
		s.Pause(ctx, most)
	}
	return true
}
