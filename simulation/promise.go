package simulation

import (
	"kasir/shared/order"
	"kasir/shared/payment"
)

// promise is an outcome that a caller was told.
type promise struct {
	invoice   string
	refused   bool // otherwise it is done
	operation order.Operation
	url       string // of a page
}

// noteDone notes that a caller was told that an operation is done. It checks I5: the answer agrees with the store and
// with DOKU.
func (w *World) noteDone(p *plan, answer payment.Answer) {
	op := answer.Operation
	stored, _ := w.store.peek(p.invoice).Operation(op.ID)
	switch {
	case p.misled:
	case stored.State == order.Refused && w.rejectedBy(p.invoice, op.RequestID):
		// the caller read it before a person recorded that DOKU's people had not carried it out
	case stored.State != order.Done || stored.RequestID != op.RequestID:
		w.violate("I5", "the caller was told that %s of %s is done, but it is stored as %s", op.ID, p.invoice,
			stored.State)
	case w.gateway.sameElsewhere(p.invoice, op):
		// DOKU's report of the same act elsewhere cannot be told apart from one of this operation
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

// checkAnswered checks I5: the answer to a caller is about the requested amount. 0 requests everything.
func (w *World) checkAnswered(p *plan, answer payment.Answer, amount int64) {
	op := answer.Operation
	if op.ID != "" && amount != 0 && op.Amount != amount {
		w.violate("I5", "%s: the caller asked for %d and was answered about %s of %d", p.invoice, amount, op.ID,
			op.Amount)
	}
}

// checkRefusalAsked checks I5: a caller is told of the refusal of its own request, never of a query that kasir sent to
// DOKU.
func (w *World) checkRefusalAsked(p *plan, requestID string) {
	if w.gateway.bodies[requestID] == nil {
		w.violate("I5", "%s: the caller was told of the refusal of %s, which it did not request", p.invoice,
			brief(requestID))
	}
}

// noteRefused notes that a caller was told that DOKU refused. A page that was made and that nobody received binds
// nobody.
func (w *World) noteRefused(p *plan, requestID string) {
	if w.gateway.movedMoney(p.invoice, requestID) && !p.misled {
		w.violate("I5", "the caller was told that %s of %s was refused, but DOKU had done it", brief(requestID),
			p.invoice)
	}
	w.promises = append(w.promises, promise{invoice: p.invoice, refused: true,
		operation: order.Operation{RequestID: requestID}})
}

// checkNotRefused checks I5: an operation does not happen after its caller was told that it was refused. It guards
// against a caller who pays by other means, such as a transfer.
func (w *World) checkNotRefused(l *ledger, requestID string) {
	for _, made := range w.promises {
		if made.refused && made.operation.RequestID == requestID && !w.misled(l.invoice) {
			w.violate("I5", "%s: the caller was told that %s was refused, and now DOKU does it", l.invoice,
				brief(requestID))
		}
	}
}

// checkPromises checks I5 at rest: an operation that was answered as done stays done, as it was told.
func (w *World) checkPromises() {
	for _, made := range w.promises {
		o := w.store.peek(made.invoice)
		op, _ := o.Operation(made.operation.ID)
		switch {
		case made.refused, w.misled(made.invoice), w.rejectedBy(made.invoice, made.operation.RequestID):
		case op.Kind == order.KindCreatePage && op.Generation > made.operation.Generation:
			// a next page, see checkNextPage
		case op.State != order.Done || op.RequestID != made.operation.RequestID || op.Amount != made.operation.Amount:
			w.violate("I5", "%s: the caller was told that %s of %d is done, now it is %s of %d",
				made.invoice, made.operation.ID, made.operation.Amount, op.State, op.Amount)
		case made.url != "" && (o.Facts.Page == nil || string(o.Facts.Page.URL) != made.url):
			w.violate("I5", "%s: the caller was given another page", made.invoice)
		}
	}
}
