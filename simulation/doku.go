package simulation

import (
	"time"
)

// DOKU is the adversary behind HTTP. It carries out a request once as long as it remembers the Request-Id, and again
// after that. A second Request-Id for a capture captures again. Orders are compared with its ledgers.
type DOKU struct {
	w        *World
	ledgers  map[string]*ledger // by invoice
	memories map[string]*memory // by Request-Id
	bodies   map[string][]byte  // sent bodies, by Request-Id
	mac      *seal

	mute         bool          // a repeat may get HTTP 409 without the first answer; a repeat of a refusal always does
	racy         bool          // a repeat that comes during the work on the first is executed too
	digestsGet   bool          // the signature of an answer to GET includes its digest
	byID         bool          // check status knows Request-Ids of captures and refunds
	refundReport refundReport  // refunds in answers of check status
	neverSigned  string        // name of the fault never_signs… that lasts, or empty
	voidWindow   time.Duration // time after which a void is no longer possible
	onePayment   bool          // all pages of an invoice take one payment together
	showsLast    bool          // check status shows the last of several payments, otherwise the first
	tellsRefunds int           // refunds of kasir, of 1,000, of which this DOKU sends a notification
	blocks       bool          // notifications of refunds have a refund block
	oldWords     bool          // they say REFUNDED and VOIDED instead of SUCCESS
	minus        bool          // rows of refunds in settlement reports are negative
	showsDispute bool          // check status shows chargebacks
	showsFull    bool          // check status names the order's amount although a promo was taken off
}

// memory is DOKU's record of a Request-Id.
type memory struct {
	at     time.Time
	until  time.Time // end of the work on the request
	answer *reply
}

func newDOKU(w *World) *DOKU {
	return &DOKU{
		w: w, ledgers: map[string]*ledger{}, memories: map[string]*memory{}, bodies: map[string][]byte{},
		mac: newSeal(secretKey), neverSigned: w.schedule.neverSigned,
		mute: w.dice.IntN(2) == 0, racy: w.dice.IntN(2) == 0,
		digestsGet: w.dice.IntN(2) == 0, byID: w.dice.IntN(2) == 0,
		refundReport: refundReport(w.dice.IntN(int(refundReports))),
		voidWindow:   pick(w, 10*time.Minute, 24*time.Hour), onePayment: w.dice.IntN(2) == 0,
		showsLast: w.dice.IntN(2) == 0, showsFull: w.dice.IntN(4) == 0,
		tellsRefunds: pick(w, 0, 200, 1000), blocks: w.dice.IntN(2) == 0, oldWords: w.dice.IntN(2) == 0,
		showsDispute: w.dice.IntN(2) == 0, minus: w.dice.IntN(2) == 0,
	}
}

// arrive carries out a request when it reaches DOKU. bounded is set if no repeat of it may have been sent meanwhile.
func (d *DOKU) arrive(s *dokuRequest, p *passage, bounded bool, remark string) *reply {
	w := d.w
	if p.turn != "" {
		a := d.refusal(s, 400, p.turn, "simulated")
		a.unread = true
		return a
	}
	if s.at == dokuRead {
		return d.status(s, p)
	}
	known := d.memories[s.requestID]
	working := known != nil && w.now.Before(known.until)
	if known != nil && w.now.Sub(known.at) < w.schedule.Memory && !(working && bounded) {
		w.note("doku.", s.what, "repeated", remark)
		return d.repeat(s, p, known)
	}
	switch {
	case working:
		remark += " (beside the first, which is not finished)"
	case known != nil:
		remark += " (forgotten)"
		if w.forgetsTooSoon() {
			w.hitNamed(ShortMemory, "forget")
		}
	}
	if known != nil && known.answer.refused && !bounded { // refused hours ago: no rule prevents that it is done now
		w.stats.Doubles++
		return d.refuseRepeat(s)
	}
	answer := d.execute(s, p, bounded)
	d.memories[s.requestID] = &memory{at: w.now, answer: answer}
	if answer.refused {
		w.note("doku.", s.what, "refused", remark)
	} else {
		w.note("doku.", s.what, "done", remark)
	}
	first := *answer
	first.firstTime = true
	return d.spoil(s, p, &first)
}

func (d *DOKU) execute(s *dokuRequest, p *passage, bounded bool) *reply {
	switch s.call {
	case "createpage":
		return d.createPage(s, p)
	case "capture":
		return d.capture(s, p, bounded)
	}
	return d.refund(s, p, bounded)
}

// repeat answers a Request-Id that DOKU remembers. The regular answer is HTTP 409 with the first answer's body.
func (d *DOKU) repeat(s *dokuRequest, p *passage, known *memory) *reply {
	w := d.w
	switch {
	case p.is("idempotent_request"):
		a := d.refusal(s, pick(w, 400, 409), "idempotent_request", "Request-Id has been used")
		return a
	case p.is("refuse_repeat") && !known.answer.refused, known.answer.refused && d.movedMoney(s.invoice, s.requestID):
		return d.refuseRepeat(s)
	case d.mute && (known.answer.refused || w.chance(500)):
		return d.refusal(s, 409, "DUPLICATE_TRANSACTION", "duplicate")
	}
	again := *known.answer
	again.status, again.sign = 409, d.signatureFor(s, false)
	return d.spoil(s, p, &again)
}

// refuseRepeat returns a fresh refusal: DOKU does not recognise the repeat and finds its effect done already.
func (d *DOKU) refuseRepeat(s *dokuRequest) *reply {
	switch {
	case s.call == "createpage":
		return d.refusal(s, 400, "INVALID_PARAMETER", "Invoice number already used")
	case s.call == "capture" && d.w.chance(500):
		return d.failed(s, "94", "DUPLICATE CAPTURE")
	case s.call == "capture":
		return d.refusal(s, 400, "DUPLICATE_CAPTURE", "authorization already captured")
	case d.w.chance(500):
		return d.failed(s, "", "Refund exceeds the captured amount")
	}
	return d.refusal(s, pick(d.w, 400, 404, 422), "REFUND_EXCEEDS", "already refunded")
}

// setWorking notes that DOKU works on a request until a moment and remembers the Request-Id only then. The lease keeps
// a second attempt away for that long.
func (d *DOKU) setWorking(requestID string, until time.Time) { d.memories[requestID].until = until }

// carriedOut reports whether DOKU carried out the request with a Request-Id.
func (d *DOKU) carriedOut(invoice, requestID string) bool {
	l := d.ledgers[invoice]
	return d.movedMoney(invoice, requestID) || l != nil && l.page(requestID) != nil
}

// movedMoney reports whether DOKU moved money under a Request-Id.
func (d *DOKU) movedMoney(invoice, requestID string) bool {
	l := d.ledgers[invoice]
	return l != nil && (find(l.captures, requestID) >= 0 || find(l.refunds, requestID) >= 0)
}

// forgetsTooSoon reports whether DOKU's memory is shorter than it is trusted to be. A repeat may then be carried out
// again, and that is counted.
func (w *World) forgetsTooSoon() bool { return w.schedule.Memory < w.service.TrustWindow }
