package simulation

import (
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// checkCases checks I21 at rest: a person was told of every open case, and an order that differs from DOKU's books has
// one, unless a person has dealt with it. Once people have done their part, no case is left. It guards against a
// difference that nobody is asked to look at, and against an alarm that nobody can end.
func (w *World) checkCases(p *plan, o order.Order, l *ledger, resolved bool) {
	cases := o.Cases()
	for _, c := range cases {
		if !w.wasTold(p, c.Kind) {
			w.violate("I21", "%s waits for a person because of %s, and nobody was told", o.Invoice, c.Kind)
		}
		if resolved && !p.misled && !p.erased {
			w.violate("I21", "%s: nobody can settle %s", o.Invoice, c.Kind)
		}
	}
	for _, subject := range waiting(o) {
		if !slices.ContainsFunc(cases, func(c order.Case) bool { return c.Subject == subject }) {
			w.violate("I21", "%s is not among the open cases of %s", subject, o.Invoice)
		}
	}
	left := o.Captured() - o.Refunded() - o.ElsewhereRefunded() - o.ChargedBack()
	for kind, needed := range map[order.AttentionKind]bool{
		order.ReasonLate:       o.Late() && left > 0,
		order.ReasonClosedPaid: o.Facts.Closed != nil && o.Captured() > 0 && left > 0,
	} {
		is := slices.ContainsFunc(cases, func(c order.Case) bool { return c.Kind == kind })
		_, reserved := o.Decision(string(kind))
		_, captured := o.Decision(string(kind) + " captured")
		if acknowledged := captured || reserved && o.Facts.Captured == nil; needed && !is && !acknowledged {
			w.violate("I21", "%s is not among the open cases of %s", kind, o.Invoice)
		}
	}
	settled := l.touchedElsewhere() || p.oddRow || p.untold || p.erased || p.misled || p.misdecided || touched(o)
	if !settled && !slices.ContainsFunc(cases, explains) && w.differs(o, l) {
		w.violate("I21", "%s differs from DOKU's books, and nobody is asked to look: %s, %d taken, %d given back",
			o.Invoice, o.Status(), o.Captured(), o.Refunded())
	}
}

// waiting returns the operations and conflicts that wait for a person.
func waiting(o order.Order) []string {
	var all []string
	for _, op := range o.Operations {
		if op.State == order.Parked || op.State == order.Done && op.Type.Manual() {
			all = append(all, op.ID)
		}
	}
	for _, c := range o.OpenConflicts() {
		if c.Kind != order.ConflictOverflow {
			all = append(all, c.ID)
		}
	}
	return all
}

// explains reports whether a case may be about a difference from DOKU's books.
func explains(c order.Case) bool {
	switch c.Kind {
	case order.ReasonLate, order.ReasonClosedPaid, order.ReasonAuthorizationExpiring, order.ReasonAutoCaptureFailed,
		order.RemarkOddCode:
		return false
	}
	return true
}

// differs reports whether an order has other amounts than DOKU's books. Of several payments DOKU may have reported only
// one; for those that it reported see checkConflicts.
func (w *World) differs(o order.Order, l *ledger) bool {
	if len(l.payments) > 1 {
		return false
	}
	taken := o.Captured() == l.taken() || o.Captured() == l.claimed()
	held := (l.authorized() == nil) == (o.Facts.Authorized == nil)
	return !taken || !held || o.Refunded() != sum(l.refunds)
}

// touched reports whether a person has dealt with anything in an order.
func touched(o order.Order) bool {
	return len(o.Facts.Decisions) > 0 || slices.ContainsFunc(o.Operations,
		func(op order.Operation) bool { return op.Resolved.By != "" })
}

// wasTold reports whether a person was told of a case. The previous version erases why an operation was parked. Then
// the person was told of it by its other kind.
func (w *World) wasTold(p *plan, kind order.AttentionKind) bool {
	return w.raisedKind(p.invoice, kind) ||
		p.erased && kind == order.ReasonParked && w.raisedKind(p.invoice, order.ReasonRefusedInDoubt)
}

// raisedKind reports whether a person was told of a kind of attention about an order.
func (w *World) raisedKind(invoice string, kind order.AttentionKind) bool {
	return w.told[invoice+" "+string(kind)]
}

// checkSettledAlone checks I19 for acknowledgements: one ends its case and no other. It also lets a clerk acknowledge
// some of the new cases soon. The choice draws no number, so that it changes no other.
func (w *World) checkSettledAlone(p *plan, before, after order.Order) {
	known, open := before.Cases(), after.Cases()
	acknowledged, ended := len(after.Acknowledgements())-len(before.Acknowledgements()), 0
	for _, was := range known {
		if !slices.ContainsFunc(open, same(was)) {
			ended++
		}
	}
	if acknowledged > 0 && ended > acknowledged && !p.erased {
		w.violate("I19", "%s: acknowledging %d of the cases has ended %d", p.invoice, acknowledged, ended)
	}
	for _, is := range open {
		if slices.ContainsFunc(known, same(is)) {
			continue
		}
		sum := fnv.New32a()
		sum.Write([]byte(p.invoice + string(is.Kind) + is.Subject + w.now.String()))
		if sum.Sum32()%4 == 0 {
			w.queue.put(w.now.Add(time.Hour), func() {
				if !aboutBooks(is) || w.booksAreClear(p) && !w.keepBooks(p) {
					w.acknowledge(p, is)
				}
			})
		}
	}
}

func same(a order.Case) func(order.Case) bool {
	return func(b order.Case) bool { return a.Kind == b.Kind && a.Subject == b.Subject }
}

// acknowledge lets a clerk end a case. A case that is settled by its result must not end so.
func (w *World) acknowledge(p *plan, c order.Case) {
	again := false
	w.start("acknowledge "+p.invoice, func(ctx context.Context) {
		_, err := w.service.Acknowledge(ctx, payment.AcknowledgeRequest{
			Invoice: p.invoice, Kind: c.Kind, Subject: c.Subject, Act: order.Act{By: "clerk", Note: "simulated"},
		})
		w.note("answered", outcome(err))
		again = errors.Is(err, payment.ErrStore)
		left := slices.ContainsFunc(w.store.peek(p.invoice).Cases(), same(c))
		switch {
		case p.erased || again:
		case err == nil && left:
			w.violate("I19", "%s: a person was told that %s is settled, and it is open", p.invoice, c.Kind)
		case err == nil && !c.Row().Acknowledged && c.Kind != order.ReasonConflict:
			w.violate("I19", "%s: %s was acknowledged, and its result is not recorded", p.invoice, c.Kind)
		}
	}, nil)
}

// acknowledgeAll lets a clerk end the cases that are left at rest, and record the manual refunds. It reports whether
// there were any.
func (w *World) acknowledgeAll(p *plan) bool {
	any := false
	o := w.store.peek(p.invoice)
	for _, c := range o.Cases() {
		switch c.Kind {
		case order.ReasonParked, order.ReasonRefusedInDoubt: // an operator resolves them
			continue
		case order.ReasonManualRefund:
			op, _ := o.Operation(c.Subject)
			w.recordManual(p, op.ID, !w.rejectedBy(p.invoice, op.RequestID))
		case order.ReasonConflict:
			if len(o.OpenConflicts()) > 1 || o.OpenConflicts()[0].Kind != order.ConflictOverflow {
				continue
			}
			w.acknowledge(p, c)
		default:
			w.acknowledge(p, c)
		}
		any = true
	}
	return any
}
