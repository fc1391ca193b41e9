package simulation

import (
	"context"
	"errors"
	"slices"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// scheduleManual lets DOKU's people carry out a manual refund days later, or reject it, and the merchant's people
// record the outcome.
func (w *World) scheduleManual(l *ledger, requestID string) {
	wait := pick(w, 2*time.Hour, 26*time.Hour, 3*24*time.Hour, 5*24*time.Hour)
	reject := w.chance(400)
	w.queue.put(w.now.Add(wait), func() {
		p, o := w.planOf(l.invoice), w.store.peek(l.invoice)
		op, _ := o.Operation(intentOf(o, requestID))
		i := find(l.refunds, requestID)
		if i < 0 || op.State != order.Done || !op.Type.Manual() { // otherwise nobody here could record it
			return
		}
		if reject {
			w.note("DOKU's people do not carry out", requestID)
			if l.rejected == nil {
				l.rejected = map[string]bool{}
			}
			l.rejected[requestID] = true
			w.stats.Rejected++
			l.refunds = slices.Delete(l.refunds, i, i+1)
			if i := find(l.sent, requestID); i >= 0 {
				l.sent[i].refused = true
			}
		}
		done := !reject
		if f := w.strike(recordingManual, nil); f != nil && f.name == "manual_wrong" {
			done, p.misled = !done, true
		}
		w.queue.put(w.now.Add(pick(w, time.Minute, time.Hour, 40*time.Hour)), func() { w.recordManual(p, op.ID, done) })
	})
}

func (w *World) recordManual(p *plan, id string, done bool) {
	again := false
	w.start("record "+p.invoice, func(ctx context.Context) {
		word := payment.ResolveRequest{Invoice: p.invoice, Operation: id, Done: done,
			Act: order.Act{By: "clerk", Note: "simulated"}}
		_, err := w.service.Resolve(ctx, word)
		w.note("answered", outcome(err))
		again = errors.Is(err, payment.ErrStore)
	}, func(dead bool) {
		if dead || again {
			w.queue.put(w.now.Add(time.Minute), func() { w.recordManual(p, id, done) })
		}
	})
}

// rejectedBy reports whether DOKU's people rejected the refund with a Request-Id.
func (w *World) rejectedBy(invoice, requestID string) bool {
	l := w.gateway.ledgers[invoice]
	return l != nil && l.rejected[requestID]
}

// unrecordedRejection reports whether DOKU's people rejected a refund and nobody has recorded it.
func (w *World) unrecordedRejection(o order.Order) bool {
	return slices.ContainsFunc(o.Refunds(), func(op order.Operation) bool {
		return op.State == order.Done && w.rejectedBy(o.Invoice, op.RequestID)
	})
}

func (d *DOKU) refundType(l *ledger, amount, taken int64) string {
	whole := amount == taken
	switch {
	case whole && d.w.now.Sub(l.lastAt) < d.voidWindow:
		return "VOID"
	case whole:
		return pick(d.w, "FULL_REFUND", "MANUAL_FULL_REFUND")
	default:
		return pick(d.w, "PARTIAL_REFUND", "MANUAL_PARTIAL_REFUND")
	}
}
