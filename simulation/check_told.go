package simulation

import "kasir/shared/order"

// told is what DOKU's notifications have told kasir of moves, each of which it acknowledged.
type told struct {
	back    map[int64]map[string]bool // references of refunds and voids, by amount
	least   map[int64]int             // of these, how many are beyond doubt not kasir's own
	charged int64                     // chargebacks, less those that were reversed
	known   map[string]bool           // references of chargebacks
}

// noteTold notes that kasir has acknowledged a notification that gives the amount of what moved.
func (w *World) noteTold(l *ledger, n news) {
	p := w.planOf(l.invoice)
	if p == nil || n.ref == "" || n.means == anything || w.store.peek(p.invoice).Version == 0 {
		return
	}
	t := &p.told
	if t.back == nil {
		t.back, t.least, t.known = map[int64]map[string]bool{}, map[int64]int{}, map[string]bool{}
	}
	for _, m := range l.moves {
		switch {
		case m.ref != n.ref || t.known[m.ref]:
		case m.goesBack():
			if t.back[m.amount] == nil {
				t.back[m.amount] = map[string]bool{}
			}
			t.back[m.amount][m.ref] = true
		case m.kind == moveDispute:
			t.charged, t.known[m.ref] = t.charged+m.amount, true
		default:
			t.charged, t.known[m.ref] = t.charged-m.amount, true
		}
	}
}

// surelyElsewhere returns how many of the told refunds of an amount are not kasir's own, whichever of them are. The one
// that is begun only now cannot have been reported.
func (t *told) surelyElsewhere(o order.Order, begun string, amount int64, w *World) int {
	n := len(t.back[amount])
	for _, op := range o.Refunds() {
		counts := op.State != order.Refused || w.rejectedBy(o.Invoice, op.RequestID)
		if op.ID != begun && op.Amount == amount && counts {
			n--
		}
	}
	t.least[amount] = max(t.least[amount], n)
	return t.least[amount]
}

// checkTold checks I3 for money that moved elsewhere: kasir begins no refund beyond what is left after the moves that
// it was told of. It guards the merchant against giving back what people gave back already. A later refund of kasir
// does not explain an earlier report of the same amount.
func (w *World) checkTold(p *plan, after order.Order, was, is order.Operation) {
	l := w.gateway.ledgers[p.invoice]
	begun := is.Kind == order.KindRefund && is.State == order.Open && is.RequestID != was.RequestID
	if !begun || l == nil || p.erased || p.misled || p.misdecided || p.undated || len(l.payments) > 1 {
		return
	}
	charged := p.told.charged
	for _, m := range l.moves { // kasir may know of a reversal whose notification it stored and did not acknowledge
		if m.kind == moveReversal && !p.told.known[m.ref] {
			charged -= m.amount
		}
	}
	left := after.Captured() - max(charged, 0)
	for _, op := range after.Refunds() {
		if op.ID != is.ID && op.State != order.Refused {
			left -= op.Amount
		}
	}
	for amount := range p.told.back {
		left -= amount * int64(p.told.surelyElsewhere(after, is.ID, amount, w))
	}
	if is.Amount > left {
		w.violate("I3", "%s: a refund of %d was begun, and kasir had been told of so much that %d was left", p.invoice,
			is.Amount, left)
	}
}

// checkMovedOnce checks I14 for money that moved elsewhere: there are no more names of changes than movements of that
// kind and amount were known at any time. It guards other systems against booking one refund twice, because two sources
// reported it.
func (w *World) checkMovedOnce(after order.Order, h order.Change) {
	p := w.planOf(after.Invoice)
	if h.Moved == "" || p == nil || p.erased {
		return
	}
	if p.moved == nil {
		p.moved, p.mostMoved = map[kindAmount]map[string]bool{}, map[kindAmount]int{}
	}
	g := grouped(h.Moved, h.Amount)
	if p.moved[g] == nil {
		p.moved[g] = map[string]bool{}
	}
	p.moved[g][h.Key] = true
	for _, e := range after.Elsewhere() {
		g := grouped(e.Kind, e.Amount)
		p.mostMoved[g] = max(p.mostMoved[g], e.Count)
	}
	if len(p.moved[g]) > p.mostMoved[g] {
		w.violate("I14", "%s: %s of %d was published under %d names, and there were %d", after.Invoice, h.Moved,
			h.Amount, len(p.moved[g]), p.mostMoved[g])
	}
}
