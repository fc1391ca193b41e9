package simulation

import (
	"reflect"
	"slices"

	"kasir/shared/order"
)

// checkRest checks the final state, when nothing is left to happen. resolved is set once an operator has settled the
// parked operations.
func (w *World) checkRest(resolved bool) {
	for _, p := range w.plans {
		o, l := w.store.peek(p.invoice), w.gateway.ledgers[p.invoice]
		if o.Version == 0 {
			w.checkNoOrder(p, l)
			continue
		}
		w.checkSettled(p, o, resolved)
		w.checkAttention(o)
		w.checkAutoCapture(p, o)
		if l == nil {
			l = &ledger{invoice: p.invoice}
		}
		w.checkCases(p, o, l, resolved)
		w.checkConflicts(p, o, l)
		w.checkTruth(p, o, l, resolved)
		w.checkBooks(p, o, l, resolved)
		w.checkPromptness(p, o, l)
	}
	w.checkPromises()
}

// checkNoOrder checks I10 at rest for an invoice without an order. A page that somebody else made needs none.
func (w *World) checkNoOrder(p *plan, l *ledger) {
	if l != nil && !p.early {
		w.violate("I10", "DOKU has %s, but no order is stored", p.invoice)
	}
}

// checkSettled checks I8: every operation ends done, refused or parked, and no order is left waiting. It guards against
// doubt about money for which no person is called. A page that nobody received may stay open: its order expires.
func (w *World) checkSettled(p *plan, o order.Order, resolved bool) {
	for _, op := range o.Operations {
		switch {
		case op.State == order.Open && op.Kind != order.KindCreatePage:
			w.violate("I8", "%s: %s is open, and nobody looks at it", o.Invoice, op.ID)
		case op.State == order.Parked && resolved && !p.misled:
			w.violate("I8", "%s: %s is parked again", o.Invoice, op.ID)
		case op.Kind == order.KindCreatePage && (op.State == order.Parked || !op.HaltedAt.IsZero()):
			w.violate("I8", "%s: a page is in doubt", o.Invoice)
		}
	}
	waiting := []order.Status{order.Creating, order.Pending, order.Failed, order.Authorized}
	if slices.Contains(waiting, o.Status()) || (o.Status() == order.Capturing && len(o.Review()) == 0) {
		w.violate("I8", "%s is left %s for ever", o.Invoice, o.Status())
	}
}

// checkConflicts checks I4 for conflicts: two reported payments of one order are a conflict, and there is no conflict
// without a reason. It guards against a second payment that nobody sees, and against needless work for people.
func (w *World) checkConflicts(p *plan, o order.Order, l *ledger) {
	told := 0
	for _, m := range l.payments {
		if m.reported {
			told++
		}
	}
	if told > 1 && len(o.Conflicts()) == 0 {
		w.violate("I4", "%s was paid %d times, DOKU said so, and there is no conflict", o.Invoice, told)
	}
	if p.misled || p.misdecided || p.erased {
		return
	}
	for _, c := range o.Conflicts() {
		if !slices.Contains(p.reasons, c.Kind) && !w.hasReason(p, l, c.Kind) {
			w.violate("I4", "%s is in conflict without a reason: %s", o.Invoice, c.Detail)
		}
	}
}

// hasReason reports whether events at DOKU justify a kind of conflict. A report of what is left after a refund is one
// of another payment if it has another approval code.
func (w *World) hasReason(p *plan, l *ledger, kind order.ConflictKind) bool {
	switch kind {
	case order.ConflictAmount:
		other := slices.Contains(p.reasons, order.ConflictSecondPayment) || len(l.payments) > 1
		return p.delta != 0 || (l.touchedElsewhere() || other) && w.gateway.refundReport == reportRest
	case order.ConflictWentBack, order.ConflictCaptureElsewhere, order.ConflictCaptureAmount:
		return l.touchedElsewhere()
	case order.ConflictSecondPayment, order.ConflictSecondCard, order.ConflictPaidBeside, order.ConflictAuthorization:
		return len(l.payments) > 1
	}
	return false
}

// checkTruth checks I4: the order holds the events at DOKU, or a person was told of the difference. It guards the
// merchant's books. Once people have done their part, only their wrong decisions are exempt.
func (w *World) checkTruth(p *plan, o order.Order, l *ledger, resolved bool) {
	f := o.Facts
	paid, authorized := l.paid(), l.authorized()
	open := len(o.OpenConflicts()) > 0
	switch {
	case p.misled, p.misdecided, w.unanswerable(o), p.undated && (len(f.Remarks) > 0 || p.erased):
		return
	case l.touchedElsewhere(), p.oddRow, p.untold, w.restLikePromo(o, paid): // see checkBooks
		return
	case open && resolved && o.OpenConflicts()[0].Kind != order.ConflictOverflow:
		w.violate("I8", "%s: nobody can decide the conflict %s", o.Invoice, o.OpenConflicts()[0].Kind)
	case open, !resolved && w.unrecordedRejection(o): // a person was told, see checkAttention
		return
	case len(l.payments) > 1: // DOKU may have reported only one; the other is given back in its Back Office
	case w.uncountable(o, paid), w.uncountable(o, authorized): // this one too
		if o.Captured() != 0 || f.Authorized != nil {
			w.violate("I4", "%s: a payment above the order's amount was counted", o.Invoice)
		}
		return
	case (paid == nil) != (f.Paid == nil) || paid != nil && !paid.isAmount(f.Paid.Amount, f):
		w.violate("I4", "%s: the payment differs from DOKU's", o.Invoice)
	case (authorized == nil) != (f.Authorized == nil) ||
		authorized != nil && !authorized.isAmount(f.Authorized.Amount, f):
		w.violate("I4", "%s: the authorisation differs from DOKU's", o.Invoice)
	default:
		w.checkStatus(o, l)
	}
	w.checkCapture(o, l)
	w.checkRefunds(o, l)
}

// restLikePromo reports whether a refund leaves just as much as a promo discount does. DOKU's amount does not tell one
// from the other. The lower amount then counts as paid, and a person was told.
func (w *World) restLikePromo(o order.Order, paid *money) bool {
	return w.gateway.refundReport == reportRest && paid != nil && o.Facts.Paid != nil &&
		o.Facts.Paid.Amount < paid.amount && o.AcceptsAmount(o.Facts.Paid.Amount) && len(o.Facts.Remarks) > 0
}

// uncountable reports whether a payment exceeds the order's amount: then it cannot count.
func (w *World) uncountable(o order.Order, m *money) bool { return m != nil && m.amount > o.Amount }

// isAmount reports whether an order holds the payment's amount as DOKU reported it, which is the least of several
// reported ones. Where a report with a conflict named another, a person was told and the amount stayed.
func (m *money) isAmount(amount int64, f order.Facts) bool {
	return amount == m.amount || m.full > 0 && amount == m.full && (m.leastReported != m.amount || len(f.Conflicts) > 0)
}

// checkStatus checks I4 for the status, which callers see and act on.
func (w *World) checkStatus(o order.Order, l *ledger) {
	want := []order.Status{order.Expired}
	back := l.givenBack()
	if !w.reported { // nothing shows that DOKU did a refund again
		back -= sum(l.doubles)
	}
	switch {
	case len(o.Review()) > 0, slices.ContainsFunc(o.Cases(), aboutBooks): // until an operator has looked
		return
	case o.Captured() != l.taken() && o.Captured() == l.claimed(): // the order's amount counts, see isAmount
		return
	case l.taken() > 0 && back == 0:
		want = []order.Status{order.Paid}
	case l.taken() > 0 && back < l.taken():
		want = []order.Status{order.PartiallyRefunded}
	case l.taken() > 0:
		want = []order.Status{order.Refunded, order.Voided}
	case l.authorized() != nil:
		want = []order.Status{order.AuthorizationExpired}
	}
	if !slices.Contains(want, o.Status()) {
		w.violate("I4", "%s is %s, DOKU took %d and gave back %d", o.Invoice, o.Status(), l.taken(), back)
	}
}

func (w *World) checkCapture(o order.Order, l *ledger) {
	if op, ok := o.Operation(string(order.KindCapture)); ok && op.State == order.Parked && o.Facts.Captured == nil {
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

func (w *World) checkRefunds(o order.Order, l *ledger) {
	matched := 0
	for _, op := range o.Refunds() {
		did := w.gateway.carriedOut(o.Invoice, op.RequestID)
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

// unanswerable reports whether an order expired although nobody could say whether it was paid: no notification came,
// and check status did not answer for a day after the page. Such an order is marked as unconfirmed.
func (w *World) unanswerable(o order.Order) bool {
	return !w.schedule.Prompt && o.Status() == order.Expired && (unconfirmed(reflect.ValueOf(o)) || w.oldWriters())
}

// unconfirmed reports whether a field Unconfirmed is set.
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
