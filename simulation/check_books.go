package simulation

import (
	"slices"
	"strings"

	"kasir/shared/order"
)

// checkBooks checks I22: once a settlement report has told of everything, an order's books agree with DOKU's, or a case
// is open. Once people have done their part, they agree. It guards the merchant's books against money that moved
// elsewhere.
func (w *World) checkBooks(p *plan, o order.Order, l *ledger, resolved bool) {
	if !w.reported || p.misled || p.misdecided || p.undated || len(l.payments) > 1 || w.unanswerable(o) ||
		w.uncountable(o, l.paid()) || w.uncountable(o, l.authorized()) {
		return
	}
	var differ []string
	add := func(what string, here, there int64) {
		if here != there {
			differ = append(differ, what)
		}
	}
	taken := l.taken()
	if o.Captured() == l.claimed() {
		taken = o.Captured()
	}
	add("taken", o.Captured(), taken)
	back := l.givenBack()
	if !l.voidedAt.IsZero() && (o.Facts.Authorized != nil || o.ElsewhereRefunded() > 0) {
		back += l.authorized().amount
	}
	add("given back", o.Refunded()+o.ElsewhereRefunded(), back)
	add("charged back", o.ChargedBack(), l.disputed())
	if l.authorized() != nil && o.Facts.Authorized != nil && l.taken() == 0 {
		add("voided", word(o.Status() == order.Voided), word(!l.voidedAt.IsZero()))
	}
	if left := l.taken() - l.givenBack() - l.disputed(); o.Refundable() > max(left, 0) && o.Captured() == l.taken() {
		differ = append(differ, "refundable")
	}
	seen := w.wasTold(p, order.RemarkSettlement)
	if p.mustTell && !seen {
		w.violate("I22", "%s: a row of a settlement report differs, and nobody was asked to look", o.Invoice)
	}
	if resolved && w.gateway.refundReport == reportWhole && w.believedWhole(o) {
		return
	}
	if slices.Contains(differ, "taken") && (seen || p.untold) || !resolved && (p.untold || p.misrecorded) {
		return // no person can make kasir take a payment
	}
	if len(differ) == 0 || !resolved && slices.ContainsFunc(o.Cases(), explainsBooks) {
		return
	}
	w.violate("I22", "%s differs in what was %s, once told: here %d taken, %d and %d given back, %d charged back, "+
		"%d refundable; at DOKU %d, %d, %d", o.Invoice, strings.Join(differ, ", "), o.Captured(), o.Refunded(),
		o.ElsewhereRefunded(), o.ChargedBack(), o.Refundable(), l.taken(), l.givenBack(), l.disputed())
}

func word(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// givenBack returns the money that was given back, by whomever.
func (l *ledger) givenBack() int64 { return sum(l.refunds) + sum(l.doubles) + l.elsewhere() }

// believedWhole reports whether a refund of everything, in doubt, was settled by REFUNDED of check status, while DOKU
// says so of a part that people gave back. No record can undo that.
func (w *World) believedWhole(o order.Order) bool {
	return slices.ContainsFunc(o.Refunds(), func(op order.Operation) bool {
		return op.State == order.Done && !w.gateway.carriedOut(o.Invoice, op.RequestID) &&
			w.gateway.sameElsewhere(o.Invoice, op)
	})
}

// aboutBooks reports whether a person compares the order with DOKU's books before acknowledging a case.
func aboutBooks(c order.Case) bool {
	return c.Kind == order.RemarkElsewhere || c.Kind == order.ReasonOverdrawn || c.Kind == order.ReasonUnaccounted
}

// explainsBooks reports whether a case is about amounts.
func explainsBooks(c order.Case) bool {
	switch c.Kind {
	case order.RemarkElsewhere, order.ReasonUnaccounted, order.ReasonOverdrawn, order.RemarkSettlement,
		order.ReasonConflict, order.ReasonParked, order.ReasonRefusedInDoubt, order.ReasonManualRefund,
		order.ReasonAmountCorrected:
		return true
	}
	return false
}
