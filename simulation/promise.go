package simulation

import (
	"kasir/shared/order"
	"kasir/shared/payment"
)

// promise is what a caller was told.
type promise struct {
	invoice   string
	refused   bool // DOKU did not do it
	operation order.Operation
	url       string // of a page
}

// promiseDone notes that a caller was told that DOKU did it. It is I5: the answer rests on what is stored and on what
// DOKU did.
func (w *World) noteDone(p *plan, answer payment.Answer) {
	op := answer.Operation
	stored, _ := w.store.peek(p.invoice).Operation(op.ID)
	switch {
	case p.misled:
	case stored.State == order.Refused && w.rejectedBy(p.invoice, op.RequestID):
		// the caller read it before a person wrote that DOKU's people had not carried it out
	case stored.State != order.Done || stored.RequestID != op.RequestID:
		w.violate("I5", "the caller was told that %s of %s is done, but it is stored as %s", op.ID, p.invoice, stored.State)
	case !w.gateway.carriedOut(p.invoice, op.RequestID) && !w.rejectedBy(p.invoice, op.RequestID):
		w.violate("I5", "the caller was told that %s of %s is done, but DOKU did not do it", op.ID, p.invoice)
	}
	made := promise{invoice: p.invoice, operation: op}
	if op.Kind == order.KindCreatePage {
		made.url = string(answer.Order.Facts.Page.URL)
		if made.url != pageURL(op.RequestID) && !p.erased {
			w.violate("I5", "%s: the caller was given %q for a page", p.invoice, made.url)
		}
	}
	w.promises = append(w.promises, made)
}

// asAsked is I5: what a caller is answered is about what it asked for. 0 asks for all there is.
func (w *World) checkAnswered(p *plan, answer payment.Answer, amount int64) {
	if answer.Operation.ID != "" && amount != 0 && answer.Operation.Amount != amount {
		w.violate("I5", "%s: the caller asked for %d and was answered about %s of %d", p.invoice, amount, answer.Operation.ID, answer.Operation.Amount)
	}
}

// refusedAsAsked is I5: a caller hears of the refusal of what it asked for, not of a question that kasir put to DOKU.
func (w *World) checkRefusalAsked(p *plan, requestID string) {
	if w.gateway.bodies[requestID] == nil {
		w.violate("I5", "%s: the caller was told of the refusal of %s, which it did not ask for", p.invoice, brief(requestID))
	}
}

// promiseRefused notes that a caller was told that DOKU did not do it. A page that was made and that nobody received
// binds nobody.
func (w *World) noteRefused(p *plan, requestID string) {
	if w.gateway.movedMoney(p.invoice, requestID) && !p.misled {
		w.violate("I5", "the caller was told that %s of %s was refused, but DOKU had done it", brief(requestID), p.invoice)
	}
	w.promises = append(w.promises, promise{invoice: p.invoice, refused: true, operation: order.Operation{RequestID: requestID}})
}

// notPromisedRefused is I5: what a caller was told was refused does not happen after all. It guards against the
// caller's doing it by other means, such as a transfer.
func (w *World) checkNotRefused(l *ledger, requestID string) {
	for _, made := range w.promises {
		if made.refused && made.operation.RequestID == requestID && !w.misled(l.invoice) {
			w.violate("I5", "%s: the caller was told that %s was refused, and now DOKU does it", l.invoice, brief(requestID))
		}
	}
}

// promisesKept is I5 at rest: what was done stays done, as it was told.
func (w *World) checkPromises() {
	for _, made := range w.promises {
		o := w.store.peek(made.invoice)
		op, _ := o.Operation(made.operation.ID)
		switch {
		case made.refused, w.misled(made.invoice), w.rejectedBy(made.invoice, made.operation.RequestID):
		case op.Kind == order.KindCreatePage && op.Generation > made.operation.Generation: // a next page, see noFurtherPage
		case op.State != order.Done || op.RequestID != made.operation.RequestID || op.Amount != made.operation.Amount:
			w.violate("I5", "%s: the caller was told that %s of %d is done, now it is %s of %d", made.invoice, made.operation.ID, made.operation.Amount, op.State, op.Amount)
		case made.url != "" && (o.Facts.Page == nil || string(o.Facts.Page.URL) != made.url):
			w.violate("I5", "%s: the caller was given another page", made.invoice)
		}
	}
}
