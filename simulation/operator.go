package simulation

import (
	"context"
	"errors"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// operate settles operations that are parked, conflicts, and refunds that DOKU's people rejected, as an operator with
// access to DOKU's Back Office would. It reports whether there were any.
func (w *World) operate() bool {
	w.endFaults()
	any := false
	for _, p := range w.plans {
		for _, op := range w.store.peek(p.invoice).Review() {
			any = true
			w.stats.Parked++
			w.resolve(p, op)
		}
		any = w.decideAll(p) || any
		any = w.keepBooks(p) || any
		any = w.acknowledgeAll(p) || any
	}
	return any
}

// endFaults ends all faults, and the rollout of another version.
func (w *World) endFaults() {
	w.calmAt = w.now
	if !w.newerAt.IsZero() {
		w.newerAt = w.now.Add(-rollout)
	}
}

// maxRounds returns how many rounds operators work. Automatic capture begins a capture again after an operator found it
// refused, until the authorisation lapses. A capture that DOKU always refuses, without a signature, is parked each
// time.
func (w *World) maxRounds() int {
	if w.schedule.capturesRefused {
		return 60
	}
	return 1
}

func (w *World) resolve(p *plan, op order.Operation) {
	again := false
	r := payment.ResolveRequest{
		Invoice: p.invoice, Operation: op.ID, Done: w.gateway.carriedOut(p.invoice, op.RequestID),
		Act: order.Act{By: "operator", Note: "simulated"},
	}
	w.start("resolve "+p.invoice, func(ctx context.Context) {
		_, err := w.service.Resolve(ctx, r)
		again = errors.Is(err, payment.ErrStore) // other writers were faster, many times
		if err != nil && !again && !p.misled {
			w.violate("I8", "the parked operation %s of %s cannot be resolved: %v", op.ID, p.invoice, err)
		}
	}, func(bool) {
		if again {
			w.resolve(p, op)
		}
	})
}
