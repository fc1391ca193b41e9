package simulation

import (
	"context"
	"strconv"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// misled reports whether an operator's wrong record of an order may explain later events.
func (w *World) misled(invoice string) bool {
	p := w.planOf(invoice)
	return p != nil && p.misled
}

// confuse adds callers or operators who get in each other's way about a refund.
func (w *World) confuse(f *fault, p *plan, wish refundWish, at time.Duration) {
	switch f.name {
	case "two_people": // at once, and neither knows of the other
		w.scheduleTask(at, w.refundTask(p, wish))
		w.scheduleTask(at, w.refundTask(p, refundWish{key: wish.key + "-other", amount: wish.amount,
			expected: p.amount}))
	case "key_for_other_amount":
		w.scheduleTask(at+time.Second, w.refundTask(p, refundWish{key: wish.key, amount: max(wish.amount-1000, 1),
			expected: -1}))
	case "key_on_other_order":
		other := w.plans[w.dice.IntN(len(w.plans))]
		w.scheduleTask(at, w.refundTask(other, wish))
	case "resolve_moved_on":
		w.queue.put(w.now.Add(at+time.Minute), func() { w.resolveAnything(p) })
	case "burst":
		for i := range 20 + w.dice.IntN(31) {
			one := w.refundTask(p, refundWish{key: wish.key + "-burst-" + strconv.Itoa(i), amount: 1000, expected: -1})
			one.tries = 2
			w.scheduleTask(at, one)
		}
	}
}

// resolveAnything lets an operator resolve operations that are not parked. The use cases must refuse.
func (w *World) resolveAnything(p *plan) {
	for _, op := range w.store.peek(p.invoice).Operations {
		if op.State == order.Parked {
			continue
		}
		if op.Type.Manual() { // a manual refund can be resolved, rightly or wrongly
			p.misled = true
		}
		w.start("resolve "+p.invoice, func(ctx context.Context) {
			word := payment.ResolveRequest{
				Invoice: p.invoice, Operation: op.ID, Done: w.chance(500),
				Act: order.Act{By: "operator", Note: "simulated"},
			}
			_, err := w.service.Resolve(ctx, word)
			w.note("answered", outcome(err))
			now, _ := w.store.peek(p.invoice).Operation(op.ID)
			if now.State != op.State || err == nil && now.State != order.Parked {
				p.misled = true // it was parked meanwhile
			}
		}, nil)
	}
}

// resolveEarly may let an operator resolve an operation as soon as it is parked, and do so wrongly or twice.
func (w *World) resolveEarly(p *plan, op order.Operation) {
	f := w.strike(parking, nil)
	if f == nil {
		return
	}
	w.queue.put(w.now.Add(pick(w, time.Minute, time.Hour)), func() {
		p.misled = true // an attempt may still arrive
		done := w.gateway.carriedOut(p.invoice, op.RequestID)
		if f.name == "resolve_wrong" {
			done = !done
		}
		times := 1
		if f.name == "resolve_twice" {
			times = 2
		}
		for i := range times {
			w.start("resolve "+p.invoice, func(ctx context.Context) {
				word := payment.ResolveRequest{
					Invoice: p.invoice, Operation: op.ID, Done: done != (i > 0),
					Act: order.Act{By: "operator", Note: "simulated"},
				}
				_, err := w.service.Resolve(ctx, word)
				w.note("answered", outcome(err))
			}, nil)
		}
	})
}
