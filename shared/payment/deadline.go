package payment

import (
	"cmp"
	"context"
	"time"
)

// Deadlines nest, so that the outcome of a call can always be written. API Gateway waits 30 s and Lambda 28 s. A call
// of DOKU takes at most 20 s and ends writeReserve before the invocation. Writing an outcome may go on until
// writeMargin before the end of the invocation.
const (
	LongestCall   = 20 * time.Second // limit of one call of DOKU
	statusTimeout = 5 * time.Second  // limit of a question to check status before an operation is sent again
	writeReserve  = 3 * time.Second
	writeMargin   = time.Second
	writeTimeout  = 2500 * time.Millisecond // if the invocation has no deadline
	intentReserve = 10 * time.Second        // time that must be left for the call after an intent
)

// callContext returns a context for a call of DOKU.
func (s *Service) callContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return boundedContext(ctx, cmp.Or(s.DOKUTimeout, LongestCall))
}

// boundedContext returns a context that ends after timeout, and writeReserve before ctx does.
func boundedContext(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	bounded, cancel := context.WithTimeout(ctx, timeout)
	end, ok := ctx.Deadline()
	if !ok {
		return bounded, cancel
	}
	nested, cancelNested := context.WithDeadline(bounded, end.Add(-writeReserve))
	return nested, func() { cancelNested(); cancel() }
}

// writeContext returns a context for the write of an outcome. It outlives the caller's: the outcome is known, and
// losing it would leave the operation open.
func writeContext(ctx context.Context) (context.Context, context.CancelFunc) {
	lasting := context.WithoutCancel(ctx)
	if end, ok := ctx.Deadline(); ok {
		return context.WithDeadline(lasting, end.Add(-writeMargin))
	}
	return context.WithTimeout(lasting, writeTimeout)
}

// retryDeadline returns the time until which writes are retried: reserve before the deadline of ctx, or writeTimeout
// from now.
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

// pause waits before the next try of a write. The wait is random, and its limit doubles with each try. It returns
// false if no time is left for another try.
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
