package simulation

import (
	"context"
	"strconv"
	"time"
)

// period is how often reconciliation runs.
const period = time.Minute

const tooManyRuns = 20_000 // of reconciliation; a schedule that needs more never comes to rest

// wakeReconciliation schedules the next run at the first full minute at which something is due. Runs in the minutes
// before would do nothing and are left out.
func (w *World) wakeReconciliation() {
	due := w.nextDue()
	if due.IsZero() {
		return
	}
	at := w.now.Truncate(period).Add(period)
	if due.After(at) {
		at = due.Add(period - time.Nanosecond).Truncate(period)
	}
	if w.cronAt.After(w.now) && !w.cronAt.After(at) {
		return
	}
	w.cronAt = at
	w.queue.put(at, func() {
		if due := w.nextDue(); w.cronAt.Equal(at) && !due.IsZero() && !due.After(w.now) {
			w.reconcile()
			if w.chance(200) { // the run before has not ended, or the schedule fired twice
				w.reconcile()
			}
		}
	})
}

func (w *World) reconcile() {
	w.runs++
	w.stats.Reconciles++
	if w.runs > tooManyRuns {
		w.violate("I8", "reconciliation does not come to rest")
		return
	}
	w.start("reconcile", func(ctx context.Context) {
		done, err := w.service.Reconcile(ctx)
		w.note("reconciled", strconv.Itoa(done.Looked), "settled", strconv.Itoa(done.Settled),
			"parked", strconv.Itoa(done.Parked), "failed", strconv.Itoa(done.Failed), outcome(err))
	}, nil)
}

// nextDue returns the time at which the next order is due.
func (w *World) nextDue() time.Time {
	due := time.Time{}
	for _, p := range w.plans {
		if !p.due.IsZero() && (due.IsZero() || p.due.Before(due)) {
			due = p.due
		}
	}
	return due
}
