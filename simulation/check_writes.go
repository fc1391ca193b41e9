package simulation

import (
	"slices"
	"time"

	"kasir/shared/order"
)

// checkWrite checks a write of an order and lets people react to it.
func (w *World) checkWrite(before, after order.Order) {
	p := w.planOf(after.Invoice)
	p.due, p.dueMoney = after.DueAt, after.DueMoney
	w.noteLearned(p, after)
	for _, is := range after.Operations {
		was, _ := before.Operation(is.ID)
		w.countDoubts(after.Invoice, was, is)
		w.checkBooking(after.Invoice, was, is)
		w.checkExpected(before, was, is)
		w.checkTold(p, after, was, is)
		w.checkRefusalWatched(after, was, is)
		if is.State == order.Parked && was.State != order.Parked {
			p.parked = true
			w.checkParked(p, is)
			w.resolveEarly(p, is)
		}
	}
	known := func(c order.Conflict) bool {
		return slices.ContainsFunc(before.Conflicts(), func(k order.Conflict) bool { return k.ID == c.ID })
	}
	for _, c := range after.Conflicts() {
		if len(before.Facts.Conflicts) == 0 || !known(c) {
			w.handleConflict(p, c)
		}
	}
	w.publishWrite(before, after)
	from, to := p.status, after.Status()
	p.status = to
	w.checkExpiry(p, from, after)
	if before.Version == 0 {
		if l := w.gateway.ledgers[after.Invoice]; l != nil {
			l.markStrangers(after.CreatedAt)
		}
		return
	}
	w.checkTransition(after, from, to)
	w.checkFacts(p, before, after)
	w.checkDecisions(p, before, after)
	w.checkSettledAlone(p, before, after)
	for _, was := range before.Operations {
		is, _ := after.Operation(was.ID)
		w.checkOperation(p, was, is)
	}
	w.checkNextPage(p, before, after)
	w.checkParkedBlocks(before, after)
}

// checkRefusalWatched checks I8 for a refusal: a minute later check status is asked whether DOKU agrees. It guards the
// books against a wrong refusal.
func (w *World) checkRefusalWatched(after order.Order, was, is order.Operation) {
	refused := is.State == order.Refused && was.State != order.Refused
	if !refused || is.Kind == order.KindCreatePage || is.Refusal.Code == order.NotCarriedOut {
		return
	}
	if after.DueAt.IsZero() || after.DueAt.After(w.now.Add(2*time.Minute)) {
		w.violate("I8", "%s: %s was refused, and check status is not asked whether DOKU agrees", after.Invoice, is.ID)
	}
}

// checkTransition checks I6 for the status. It guards against a payment that disappears behind a late failure, and
// against goods that are sent, or taken back, because of it.
func (w *World) checkTransition(after order.Order, from, to order.Status) {
	if !order.MayFollow(from, to) {
		w.violate("I6", "%s went from %s to %s", after.Invoice, from, to)
	}
	op, _ := after.Operation(string(order.KindCapture))
	if to == order.AuthorizationExpired && (op.State == order.Open || op.State == order.Parked) {
		w.violate("I6", "%s is %s while its capture is %s", after.Invoice, to, op.State)
	}
}

// checkFacts checks I6 for facts: a known fact is never lost or changed.
func (w *World) checkFacts(p *plan, before, after order.Order) {
	a, b := before.Facts, after.Facts
	lost := ""
	switch {
	case a.Page != nil && (b.Page == nil || b.Page.URL != a.Page.URL && b.Page.Generation <= a.Page.Generation &&
		!p.erased):
		lost = "its page"
	case a.Authorized != nil && (b.Authorized == nil || b.Authorized.ID > a.Authorized.ID ||
		b.Authorized.Amount > a.Authorized.Amount):
		lost = "its authorisation"
	case a.Captured != nil && (b.Captured == nil || b.Captured.Amount > a.Captured.Amount):
		lost = "its capture"
	case a.Paid != nil && (b.Paid == nil || b.Paid.Amount > a.Paid.Amount):
		lost = "its payment"
	case len(a.Failures) > len(b.Failures):
		lost = "a failure"
	case len(a.Conflicts) > len(b.Conflicts):
		lost = "a conflict"
	case len(a.Remarks) > len(b.Remarks) && !p.erased:
		lost = "a remark"
	case a.Authorized != nil && b.Authorized.ID != a.Authorized.ID && len(b.Conflicts) == 0:
		lost = "its authorisation, without a conflict"
	}
	if lost != "" {
		w.violate("I6", "%s lost or changed %s", after.Invoice, lost)
	}
	if was, is := before.Captured(), after.Captured(); is < was &&
		!slices.ContainsFunc(order.Changes(before, after), func(h order.Change) bool {
			return h.Reason == order.ReasonAmountCorrected
		}) {
		w.violate("I14", "%s was paid with %d, now it is %d, and nobody was told", after.Invoice, was, is)
	}
}

// checkOperation checks I6 for operations: a done operation stays done, a new generation comes only after a refusal,
// and one generation requests the same throughout.
func (w *World) checkOperation(p *plan, was, is order.Operation) {
	invoice := p.invoice
	switch {
	case is.ID == "":
		w.violate("I6", "%s lost the operation %s", invoice, was.ID)
	case was.State == order.Done && is.State == order.Refused && was.Type.Manual() &&
		(is.Resolved.By != "" || p.erased):
		// DOKU's people did not carry it out
	case was.State == order.Done && is.State == order.Open && was.Kind == order.KindCreatePage &&
		is.Generation == was.Generation+1:
		// the next page, see checkNextPage
	case was.State == order.Done && is.State != order.Done:
		w.violate("I6", "%s: %s was done and is %s", invoice, was.ID, is.State)
	case is.Generation != was.Generation && was.State == order.Open && w.doubts[was.RequestID].n == 0:
		// it ended without an effect, and the next generation was begun in the same write
	case is.Generation != was.Generation && was.State != order.Refused:
		w.violate("I6", "%s: %s got a new generation while it was %s", invoice, was.ID, was.State)
	case is.Generation == was.Generation && (is.RequestID != was.RequestID || is.Amount != was.Amount ||
		is.Fingerprint != was.Fingerprint):
		w.violate("I6", "%s: %s has another request in the same generation", invoice, was.ID)
	case is.Generation == was.Generation && was.State == order.Refused && is.State == order.Open:
		w.violate("I6", "%s: %s was refused and is open again", invoice, was.ID)
	}
}

// checkParkedBlocks checks I9: while a person looks at an operation it is not tried again, and nothing new is begun on
// its order. It guards against building on an unknown outcome. Operations that were begun before may be finished.
func (w *World) checkParkedBlocks(before, after order.Order) {
	if len(before.Review()) == 0 {
		return
	}
	for _, is := range after.Operations {
		was, existed := before.Operation(is.ID)
		if !existed || is.Generation > was.Generation || (was.State == order.Parked && is.Attempts > was.Attempts) {
			w.violate("I9", "%s: %s was begun while %s is parked", after.Invoice, is.ID, before.Review()[0].ID)
		}
	}
}
