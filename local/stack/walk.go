package stack

import (
	"context"
	"fmt"
	"sync"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/shared/route"
)

// walk moves the clock forward in steps. It stops at each time at which something happens by itself: a notification of
// the sandbox is due, or reconciliation looks at an order. The functions of route.Schedules run at whole minutes. A
// minute at which the table's index has nothing due is skipped, because reconciliation reads that index and would find
// nothing. Everything else, such as the end of a page, depends only on the time at which somebody looks.
type walk struct {
	*timekeeper
	goal time.Duration // how far ahead the clock will be

	due       dynamodb.Due // the earliest entry of the index before the last run
	stuckRuns int          // runs during which it stayed the earliest
	failure   error        // of the last run
}

// maxStuckRuns is how many runs may leave the earliest entry unchanged. reconcile moves the entry of every order that
// it has processed, so an entry that stays belongs to an order that it cannot process.
const maxStuckRuns = 10

func (w *walk) walk(ctx context.Context) error {
	for {
		arrived, err := w.step(ctx)
		if err != nil {
			return err
		}
		if arrived {
			break
		}
	}
	if err := w.set(w.goal); err != nil {
		return err
	}
	w.doku.Deliver(ctx)
	due, err := w.nextDue(ctx)
	if err == nil && due.Key != "" && !due.At.After(w.Now()) { // without waiting for the next minute
		w.runSchedules(ctx)
	}
	return err
}

// step moves the clock to the next time at which something happens, and runs it. arrived reports whether there is no
// such time before the goal.
func (w *walk) step(ctx context.Context) (arrived bool, err error) {
	due, err := w.nextDue(ctx)
	if err != nil {
		return false, err
	}
	run := w.minuteFor(due)
	at := run
	if notice, any := w.doku.NextDue(); any && (at.IsZero() || notice.Before(at)) {
		at = notice
	}
	if at.IsZero() || time.Until(at) > w.goal {
		return true, ctx.Err()
	}
	if err := w.set(min(max(time.Until(at), w.Ahead()), w.goal)); err != nil {
		return false, err
	}
	w.doku.Deliver(ctx)
	if at.Equal(run) {
		if err := w.checkProgress(due); err != nil {
			return false, err
		}
		w.runSchedules(ctx)
	}
	return false, ctx.Err()
}

func (w *walk) nextDue(ctx context.Context) (dynamodb.Due, error) {
	return dynamodb.NextDue(ctx, dynamodb.Client(w.stack.DynamoDB), Table)
}

// minuteFor returns the first whole minute from now on at which an entry is due, or zero if there is no entry.
func (w *walk) minuteFor(due dynamodb.Due) time.Time {
	if due.Key == "" && !w.everyMinute {
		return time.Time{}
	}
	from := w.Now()
	if due.At.After(from) && !w.everyMinute {
		from = due.At
	}
	return from.Add(time.Minute - time.Nanosecond).Truncate(time.Minute)
}

// checkProgress returns an error if too many runs did not move the earliest entry.
func (w *walk) checkProgress(due dynamodb.Due) error {
	if due.Key == "" || due.Key != w.due.Key || !due.At.Equal(w.due.At) || due.At.After(w.Now()) {
		w.due, w.stuckRuns = due, 0
		return nil
	}
	w.stuckRuns++
	if w.stuckRuns < maxStuckRuns {
		return nil
	}
	reason := "see its log"
	if w.failure != nil {
		reason = w.failure.Error()
	}
	return fmt.Errorf("%s has been due since %s, and %d runs of reconcile left it so: %s",
		due.Key, due.At.UTC().Format(time.RFC3339), w.stuckRuns, reason)
}

// runSchedules runs every schedule once, all at the same time. A failure is in the function's log.
func (w *walk) runSchedules(ctx context.Context) {
	failures := make([]error, len(route.Schedules))
	var running sync.WaitGroup
	for i, schedule := range route.Schedules {
		running.Go(func() { _, failures[i] = w.invoke(ctx, schedule.Function, []byte(schedule.Input)) })
	}
	running.Wait()
	w.failure = nil
	for _, err := range failures {
		if err != nil {
			w.failure = err
		}
	}
}
