package stack

import (
	"context"
	"sync"
	"time"

	"kasir/local/aws/gateway"
	"kasir/shared/route"
)

// startSchedules invokes the scheduled functions, as EventBridge would, until the stack is closed. The runs of a
// schedule do not overlap: the next tick waits for the end of the last run, and while the clock is moved.
func (s *Stack) startSchedules(invoke gateway.Invoker) {
	ctx := s.time.ending
	var running sync.WaitGroup
	for _, schedule := range route.Schedules {
		running.Go(func() {
			ticker := time.NewTicker(schedule.Every)
			defer ticker.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-ticker.C:
					s.time.busy.RLock()
					invoke(ctx, schedule.Function, []byte(schedule.Input)) // a failure is in the function's log
					s.time.busy.RUnlock()
				}
			}
		})
	}
	s.Reconcile = func(ctx context.Context) ([]byte, error) { return invoke(ctx, "reconcile", ScheduledEvent) }
	s.closers = append(s.closers, func() { s.time.end(); running.Wait() })
}

// ScheduledEvent makes reconcile process every due order: payments first, then pages.
var ScheduledEvent = []byte(`{}`)
