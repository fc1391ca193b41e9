package simulation

import (
	"context"
	"slices"
	"strings"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// The invariants are checked where they can break: at DOKU when something happens, at the store on a write, at the
// caller on an answer. The checks of the final state are in check_rest.go.

// checkCapturedOnce checks I1: an authorisation is captured at most once. It guards the customer against being charged
// twice.
func (w *World) checkCapturedOnce(l *ledger) {
	if len(l.captures) > 1 && !w.misled(l.invoice) {
		w.violate("I1", "%s was captured %d times", l.invoice, len(l.captures))
	}
}

// checkRefundedOnce checks I2: the refund of one key is made at most once. It guards the merchant against giving money
// back twice.
func (w *World) checkRefundedOnce(l *ledger) {
	last := l.refunds[len(l.refunds)-1]
	o := w.store.peek(l.invoice)
	intent := intentOf(o, last.requestID)
	for _, earlier := range l.refunds[:len(l.refunds)-1] {
		if intent != "" && earlier.id == intent && !w.misled(l.invoice) {
			w.violate("I2", "%s: the refund %s was carried out twice", l.invoice, intent)
		}
	}
	l.refunds[len(l.refunds)-1].id = intent
}

// checkBooking checks I4 when an outcome is written: an answer that names another order or amount, or a bad page
// address, is no success. It guards the merchant's books where DOKU, or something between, mixes up answers.
func (w *World) checkBooking(invoice string, was, is order.Operation) {
	if is.State == order.Done && was.State != order.Done && w.author != nil && w.author.seen.spoilt == is.RequestID {
		w.violate("I4", "%s: %s is booked as done on an answer to something else", invoice, is.ID)
	}
}

// checkExpected checks I5 for a precondition: a refund begins only while the refundable amount is the one its caller
// named. It guards two people who refund the same order at once.
func (w *World) checkExpected(before order.Order, was, is order.Operation) {
	begun := is.Kind == order.KindRefund && is.RequestID != was.RequestID && was.State != order.Open
	if !begun || w.author == nil || w.author.seen.expects == nil {
		return
	}
	expected, can := *w.author.seen.expects, before.Refundable()
	if expected >= 0 && expected != can {
		w.violate("I5", "%s: %s was begun although %d can be refunded and the caller expected %d", before.Invoice,
			is.ID, can, expected)
	}
}

func intentOf(o order.Order, requestID string) string {
	i := slices.IndexFunc(o.Operations, func(op order.Operation) bool { return op.RequestID == requestID })
	if i < 0 {
		return ""
	}
	return o.Operations[i].ID
}

// checkRefundTotal checks I3: the refunds that were sent and not refused never exceed the money taken, unless DOKU has
// made one of them twice. It guards the merchant where DOKU does not check the sum, or checks it late.
func (w *World) checkRefundTotal(l *ledger) {
	if p := w.planOf(l.invoice); sum(l.sent) > l.claimed() && len(l.doubles) == 0 && !p.misled && !p.misdecided &&
		!p.undated && !l.capturedElsewhere() {
		w.violate("I3", "%s: refunds of %d were sent, %d was taken", l.invoice, sum(l.sent), l.taken())
	}
}

// checkRepeat checks I1 and I2 where DOKU has forgotten a Request-Id, or works on two requests with one Request-Id at
// once. Neither may happen within the trust window, nor while DOKU may still be working on the first request. No rule
// prevents it where DOKU forgets sooner than it is trusted to, or something between holds a request for hours. Those
// cases are counted.
func (w *World) checkRepeat(invariant string, s *dokuRequest, bounded bool) {
	w.stats.Doubles++
	if w.forgetsTooSoon() || !bounded || w.misled(s.invoice) {
		w.note("doku.", s.what, "was done again, beyond what is promised")
		return
	}
	w.violate(invariant, "%s: %s was carried out twice under one Request-Id", s.invoice, s.call)
}

// checkSent checks I10, and I9 for sending: a request that reaches DOKU has an open intent here. It guards against a
// page, charge or refund that nobody knows of after a crash, and against sending an operation that a person is looking
// at.
func (w *World) checkSent(s *dokuRequest) {
	if s.at == dokuRead {
		w.current.seen.statusAsked = append(w.current.seen.statusAsked, s.invoice)
		return
	}
	o := w.store.peek(s.invoice)
	id := intentOf(o, s.requestID)
	op, _ := o.Operation(id)
	switch {
	case id == "":
		w.violate("I10", "%s of %s was sent without an intent", s.call, s.invoice)
	case op.State == order.Parked:
		w.violate("I9", "%s of %s was sent while it is parked", s.call, s.invoice)
	}
}

// checkIntent checks I10 at DOKU: nothing happens there without an order here. A page may arrive after it was given up
// and asked for again; it binds nobody, because nobody has its address.
func (w *World) checkIntent(s *dokuRequest) {
	if intentOf(w.store.peek(s.invoice), s.requestID) != "" {
		return
	}
	if s.call == "createpage" && w.doubts[s.requestID].n > 0 || w.rejectedBy(s.invoice, s.requestID) {
		return
	}
	w.violate("I10", "DOKU carried out %s of %s without a stored intent", s.call, s.invoice)
}

// checkDurable checks I7: a notification that was acknowledged is stored at that instant. It guards against losing a
// payment, since DOKU never sends it again.
func (w *World) checkDurable(l *ledger, n news, got payment.NotifyResult) {
	p := w.planOf(l.invoice)
	if n.means == anything || n.means != plain && got.Order.Version == 0 || p == nil || p.erased {
		return
	}
	n.kind, n.status = strings.ToUpper(n.kind), strings.ToUpper(n.status)
	orphans, _ := w.store.memory.Orphans(context.Background(), l.invoice)
	// An orphan is kept: reconciliation joins it to an order, also to one that was stored at this very moment.
	for _, orphan := range orphans {
		told := orphan.News
		if orphan.RequestID == n.id && (told.Money() != 0 || len(told.Failures) > 0 || len(told.Conflicts) > 0 ||
			len(told.Movements) > 0) {
			return
		}
	}
	o := w.store.peek(l.invoice)
	if o.Version == 0 {
		w.violate("I7", "the notification %s about %s was acknowledged, and neither order nor orphan is stored", n.id,
			l.invoice)
		return
	}
	f := o.Facts
	kept := true
	// Check status may have told of a capture in DOKU's Back Office before any notification came.
	money := f.Paid != nil || f.Authorized != nil || f.Captured != nil
	switch {
	case n.means == remarked:
		kept = len(f.Remarks) > 0 || len(f.Movements) > 0
	case n.means == moved && n.kind == "CAPTURE":
		kept = f.Captured != nil || len(f.Conflicts) > 0
	case n.means == moved:
		kept = slices.ContainsFunc(f.Movements, func(m order.Movement) bool {
			return m.Amount == n.amount || m.Kind == order.MovedTotal
		})
	case n.means == doubtful:
		kept = money || len(f.Conflicts) > 0
	case n.kind == "REFUND":
	case n.status == "FAILED", n.code != "" && slices.Contains(payment.DeclineCodes, n.code):
		kept = len(f.Failures) > 0
	case n.kind == "AUTHORIZE" && n.status == "PENDING":
		kept = f.Authorized != nil || len(f.Conflicts) > 0
	case n.kind == "CAPTURE" && !l.latest().auto:
		kept = f.Captured != nil || len(f.Conflicts) > 0
	default:
		kept = f.Paid != nil || len(f.Conflicts) > 0
	}
	if !kept {
		w.violate("I7", "the notification %s %s about %s was acknowledged, but is not stored", n.kind, n.status,
			l.invoice)
	}
}

// checkRefundedPage checks I20 for a refund of a page without money: a refund names a page that was paid, as far as
// DOKU reported which. DOKU refuses any other.
func (w *World) checkRefundedPage(s *dokuRequest) {
	p := w.planOf(s.invoice)
	if l := w.gateway.ledgers[s.invoice]; l == nil || len(l.ownPayments()) == 0 ||
		l.capturedOther(w.store.peek(s.invoice)) || p.vague || p.misled || p.misdecided || p.erased {
		return
	}
	w.violate("I20", "a refund of %s names the page %s, which was not paid", s.invoice,
		brief(s.fields.Payment.OriginalRequestID))
}

// capturedOther reports whether the captured authorisation is no longer the one that the order keeps, because the other
// was reported later.
func (l *ledger) capturedOther(o order.Order) bool {
	return len(l.captures) > 0 && o.Facts.Authorized != nil && l.captures[0].id != o.Facts.Authorized.ID
}
