package simulation

import (
	"slices"
	"time"

	"kasir/shared/order"
)

// wrote looks at every write of an order.
func (w *World) wrote(before, after order.Order) {
	p := w.planOf(after.Invoice)
	p.due, p.dueMoney = after.DueAt, after.DueMoney
	w.learned(p, after)
	if a, b := before.Facts.Authorized, after.Facts.Authorized; a != nil && b != nil && b.At.Before(a.At) {
		p.datedBack = p.datedBack || w.now.Add(90*time.Minute).After(b.ExpiresAt())
	}
	for _, is := range after.Operations {
		was, _ := before.Operation(is.ID)
		w.countDoubts(after.Invoice, was, is)
		w.bookedOnAnAnswer(after.Invoice, was, is)
		w.asExpected(before, was, is)
		w.lookedAtAgain(after, was, is)
		if is.State == order.Parked && was.State != order.Parked {
			p.parked = true
			w.parkedInDoubt(p, is)
			w.parked(p, is)
		}
	}
	w.hear(before, after)
	from, to := p.status, after.Status()
	p.status = to
	if len(after.Facts.Conflicts) == 0 { // else a person looks
		w.expiredOnDOKUsWord(p, from, after)
	}
	if before.Version == 0 {
		return
	}
	w.legalStatus(after, from, to)
	w.factsStay(before, after)
	for _, was := range before.Operations {
		is, _ := after.Operation(was.ID)
		w.legalOperation(after.Invoice, was, is)
	}
	w.noFurtherPage(before, after)
	w.parkedBlocks(before, after)
}

// lookedAtAgain is I8 for a refusal: a minute later check status is asked whether DOKU agrees. It guards the books
// against a refusal that was none.
func (w *World) lookedAtAgain(after order.Order, was, is order.Operation) {
	refused := is.State == order.Refused && was.State != order.Refused
	if !refused || is.Kind == order.CreatePage || is.Refusal.Code == order.NotCarriedOut {
		return
	}
	if after.DueAt.IsZero() || after.DueAt.After(w.now.Add(2*time.Minute)) {
		w.violate("I8", "%s: %s was refused, and check status is not asked whether DOKU agrees", after.Invoice, is.ID)
	}
}

// next lists the statuses that may follow each. Money beats timers and failures; nothing follows the money's return.
var next = map[order.Status][]order.Status{
	order.Creating:             {order.Pending, order.Failed, order.Authorized, order.Paid, order.Expired, order.AuthorizationExpired},
	order.Pending:              {order.Failed, order.Authorized, order.Paid, order.Expired, order.AuthorizationExpired},
	order.Failed:               {order.Authorized, order.Paid, order.Expired, order.AuthorizationExpired},
	order.Expired:              {order.Creating, order.Pending, order.Authorized, order.Paid, order.AuthorizationExpired},
	order.Authorized:           {order.Capturing, order.Paid, order.AuthorizationExpired},
	order.Capturing:            {order.Paid, order.Authorized, order.AuthorizationExpired},
	order.AuthorizationExpired: {order.Paid},
	order.Paid:                 {order.PartiallyRefunded, order.Refunded, order.Voided},
	order.PartiallyRefunded:    {order.Refunded},
}

// legalStatus is I6: no illegal change of status. It guards against a payment that disappears behind a late failure,
// and goods that are sent, or taken back, because of it.
func (w *World) legalStatus(after order.Order, from, to order.Status) {
	if from != to && !slices.Contains(next[from], to) {
		w.violate("I6", "%s went from %s to %s", after.Invoice, from, to)
	}
	op, _ := after.Operation(string(order.CapturePart))
	if to == order.AuthorizationExpired && (op.State == order.Open || op.State == order.Parked) {
		w.violate("I6", "%s is %s while its capture is %s", after.Invoice, to, op.State)
	}
}

// factsStay is I6 for facts: what is known to have happened is never forgotten or changed.
func (w *World) factsStay(before, after order.Order) {
	a, b := before.Facts, after.Facts
	lost := ""
	switch {
	case a.Page != nil && (b.Page == nil || b.Page.URL != a.Page.URL):
		lost = "its page"
	case a.Authorized != nil && (b.Authorized == nil || b.Authorized.ID != a.Authorized.ID || b.Authorized.Amount != a.Authorized.Amount):
		lost = "its authorisation"
	case a.Captured != nil && (b.Captured == nil || b.Captured.Amount != a.Captured.Amount):
		lost = "its capture"
	case a.Paid != nil && (b.Paid == nil || b.Paid.Amount != a.Paid.Amount):
		lost = "its payment"
	case len(a.Failures) > len(b.Failures):
		lost = "a failure"
	case len(a.Conflicts) > len(b.Conflicts):
		lost = "a conflict"
	}
	if lost != "" {
		w.violate("I6", "%s lost or changed %s", after.Invoice, lost)
	}
}

// legalOperation is I6 for operations: done stays done, a new generation comes only after a refusal, and within one
// generation nothing else is asked.
func (w *World) legalOperation(invoice string, was, is order.Operation) {
	switch {
	case is.ID == "":
		w.violate("I6", "%s lost the operation %s", invoice, was.ID)
	case was.State == order.Done && is.State != order.Done:
		w.violate("I6", "%s: %s was done and is %s", invoice, was.ID, is.State)
	case is.Generation != was.Generation && was.State == order.Open && w.doubts[was.RequestID].n == 0:
		// it ended as not carried out, and the next was begun in the same write
	case is.Generation != was.Generation && was.State != order.Refused:
		w.violate("I6", "%s: %s got a new generation while it was %s", invoice, was.ID, was.State)
	case is.Generation == was.Generation && (is.RequestID != was.RequestID || is.Amount != was.Amount || is.Fingerprint != was.Fingerprint):
		w.violate("I6", "%s: %s asks for something else under the same generation", invoice, was.ID)
	case is.Generation == was.Generation && was.State == order.Refused && is.State == order.Open:
		w.violate("I6", "%s: %s was refused and is open again", invoice, was.ID)
	}
}

// noFurtherPage is I6: no page is asked for once there is money. It guards against a customer who pays twice, since
// DOKU may have forgotten the first request.
func (w *World) noFurtherPage(before, after order.Order) {
	was, _ := before.Operation(string(order.CreatePage))
	is, _ := after.Operation(string(order.CreatePage))
	begun := is.Generation > was.Generation || is.Attempts > was.Attempts
	if f := before.Facts; begun && (f.Authorized != nil || f.Captured != nil || f.Paid != nil) {
		w.violate("I6", "a page of %s is asked for, which has money", after.Invoice)
	}
}

// parkedBlocks is I9: while a person looks at an operation it is not tried again, and nothing new is begun with its
// order. It guards against building on what may or may not have happened. What was begun before may be finished.
func (w *World) parkedBlocks(before, after order.Order) {
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
