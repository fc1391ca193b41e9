package simulation

import (
	"reflect"
	"slices"

	"kasir/shared/order"
)

// checkRest looks at what is left when nothing happens any more. resolved tells that an operator has settled what was
// parked.
func (w *World) checkRest(resolved bool) {
	for _, p := range w.plans {
		o, l := w.store.peek(p.invoice), w.gateway.ledgers[p.invoice]
		if o.Version == 0 {
			w.nothingWithoutOrder(p, l)
			continue
		}
		w.allSettled(p, o, resolved)
		w.attended(o)
		w.triedToTheEnd(p, o)
		if l == nil {
			l = &ledger{invoice: p.invoice}
		}
		w.truth(p, o, l)
		w.prompt(p, o, l)
	}
	w.promisesKept()
}

// nothingWithoutOrder is I10 at rest. A page that somebody else made is not ours to know of.
func (w *World) nothingWithoutOrder(p *plan, l *ledger) {
	if l != nil && !p.early {
		w.violate("I10", "DOKU has %s, of which nothing is stored", p.invoice)
	}
}

// allSettled is I8: every operation ends done, refused or parked, and no order is left waiting. It guards against money
// that is in doubt without a person being called. A page that nobody received may stay open: its order expires.
func (w *World) allSettled(p *plan, o order.Order, resolved bool) {
	for _, op := range o.Operations {
		switch {
		case op.State == order.Open && op.Kind != order.CreatePage:
			w.violate("I8", "%s: %s is open, and nobody looks at it", o.Invoice, op.ID)
		case op.State == order.Parked && resolved && !p.misled:
			w.violate("I8", "%s: %s is parked again", o.Invoice, op.ID)
		case op.Kind == order.CreatePage && (op.State == order.Parked || !op.HaltedAt.IsZero()):
			w.violate("I8", "%s: a page is in doubt", o.Invoice)
		}
	}
	waiting := []order.Status{order.Creating, order.Pending, order.Failed, order.Authorized}
	if slices.Contains(waiting, o.Status()) || (o.Status() == order.Capturing && len(o.Review()) == 0) {
		w.violate("I8", "%s is left %s for ever", o.Invoice, o.Status())
	}
}

// truth is I4: what is known here is what happened at DOKU. It guards the merchant's books. What is parked is exempt,
// until an operator has looked.
func (w *World) truth(p *plan, o order.Order, l *ledger) {
	f := o.Facts
	switch {
	case p.misled, p.excused && len(f.Conflicts) > 0: // a person was told, see attended
		return
	case w.unanswerable(o):
		return
	case p.wrong && (l.paid != nil || l.authorized != nil):
		if len(f.Conflicts) == 0 || o.Captured() != 0 {
			w.violate("I4", "%s: a wrong amount was taken for money", o.Invoice)
		}
		return
	case len(f.Conflicts) > 0:
		w.violate("I4", "%s is in conflict for no reason: %s", o.Invoice, f.Conflicts[0])
	case (l.paid == nil) != (f.Paid == nil) || l.paid != nil && l.paid.amount != f.Paid.Amount:
		w.violate("I4", "%s: the payment differs from DOKU's", o.Invoice)
	case (l.authorized == nil) != (f.Authorized == nil) || l.authorized != nil && l.authorized.amount != f.Authorized.Amount:
		w.violate("I4", "%s: the authorisation differs from DOKU's", o.Invoice)
	}
	w.trueCapture(o, l)
	w.trueRefunds(o, l)
	w.trueStatus(o, l)
}

// trueStatus is I4 for what callers are shown: they act on the status.
func (w *World) trueStatus(o order.Order, l *ledger) {
	want := []order.Status{order.Expired}
	back := sum(l.refunds)
	switch {
	case len(o.Review()) > 0: // until an operator has looked
		return
	case l.taken() > 0 && back == 0:
		want = []order.Status{order.Paid}
	case l.taken() > 0 && back < l.taken():
		want = []order.Status{order.PartiallyRefunded}
	case l.taken() > 0:
		want = []order.Status{order.Refunded, order.Voided}
	case l.authorized != nil:
		want = []order.Status{order.AuthorizationExpired}
	}
	if !slices.Contains(want, o.Status()) {
		w.violate("I4", "%s is %s, DOKU took %d and gave back %d", o.Invoice, o.Status(), l.taken(), back)
	}
}

func (w *World) trueCapture(o order.Order, l *ledger) {
	if op, ok := o.Operation(string(order.CapturePart)); ok && op.State == order.Parked && o.Facts.Captured == nil {
		return
	}
	known := int64(0)
	if o.Facts.Captured != nil {
		known = o.Facts.Captured.Amount
	}
	if known != sum(l.captures) {
		w.violate("I4", "%s: %d is known as captured, DOKU captured %d", o.Invoice, known, sum(l.captures))
	}
}

func (w *World) trueRefunds(o order.Order, l *ledger) {
	matched := 0
	for _, op := range o.Refunds() {
		did := w.gateway.did(o.Invoice, op.RequestID)
		if did {
			matched++
		}
		if op.State != order.Parked && did != (op.State == order.Done) {
			w.violate("I4", "%s: the refund %s is %s, at DOKU it is done: %t", o.Invoice, op.ID, op.State, did)
		}
	}
	if matched != len(l.refunds) {
		w.violate("I4", "%s: DOKU has %d refunds, %d of them are known", o.Invoice, len(l.refunds), matched)
	}
}

// unanswerable reports whether an order has ended although nobody could say whether it was paid: no notification
// came, and check status did not answer for a day after the page. Such an order is marked as unconfirmed.
func (w *World) unanswerable(o order.Order) bool {
	return !w.schedule.Prompt && o.Status() == order.Expired && (unconfirmed(reflect.ValueOf(o)) || w.oldWriters())
}

// unconfirmed looks for a mark of that name that is set.
func unconfirmed(v reflect.Value) bool {
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		switch {
		case name == "Unconfirmed" && !field.IsZero():
			return true
		case (name == "Facts" || name == "Watch") && unconfirmed(field):
			return true
		}
	}
	return false
}
