package simulation

import (
	"context"
	"errors"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// recordSoon may let a person record a move that somebody made in the Back Office: rightly, wrongly, twice, or under a
// key that was used for something else.
func (w *World) recordSoon(l *ledger, m move) {
	p := w.planOf(l.invoice)
	f := w.strike(recordingMove, nil)
	if f == nil && !w.chance(150) {
		return
	}
	r := order.Record{Key: w.newKey(p), Kind: movedAs[m.kind], Amount: m.amount, Reference: m.ref}
	at := w.now.Add(pick(w, time.Second, time.Hour, 30*time.Hour))
	w.queue.put(at, func() {
		if f == nil {
			w.record(p, r, false)
			return
		}
		switch f.name {
		case "record_wrong": // the bookkeeper at the end withdraws it
			r.Amount, p.misrecorded = max(1, r.Amount-500), true
			w.record(p, r, false)
		case "record_twice":
			w.record(p, r, false)
			w.record(p, r, false)
		case "record_other_body":
			w.recordBoth(p, r, p, order.Record{Key: r.Key, Kind: r.Kind, Amount: r.Amount + 1})
		case "record_other_order":
			w.recordBoth(p, r, w.plans[w.dice.IntN(len(w.plans))], r)
		}
	})
}

// recordBoth lets a person use one key for two records. It checks I19: at most one of them is accepted, unless they are
// the same.
func (w *World) recordBoth(p *plan, r order.Record, other *plan, again order.Record) {
	w.start("record "+p.invoice, func(ctx context.Context) {
		accepted, same := 0, other == p && again == r
		both := []payment.RecordRequest{{Invoice: p.invoice, Record: r}, {Invoice: other.invoice, Record: again}}
		for i, one := range both {
			if i > 0 && !same { // it is accepted if the order did not allow the first, or the store failed
				other.misrecorded = true
			}
			one.Act = order.Act{By: "bookkeeper", Note: "simulated"}
			_, _, err := w.service.Record(ctx, one)
			w.note("answered", outcome(err))
			var mismatched *order.Mismatched
			if err == nil {
				accepted++
			} else if accepted > 0 && errors.As(err, &mismatched) {
				return
			}
		}
		if accepted > 1 && !same && !p.erased && !other.erased {
			w.violate("I19", "%s, %s: two records were accepted under one key", p.invoice, other.invoice)
		}
	}, nil)
}
