package simulation

import (
	"context"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// operate settles what is parked, as an operator who looks into DOKU's Back Office would. It tells whether there was
// anything.
func (w *World) operate() bool {
	w.calmAt = w.now
	any := false
	for _, p := range w.plans {
		for _, op := range w.store.peek(p.invoice).Review() {
			any = true
			w.stats.Parked++
			w.resolve(p, op)
		}
	}
	return any
}

func (w *World) resolve(p *plan, op order.Operation) {
	r := payment.Resolution{Invoice: p.invoice, Operation: op.ID, Done: w.gateway.did(p.invoice, op.RequestID), By: "operator", Note: "simulated"}
	w.start("resolve "+p.invoice, func(ctx context.Context) {
		_, err := w.service.Resolve(ctx, r)
		if err != nil {
			w.violate("I8", "the parked operation %s of %s cannot be resolved: %v", op.ID, p.invoice, err)
		}
	}, nil)
}

// did tells whether DOKU carried out what came under a Request-Id.
func (d *DOKU) did(invoice, requestID string) bool {
	l := d.ledgers[invoice]
	return d.moved(invoice, requestID) || l != nil && l.pageID == requestID
}

// moved tells whether DOKU moved money under a Request-Id.
func (d *DOKU) moved(invoice, requestID string) bool {
	l := d.ledgers[invoice]
	if l == nil {
		return false
	}
	for _, list := range [][]money{l.captures, l.refunds} {
		for _, m := range list {
			if m.requestID == requestID {
				return true
			}
		}
	}
	return false
}
