package simulation

import (
	"slices"
	"strconv"
	"time"

	"kasir/shared/order"
)

// move is a sum that somebody moved at DOKU, other than by kasir's API. A capture of that kind is among the ledger's
// captures.
type move struct {
	kind   string // REFUND, VOID, CHARGEBACK or CHARGEBACK_REVERSED
	amount int64
	at     time.Time
	page   string
	ref    string // DOKU's reference
}

// Kinds of moves.
const (
	moveRefund   = "REFUND"
	moveVoid     = "VOID"
	moveDispute  = "CHARGEBACK"
	moveReversal = "CHARGEBACK_REVERSED"
)

// goesBack reports whether the move gives money back to the customer as a refund or void does.
func (m move) goesBack() bool { return m.kind == moveRefund || m.kind == moveVoid }

// elsewhere returns the sum of the moves that gave money back.
func (l *ledger) elsewhere() int64 {
	total := int64(0)
	for _, m := range l.moves {
		if m.goesBack() {
			total += m.amount
		}
	}
	return total
}

// disputed returns the chargebacks without those that were reversed.
func (l *ledger) disputed() int64 { return l.disputedAt(forever) }

// forever is later than any event.
var forever = epoch.Add(100 * horizon)

func (l *ledger) disputedAt(upTo time.Time) int64 {
	total := int64(0)
	for _, m := range l.moves {
		if m.at.After(upTo) {
			continue
		}
		switch m.kind {
		case moveDispute:
			total += m.amount
		case moveReversal:
			total -= m.amount
		}
	}
	return total
}

// touchedElsewhere reports whether anything about the invoice was moved without kasir.
func (l *ledger) touchedElsewhere() bool {
	return len(l.moves) > 0 || !l.voidedAt.IsZero() ||
		l.capturedElsewhere()
}

// capturedElsewhere reports whether people captured the authorisation. DOKU may report the order's amount of a partial
// capture, and such a report cannot be told from one of kasir's capture.
func (l *ledger) capturedElsewhere() bool {
	return slices.ContainsFunc(l.captures, func(m money) bool { return m.requestID == "" })
}

// clickFaults lists the acts of the merchant's people in DOKU's Back Office, of DOKU and of banks.
func clickFaults() []fault {
	var all []fault
	add := func(c Class, at port, names ...string) {
		for _, name := range names {
			all = append(all, fault{name: name, class: c, on: at})
		}
	}
	add(BackOffice, clicking, "refund_whole", "refund_part", "refund_several", "refund_alike", "void_payment",
		"refund_by_doku")
	add(BackOffice, holding, "void_authorization", "capture_whole", "capture_part")
	add(BackOffice, reporting, "report_lost", "report_doubled", "report_again", "report_late", "report_without_block",
		"report_of_order_amount")
	add(Chargebacks, clicking, "chargeback", "chargeback_part", "chargeback_reversed", "chargeback_of_refunded")
	add(Chargebacks, settling, "row_doubled", "row_in_two_batches", "row_other_amount", "row_missing",
		"row_unknown_kind")
	return append(all, fault{name: "moved_before_report", class: BackOffice, on: notifying,
		when: func(d *DOKU, _ *dokuRequest) bool {
			t := d.w.draft
			return t.n.pay != nil && t.n.pay.id == "" && !t.l.page(t.n.pay.page).elsewhere
		}})
}

// clickAfterPayment lets people move the money that was just taken. at is when kasir's own refunds begin.
func (w *World) clickAfterPayment(p *plan, l *ledger, at time.Duration) {
	f := w.strike(clicking, nil)
	if f == nil && w.needsMove() {
		w.clickLater(l, pick(w, at/2, at+time.Minute), moveRefund, pick(w, p.amount/2, p.amount/3))
	}
	if f == nil {
		return
	}
	when := func() time.Duration {
		return pick(w, 2*time.Second, at/2, at+time.Duration(w.dice.IntN(3000))*time.Millisecond, at+2*time.Minute,
			at+time.Hour, at+27*time.Hour, 5*24*time.Hour)
	}
	part := func() int64 { return pick(w, 1000, p.amount/2, p.amount/3, p.amount/4) }
	switch f.name {
	case "refund_whole":
		w.clickLater(l, when(), moveRefund, p.amount)
	case "refund_part", "refund_by_doku":
		w.clickLater(l, when(), moveRefund, part())
	case "refund_several":
		same := part()
		for range 2 + w.dice.IntN(2) {
			w.clickLater(l, when(), moveRefund, pick(w, same, same, part()))
		}
	case "refund_alike":
		amount := p.amount / 2
		if len(p.refunds) > 0 {
			amount = p.refunds[w.dice.IntN(len(p.refunds))].amount
		}
		w.clickLater(l, when(), moveRefund, amount)
	case "void_payment":
		w.clickLater(l, when(), moveVoid, p.amount)
	default:
		w.dispute(f, p, l, when())
	}
}

// needsMove reports whether the schedule's only fault is about a move in the Back Office.
func (w *World) needsMove() bool {
	return slices.ContainsFunc(faults, func(f *fault) bool {
		return f.name == w.schedule.Fault && (f.on == reporting || f.on == recordingMove)
	})
}

// dispute lets a bank take a payment back, and perhaps return it.
func (w *World) dispute(f *fault, p *plan, l *ledger, at time.Duration) {
	amount := p.amount
	switch f.name {
	case "chargeback_part":
		amount = pick(w, 1000, p.amount/2, p.amount/3)
	case "chargeback_of_refunded":
		w.clickLater(l, at, moveRefund, pick(w, p.amount, p.amount/2))
		at += pick(w, time.Second, time.Minute, 30*time.Hour)
	case "chargeback_reversed":
		amount = pick(w, p.amount, p.amount/2)
		w.clickLater(l, at+pick(w, time.Second, time.Hour, 4*24*time.Hour), moveReversal, amount)
	}
	w.clickLater(l, at, moveDispute, amount)
}

func (w *World) clickLater(l *ledger, in time.Duration, kind string, amount int64) {
	w.queue.put(w.now.Add(in), func() { w.click(l, kind, amount) })
}

// click moves money at DOKU. DOKU gives back no more than is left; a bank takes back what was taken, also after a
// refund.
func (w *World) click(l *ledger, kind string, amount int64) {
	page, left := l.takenPage(), int64(0)
	switch kind {
	case moveRefund, moveVoid:
		left = l.takenByPage(page) - l.refundedByPage(page)
		if kind == moveVoid && left < l.takenByPage(page) { // a void is of the whole payment
			left = 0
		}
	case moveDispute:
		left = l.takenByPage(page) - l.disputed()
	case moveReversal:
		left = l.disputed()
	}
	if amount = min(amount, left); amount <= 0 {
		w.note("Back Office:", kind, "of", l.invoice, "finds nothing left")
		return
	}
	m := move{kind: kind, amount: amount, at: w.now, page: page, ref: "BO" + strconv.Itoa(len(l.moves)+1)}
	l.moves = append(l.moves, m)
	w.note("Back Office:", kind, "of", strconv.FormatInt(amount, 10), l.invoice)
	w.stats.Moves++
	w.reportMove(l, m.report())
	w.recordSoon(l, m)
}

// takenPage returns the page whose payment people move: the first that was taken.
func (l *ledger) takenPage() string {
	for _, m := range l.payments {
		if l.takenByPage(m.page) > 0 {
			return m.page
		}
	}
	return ""
}

// clickAfterAuthorization lets people void or capture an authorisation. at is when kasir's own captures begin.
func (w *World) clickAfterAuthorization(p *plan, l *ledger, held *money, at time.Duration) {
	f := w.strike(holding, nil)
	if f == nil {
		return
	}
	when := pick(w, 2*time.Second, at/2, at+time.Duration(w.dice.IntN(3000))*time.Millisecond, at+2*time.Minute,
		at+time.Hour)
	amount := held.amount
	if f.name == "capture_part" {
		amount = pick(w, held.amount/2, held.amount/3, 1000)
	}
	w.queue.put(w.now.Add(when), func() {
		switch {
		case len(l.captures) > 0, !l.voidedAt.IsZero(), w.now.Sub(held.at) >= 7*24*time.Hour:
			w.note("Back Office: the authorisation of", l.invoice, "has ended")
		case f.name == "void_authorization":
			l.voidedAt = w.now
			w.note("Back Office: the authorisation of", l.invoice, "is voided")
			w.stats.Moves++
			w.reportMove(l, news{kind: moveVoid, status: pick(w, "SUCCESS", "VOIDED"), amount: held.amount,
				authorizeID: held.id, page: held.page, means: moved})
		default:
			l.captures = append(l.captures, money{amount: amount, at: w.now, id: held.id})
			w.note("Back Office: capture of", strconv.FormatInt(amount, 10), l.invoice)
			w.stats.Moves++
			w.reportMove(l, news{kind: "CAPTURE", status: "SUCCESS", amount: amount, authorizeID: held.id,
				page: held.page, means: moved})
			w.wantRefunds(l)
		}
	})
}

// sameElsewhere reports whether people made a refund of the amount of an operation, or a capture.
func (d *DOKU) sameElsewhere(invoice string, op order.Operation) bool {
	l := d.ledgers[invoice]
	switch {
	case l == nil || !l.touchedElsewhere():
		return false
	case op.Kind == order.KindCapture:
		return len(l.captures) > 0 && l.captures[0].requestID == ""
	}
	return op.Kind == order.KindRefund && slices.ContainsFunc(l.moves, func(m move) bool {
		return m.goesBack() && (m.amount == op.Amount || d.refundReport == reportWhole)
	})
}
