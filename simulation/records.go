package simulation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// movedAs maps the kinds of moves to those of an order's movements.
var movedAs = map[string]order.MovementKind{
	moveRefund: order.MovedRefund, moveVoid: order.MovedVoid, moveDispute: order.MovedChargeback,
	moveReversal: order.MovedReversal,
}

// kindAmount groups movements that nothing else distinguishes. Refunds and voids count as one kind.
type kindAmount struct {
	kind   order.MovementKind
	amount int64
}

func grouped(kind order.MovementKind, amount int64) kindAmount {
	if kind == order.MovedVoid {
		kind = order.MovedRefund
	}
	return kindAmount{kind, amount}
}

// movedAtDOKU counts the movements of an invoice at DOKU that the order does not hold as its own operations.
func (w *World) movedAtDOKU(o order.Order, l *ledger) map[kindAmount]int {
	all := map[kindAmount]int{}
	for _, list := range [][]money{l.refunds, l.doubles} {
		for _, m := range list {
			all[kindAmount{order.MovedRefund, m.amount}]++
		}
	}
	for _, m := range l.moves {
		all[grouped(movedAs[m.kind], m.amount)]++
	}
	if !l.voidedAt.IsZero() {
		all[kindAmount{order.MovedRefund, l.authorized().amount}]++
	}
	for _, op := range o.Refunds() {
		if g := (kindAmount{order.MovedRefund, op.Amount}); op.State == order.Done && all[g] > 0 {
			all[g]--
		}
	}
	return all
}

// keepBooks lets a person compare an order's movements with DOKU's books, withdraw those that did not happen, and
// record those that nobody reported. It reports whether there was anything to do.
func (w *World) keepBooks(p *plan) bool {
	o, l := w.store.peek(p.invoice), w.gateway.ledgers[p.invoice]
	if o.Version == 0 || l == nil || !w.booksAreClear(p) {
		return false
	}
	if len(l.payments) > 1 { // DOKU may have reported only one of them
		return w.withdrawStatement(p, o)
	}
	any := false
	there, here := w.movedAtDOKU(o, l), map[kindAmount]int{}
	for _, e := range o.Elsewhere() {
		here[grouped(e.Kind, e.Amount)] = e.Count
		for range e.Count - there[grouped(e.Kind, e.Amount)] {
			any = w.withdrawOne(p, o, grouped(e.Kind, e.Amount)) || any
		}
	}
	if any {
		return true
	}
	// Records need a payment that kasir knows.
	if o.Captured() == 0 && (l.voidedAt.IsZero() || o.Facts.Authorized == nil) {
		there = nil
	}
	kinds := []order.MovementKind{order.MovedRefund, order.MovedChargeback, order.MovedReversal}
	for _, g := range sorted(there) {
		if any && g.kind == order.MovedReversal { // its chargeback may have to be recorded first
			w.queue.put(w.now.Add(time.Minute), func() { w.keepBooks(p) })
			continue
		}
		for n := here[g]; n < there[g] && slices.Contains(kinds, g.kind); n++ {
			any = true
			kind := g.kind
			if !l.voidedAt.IsZero() {
				kind = order.MovedVoid
			}
			w.record(p, order.Record{Key: w.newKey(p), Kind: kind, Amount: g.amount}, o.Captured() >= l.taken())
		}
	}
	return any || w.withdrawStatement(p, o)
}

// withdrawStatement withdraws a statement about the payment that no movement accounts for, and reports whether there is
// one.
func (w *World) withdrawStatement(p *plan, o order.Order) bool {
	for _, m := range o.Facts.Movements {
		_, done := o.Withdrawn(m.ID())
		if o.Unaccounted() > 0 && !done && (m.Kind == order.MovedTotal || m.Kind == order.MovedRest) {
			w.record(p, order.Record{Key: w.newKey(p), Withdraws: m.ID()}, true)
			return true
		}
	}
	return false
}

// booksAreClear reports whether no operation is in doubt and no conflict is open, which people settle first.
func (w *World) booksAreClear(p *plan) bool {
	o := w.store.peek(p.invoice)
	for _, op := range o.Operations {
		if op.Kind != order.KindCreatePage && op.State == order.Open {
			return false
		}
	}
	return p.recording == 0 && len(o.Review()) == 0 && len(o.OpenConflicts()) == 0
}

// withdrawOne withdraws one report of each source that has too many, and reports whether there is one.
func (w *World) withdrawOne(p *plan, o order.Order, g kindAmount) bool {
	latest := map[order.Source]order.Movement{}
	var sources []order.Source
	for _, m := range o.Facts.Movements {
		_, done := o.Withdrawn(m.ID())
		if done || grouped(m.Kind, m.Amount) != g || !o.Counts(m) {
			continue
		}
		if _, ok := latest[m.Source]; !ok {
			sources = append(sources, m.Source)
		}
		latest[m.Source] = m
	}
	for _, source := range sources {
		if source != order.FromSettlement || p.oddRow { // otherwise the report is right
			w.record(p, order.Record{Key: w.newKey(p), Withdraws: latest[source].ID()}, true)
			return true
		}
	}
	return false
}

func sorted(of map[kindAmount]int) []kindAmount {
	var all []kindAmount
	for g := range of {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b kindAmount) int { // a chargeback before its reversal
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.amount, b.amount))
	})
	return all
}

// newKey returns the idempotency key of a record.
func (w *World) newKey(p *plan) string {
	p.records++
	return p.invoice + "-record-" + strconv.Itoa(p.records)
}

// record lets a person record a movement, or withdraw one. must is set if the record is right and has to be accepted.
func (w *World) record(p *plan, r order.Record, must bool) {
	again := false
	p.recording++
	r.Act = order.Act{By: "bookkeeper", Note: "simulated"}
	w.start("record "+p.invoice, func(ctx context.Context) {
		_, _, err := w.service.Record(ctx, payment.RecordRequest{Invoice: p.invoice, Record: r})
		w.note("answered", string(r.Kind), strconv.FormatInt(r.Amount, 10), r.Withdraws, outcome(err))
		// The previous version knows no movements.
		again = errors.Is(err, payment.ErrStore) || err != nil && w.current.old
		if err != nil && !again && must && !p.misled {
			w.violate("I8", "%s: the record of %s %d%s is refused: %v", p.invoice, r.Kind, r.Amount, r.Withdraws, err)
		}
		w.checkRecorded(p, r, err)
	}, func(dead bool) {
		p.recording--
		if dead || again {
			w.record(p, r, must)
		}
	})
}

// checkRecorded checks I19 for records: one that was confirmed to a person is stored, once.
func (w *World) checkRecorded(p *plan, r order.Record, err error) {
	if err != nil || p.erased {
		return
	}
	now := w.store.peek(p.invoice)
	if r.Withdraws != "" {
		if _, ok := now.Withdrawn(r.Withdraws); !ok {
			w.violate("I19", "%s: a person was told that a movement is withdrawn, and it is not", p.invoice)
		}
		return
	}
	made, ok := now.Recorded(r.Key)
	if !ok || made.Amount != r.Amount || made.Kind != r.Kind {
		w.violate("I19", "%s: a person was told of a record that is not stored", p.invoice)
	}
}
