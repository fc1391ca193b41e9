package stack

import (
	"context"
	"sync"
	"time"

	"kasir/local/aws/gateway"
	"kasir/shared/route"
)

// startSchedules invokes the functions that run by the clock, as EventBridge would, until the stack is closed. One run
// of a schedule follows the other: the next tick waits for the last run's end, and for the clock while it is moved.
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

// ScheduledEvent has reconcile look at everything that is due: money first, then pages.
var ScheduledEvent = []byte(`{}`)
