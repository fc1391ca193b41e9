package simulation

import (
	"cmp"
	"strings"
	"time"

	"kasir/shared/order"
)

// checkParked checks I12: an operation is parked only when some attempt at it was really in doubt. It saves people from
// needless work. The previous version does not know how the attempts ended and is exempt.
func (w *World) checkParked(p *plan, op order.Operation) {
	if w.doubts[op.RequestID].n == 0 && !w.oldWriters() {
		w.violate("I12", "%s: %s is parked, and no attempt at it can have had an effect", p.invoice, op.ID)
	}
}

// oldWriters reports whether the previous version also writes.
func (w *World) oldWriters() bool {
	return w.version == "old_writer"
}

// noteUnpaid notes a genuine answer of check status that nothing was paid.
func (w *World) noteUnpaid(s *dokuRequest) {
	if p := w.planOf(s.invoice); p != nil {
		p.unpaid, w.current.unpaid = w.now, s.invoice
	}
}

// unconfirmedAfter is the time after a page's end for which check status is asked although it does not answer.
const unconfirmedAfter = 24 * time.Hour

// checkExpiry checks I13: an unpaid order ends because DOKU said that nothing was paid, or because a person decided
// that the payment in DOKU's report does not count. No other answer ends it. Where nobody answers, it ends a day later
// and is marked as unconfirmed. It guards a customer who has paid against an order that says otherwise.
func (w *World) checkExpiry(p *plan, from order.Status, after order.Order) {
	to := p.status
	if to == from || to != order.Expired || !p.unpaid.IsZero() || paymentSetAside(after) {
		return
	}
	switch inTime := !w.now.Add(time.Minute).After(after.PageEnd.Add(unconfirmedAfter)); {
	case inTime:
		w.violate("I13", "%s is %s, and DOKU has never said that nothing was paid", p.invoice, to)
	case !after.Watch.Unconfirmed && !w.oldWriters():
		w.violate("I13", "%s is %s without DOKU's word and is not marked as unconfirmed", p.invoice, to)
	}
}

// publishWrite hands a write to the stream. It checks I14: each change of an order is published once, and its money
// once. It guards the merchant against sending goods twice, and people against being called twice. The stream may hand
// on a write again or out of order; consumers know a repeated change by its name.
func (w *World) publishWrite(before, after order.Order) {
	f := w.strike(recording, nil)
	if f == nil && w.stats.Steps%8 != 0 && nothingToPublish(before, after) {
		return
	}
	if f != nil && f.name == "out_of_order" {
		w.note("the stream hands on a write of", after.Invoice, "late")
		w.queue.put(w.now.Add(time.Duration(w.dice.IntN(300))*time.Second), func() { w.checkChanges(before, after) })
		return
	}
	w.checkChanges(before, after)
	if f != nil { // the stream hands on a batch again when one of its records failed
		for _, h := range order.Changes(before, after) {
			if !w.raised[changeName(after, h)] {
				w.violate("I14", "%s: %s was published only with the second copy of a write", after.Invoice, h.Kind)
			}
		}
	}
}

// nothingToPublish reports whether a write obviously changed nothing that is published, which is true of most writes.
// publishWrite checks some of them all the same.
func nothingToPublish(before, after order.Order) bool {
	a, b, was, is := before.Facts, after.Facts, before.Watch, after.Watch
	switch {
	case before.Version == 0, len(before.Operations) != len(after.Operations):
		return false
	case was.Warned != is.Warned, was.AutoFailed != is.AutoFailed, was.Unconfirmed != is.Unconfirmed:
		return false
	case len(a.Decisions) != len(b.Decisions), len(a.Remarks) != len(b.Remarks):
		return false
	case a.Page != b.Page, a.Authorized != b.Authorized, a.Captured != b.Captured, a.Paid != b.Paid:
		return false
	case len(a.Failures) != len(b.Failures), len(a.Conflicts) != len(b.Conflicts):
		return false
	case len(a.Movements) != len(b.Movements), len(a.Withdrawn) != len(b.Withdrawn), len(a.Settled) != len(b.Settled):
		return false
	case a.Expired != b.Expired, a.Released != b.Released:
		return false
	}
	for i, op := range after.Operations {
		if was := before.Operations[i]; was.State != op.State || was.RequestID != op.RequestID {
			return false
		}
	}
	return true
}

func changeName(o order.Order, h order.Change) string {
	return o.Invoice + " " + string(h.Kind) + " " + h.Key
}

func (w *World) checkChanges(before, after order.Order) {
	for _, h := range order.Changes(before, after) {
		if after.Quiet() {
			w.violate("I14", "%s: %s is never published, because its write counts as quiet", after.Invoice, h.Kind)
		}
		id := changeName(after, h)
		money := h.Kind == order.ChangePaid || h.Kind == order.ChangeCaptured
		if money {
			id = after.Invoice + " money"
		}
		if w.raised[id] && (money || h.Kind == order.ChangeAttention) && !w.oldWriters() && !w.lateAgain(after, h) &&
			!mayReturn(h) {
			w.violate("I14", "%s was published twice", id)
		}
		w.raised[id] = true
		w.raised[changeName(after, h)] = true
		if h.Kind == order.ChangeAttention {
			w.told[after.Invoice+" "+string(h.Reason)] = true
		}
		w.checkRefundName(after, h)
		w.checkMovedOnce(after, h)
		if h.Kind == order.ChangeExpired && after.Facts.Authorized == nil && len(after.OpenConflicts()) > 0 {
			w.violate("I14", "%s was published as %s although a person must decide about a conflict",
				after.Invoice, h.Kind)
		}
	}
}

// lateAgain reports whether the order has become late once more, by another payment than the first. Both have one name.
func (w *World) lateAgain(o order.Order, h order.Change) bool {
	l := w.gateway.ledgers[o.Invoice]
	return h.Reason == order.ReasonLate && l != nil && len(l.payments) > 1
}

// checkAttention checks I14 at rest: a person was told of everything that a person must look at.
func (w *World) checkAttention(o order.Order) {
	for _, op := range o.Review() {
		if !w.raisedFor(o.Invoice, op.RequestID) {
			w.violate("I14", "%s: %s is parked, and nobody was told", o.Invoice, op.ID)
		}
	}
	for _, c := range o.Conflicts() {
		if !w.raisedFor(o.Invoice, c.ID) {
			w.violate("I14", "%s is in conflict, and nobody was told", o.Invoice)
		}
	}
	for _, r := range o.Facts.Remarks {
		if !w.raisedFor(o.Invoice, cmp.Or(r.Subject, r.Detail)) {
			w.violate("I14", "%s has the remark %s, and nobody was told", o.Invoice, r.Kind)
		}
	}
	if o.Captured() > 0 && !w.raised[o.Invoice+" money"] {
		w.violate("I14", "%s took %d, and nobody was told", o.Invoice, o.Captured())
	}
	money := o.Captured() > 0 || o.Facts.Authorized != nil
	if o.Facts.Closed != nil && money && !w.raisedFor(o.Invoice, string(order.ReasonClosedPaid)+" ") {
		w.violate("I14", "%s was paid although it is closed, and nobody was told", o.Invoice)
	}
}

// checkRefundName checks I14: two refunds have two names, also if a key is used again after DOKU's people rejected the
// first.
func (w *World) checkRefundName(o order.Order, h order.Change) {
	if h.Kind != order.ChangeRefunded && h.Kind != order.ChangeRefundFailed {
		return
	}
	id := changeName(o, h)
	if first, known := w.named[id]; known && first != h.Refund.RequestID {
		w.violate("I14", "%s: two refunds were published with one name, %s", o.Invoice, h.Kind)
	}
	if w.named == nil {
		w.named = map[string]string{}
	}
	w.named[id] = h.Refund.RequestID
}

// checkAutoCapture checks I17: under automatic capture an authorisation lapses only after captures were tried until its
// end and a person was told. It guards the merchant against goods that were sent and are never paid.
func (w *World) checkAutoCapture(p *plan, o order.Order) {
	a := o.Facts.Authorized
	switch {
	case w.service.AutoCaptureBefore == 0, a == nil, o.Captured() > 0, len(o.Facts.Conflicts) > 0:
		return
	case p.parked, p.misled, w.oldWriters(), w.gateway.ledgers[p.invoice].touchedElsewhere():
		return
	}
	end := o.AuthorizationEnd()
	op, tried := o.Operation(string(order.KindCapture))
	switch {
	case p.learned.After(end.Add(-2 * time.Hour)):
	case !tried:
		w.violate("I17", "%s was to be captured, and lapsed without a capture", o.Invoice)
	case end.Sub(op.LastAt) > 90*time.Minute && o.Watch.AutoTries < 30:
		w.violate("I17", "%s lapsed %s after its last capture was refused", o.Invoice, end.Sub(op.LastAt))
	case !w.raisedFor(o.Invoice, string(order.ReasonAutoCaptureFailed)+" "):
		w.violate("I17", "%s lapsed, and nobody was told that its captures were refused", o.Invoice)
	}
}

func (w *World) raisedFor(invoice, of string) bool {
	prefix := invoice + " " + string(order.ChangeAttention) + " "
	for id := range w.raised { // the order of the keys does not matter
		if strings.HasPrefix(id, prefix) && strings.HasSuffix(id, of) {
			return true
		}
	}
	return false
}

// mayReturn reports whether a difference that had ended may come back. It has the same name then, and a person was told
// of it.
func mayReturn(h order.Change) bool {
	switch h.Reason {
	case order.RemarkElsewhere, order.ReasonUnaccounted, order.ReasonOverdrawn:
		return h.Kind == order.ChangeAttention
	}
	return false
}
