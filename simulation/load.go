package simulation

import (
	"context"
	"errors"
	"strconv"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// setLoad adds many pages that nobody pays. A jam also schedules its check.
func (w *World) setLoad() {
	s := w.schedule
	if s.Jam {
		s.decoys = 160
		w.queue.put(epoch.Add(pageLifetime+2*time.Minute), w.checkJam)
	}
	for i := range s.decoys {
		p := &plan{invoice: "DECOY-" + strconv.Itoa(i+1), amount: 10_000, abandoned: true, decoy: true}
		p.request = doku.CreatePageRequest{
			Order:    doku.PageOrder{InvoiceNumber: p.invoice, Amount: p.amount},
			Customer: doku.Customer{Email: "budi@example.com"},
		}
		w.plans = append(w.plans, p)
		w.begin(p)
	}
}

// drawLoad makes the plans of a jam or a burst: one order that is paid at once, and refunds.
func (w *World) drawLoad() {
	p := &plan{invoice: "INV-1", amount: 60_000, payDelay: 5 * time.Second, refunded: true}
	p.request = doku.CreatePageRequest{
		Order:    doku.PageOrder{InvoiceNumber: p.invoice, Amount: p.amount},
		Customer: doku.Customer{Email: "budi@example.com"},
	}
	w.plans = append(w.plans, p)
	refunds, at := w.schedule.Burst, time.Minute
	if w.schedule.Jam {
		refunds, at = 1, pageLifetime
	}
	for i := range refunds {
		w.queue.put(epoch.Add(at), func() { w.burst(p, "key-"+strconv.Itoa(i)) })
	}
}

// burst asks for one refund. The caller repeats it when told to, while another has the order.
func (w *World) burst(p *plan, key string) {
	w.start("refund "+p.invoice, func(ctx context.Context) {
		answer, err := w.service.Refund(ctx, payment.RefundRequest{Invoice: p.invoice, Key: key, Amount: 1000,
			Expected: -1})
		var busy *payment.Busy
		switch {
		case w.schedule.Jam:
		case errors.As(err, &busy):
			w.violate("I15", "the refund %s was answered as running already, but nobody had requested it", key)
		case err != nil:
			w.violate("I15", "the refund %s failed: %v", key, err)
		case answer.Operation.State != order.Done:
			w.violate("I15", "the refund %s is answered as %s although DOKU had answered that it was done: %v", key,
				answer.Operation.State, answer.Unknown)
		}
	}, nil)
}

// jamTrust is the trust window of a jam. jamSlack is the time after it in which the operation must be settled or
// parked.
const (
	jamTrust = 4 * time.Minute
	jamSlack = 3 * time.Minute
)

// checkJam checks I15: money does not wait behind questions about pages.
func (w *World) checkJam() {
	w.queue.put(epoch.Add(pageLifetime+jamTrust+jamSlack), func() {
		for _, op := range w.store.peek("INV-1").Refunds() {
			if op.State == order.Open {
				w.violate("I15", "%s is open %s after it was begun, and has been sent %d times", op.ID,
					w.now.Sub(op.FirstAt), op.Attempts)
			}
		}
	})
}
