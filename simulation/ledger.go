package simulation

import (
	"slices"
	"time"

	"kasir/shared/order"
)

// ledger is the true state of one invoice, as DOKU's Back Office would show it.
type ledger struct {
	invoice  string
	autoType string // type in reports of a payment that is captured at once
	pages    []*page
	payments []*money // oldest first; taken at once or reserved
	captures []money
	refunds  []money
	moves    []move          // by others than kasir, other than captures
	voidedAt time.Time       // of the authorisation, in the Back Office
	rejected map[string]bool // manual refunds that DOKU's people did not carry out, by Request-Id
	doubles  []money         // refunds made again under a Request-Id that DOKU had forgotten
	failures int
	lastAt   time.Time // of the last event
	sent     []money   // refunds that reached DOKU, refused or not
}

// money is a sum that was moved or reserved.
type money struct {
	requestID string
	amount    int64
	at        time.Time
	id        string // authorize_id
	kind      string // of a refund
	refused   bool

	page           string // Request-Id of the page that was paid
	approval, card string // of a payment
	full           int64  // the order's amount before a promo was taken off
	otherOrder     bool   // it belongs to another, much older order of the same number
	reported       bool   // a notification of it was acknowledged
	leastReported  int64  // least amount in such notifications
}

// ownPayments returns the payments of the order, without those of another order of the same number.
func (l *ledger) ownPayments() []*money {
	if !slices.ContainsFunc(l.payments, func(m *money) bool { return m.otherOrder }) {
		return l.payments
	}
	return slices.DeleteFunc(slices.Clone(l.payments), func(m *money) bool { return m.otherOrder })
}

// paid returns the first payment that was taken at once.
func (l *ledger) paid() *money {
	return l.firstPayment(func(m *money) bool { return m.id == "" && !m.otherOrder })
}

// authorized returns the first payment that was reserved.
func (l *ledger) authorized() *money {
	return l.firstPayment(func(m *money) bool { return m.id != "" && !m.otherOrder })
}

func (l *ledger) firstPayment(is func(m *money) bool) *money {
	if i := slices.IndexFunc(l.payments, is); i >= 0 {
		return l.payments[i]
	}
	return nil
}

// taken returns the money that went to the merchant, before refunds.
func (l *ledger) taken() int64 {
	total := sum(l.captures)
	for _, m := range l.ownPayments() {
		if m.id == "" {
			total += m.amount
		}
	}
	return total
}

// claimed returns the most that kasir may believe to be taken. DOKU may report the order's amount although a promo was
// taken off.
func (l *ledger) claimed() int64 {
	total := l.taken()
	for _, m := range l.payments {
		total += max(m.full-m.amount, 0)
	}
	return total
}

// takenByPage returns the money that went to the merchant by one page.
func (l *ledger) takenByPage(page string) int64 {
	total := int64(0)
	for _, m := range l.payments {
		switch {
		case m.page != page:
		case m.id == "":
			total += m.amount
		default:
			for _, c := range l.captures {
				if c.id == m.id {
					total += c.amount
				}
			}
		}
	}
	return total
}

// refundedByPage returns the part of it that was given back.
func (l *ledger) refundedByPage(page string) int64 {
	total := int64(0)
	for _, list := range [][]money{l.refunds, l.doubles} {
		for _, m := range list {
			if m.page == page {
				total += m.amount
			}
		}
	}
	for _, m := range l.moves {
		if m.page == page && m.goesBack() {
			total += m.amount
		}
	}
	return total
}

func sum(of []money) int64 {
	total := int64(0)
	for _, m := range of {
		if !m.refused {
			total += m.amount
		}
	}
	return total
}

func find(in []money, requestID string) int {
	return slices.IndexFunc(in, func(m money) bool { return m.requestID == requestID })
}

// capture takes authorised money, again for every new Request-Id.
func (d *DOKU) capture(s *dokuRequest, p *passage, bounded bool) *reply {
	w := d.w
	l := d.ledgers[s.invoice]
	amount := s.fields.Payment.CaptureAmount
	switch {
	case p.is("failed_under_200"):
		return d.failed(s, "05", "DO NOT HONOUR")
	case p.refuse, w.schedule.capturesRefused:
		return d.refuse(s, "CAPTURE_REFUSED", "05")
	case l == nil || l.authorizationOf(s) == nil:
		return d.refuse(s, "NO_SUCH_AUTHORIZATION", "12")
	case w.now.Sub(l.authorizationOf(s).at) >= 7*24*time.Hour:
		return d.refuse(s, "RELEASED", "12")
	case !l.voidedAt.IsZero():
		return d.refuse(s, "VOIDED", "12")
	case slices.ContainsFunc(l.captures, func(m money) bool { return m.requestID == "" }):
		return d.refuse(s, "DUPLICATE_CAPTURE", "94")
	case amount <= 0 || amount > l.authorizationOf(s).amount:
		return d.refuse(s, "EXCEEDS", "N8")
	}
	w.checkIntent(s)
	if p.is("pending_first") {
		return d.decideLater(s, bounded)
	}
	return d.doCapture(s, l, bounded)
}

// authorizationOf returns the authorisation that a capture names.
func (l *ledger) authorizationOf(s *dokuRequest) *money {
	return l.firstPayment(func(m *money) bool { return m.id != "" && m.id == s.fields.Payment.AuthorizeID })
}

func (d *DOKU) doCapture(s *dokuRequest, l *ledger, bounded bool) *reply {
	w := d.w
	amount := s.fields.Payment.CaptureAmount
	done := &reply{status: 200, body: s.result("SUCCESS", "00", "", pick(w, amount, l.authorizationOf(s).amount), ""),
		sign: d.signatureFor(s, false)}
	if find(l.captures, s.requestID) >= 0 {
		w.checkRepeat("I1", s, bounded)
		return done
	}
	l.captures = append(l.captures, money{requestID: s.requestID, amount: amount, at: w.now,
		id: l.authorizationOf(s).id})
	l.lastAt = w.now
	w.stats.Captures++
	w.checkCapturedOnce(l)
	w.checkNotRefused(l, s.requestID)
	w.wantRefunds(l)
	if w.chance(300) {
		w.sendNotification(l, news{kind: "CAPTURE", status: "SUCCESS",
			amount: pick(w, amount, l.authorizationOf(s).amount), page: l.authorizationOf(s).page})
	}
	return done
}

// refund gives money back.
func (d *DOKU) refund(s *dokuRequest, p *passage, bounded bool) *reply {
	w := d.w
	l := d.ledgers[s.invoice]
	of := s.fields.Payment.OriginalRequestID
	if l == nil || l.takenByPage(of) == 0 {
		w.checkRefundedPage(s)
		return d.refuse(s, "NO_SUCH_PAYMENT", "")
	}
	amount := s.fields.Refund.Amount
	refuse := p.refuse || p.is("failed_under_200")
	w.checkIntent(s)
	l.noteSent(money{requestID: s.requestID, amount: amount, refused: refuse})
	w.checkRefundTotal(l)
	switch {
	case p.is("failed_under_200"):
		return d.failed(s, "", "declined by the bank")
	case refuse || l.refundedByPage(of)+amount > l.takenByPage(of):
		if l.claimed() > l.taken() || l.touchedElsewhere() { // kasir may not know that it was too much
			l.sent[find(l.sent, s.requestID)].refused = true
		}
		return d.refuse(s, "REFUND_REFUSED", "")
	case p.is("pending_first"):
		return d.decideLater(s, bounded)
	}
	return d.doRefund(s, l, bounded)
}

// noteSent notes a refund that was sent, once for each Request-Id.
func (l *ledger) noteSent(m money) {
	if i := find(l.sent, m.requestID); i >= 0 {
		l.sent[i].refused = l.sent[i].refused && m.refused
		return
	}
	l.sent = append(l.sent, m)
}

func (d *DOKU) doRefund(s *dokuRequest, l *ledger, bounded bool) *reply {
	w := d.w
	amount := s.fields.Refund.Amount
	of := s.fields.Payment.OriginalRequestID
	kind := d.refundType(l, amount, l.takenByPage(of))
	done := &reply{status: 200, body: s.result("SUCCESS", "", "", amount, kind), sign: d.signatureFor(s, false)}
	if find(l.refunds, s.requestID) >= 0 || l.rejected[s.requestID] {
		l.doubles = append(l.doubles, money{requestID: s.requestID, amount: amount, at: w.now, page: of})
		w.checkRepeat("I2", s, bounded)
		return done
	}
	l.refunds = append(l.refunds, money{requestID: s.requestID, amount: amount, at: w.now, kind: kind, page: of})
	l.lastAt = w.now
	w.stats.Refunds++
	w.checkRefundedOnce(l)
	w.checkNotRefused(l, s.requestID)
	if w.chance(d.tellsRefunds) {
		w.reportRefund(l, s.requestID, amount, of)
	}
	if order.RefundType(kind).Manual() {
		w.scheduleManual(l, s.requestID)
	}
	return done
}

// refuse returns a refusal in one of DOKU's two ways.
func (d *DOKU) refuse(s *dokuRequest, code, bank string) *reply {
	if d.w.chance(400) {
		return d.failed(s, bank, code)
	}
	return d.refusal(s, 400, code, "simulated")
}

// decideLater answers that a request is pending. Some time later it is done or refused.
func (d *DOKU) decideLater(s *dokuRequest, bounded bool) *reply {
	w := d.w
	wait := pick(w, 30*time.Second, 3*time.Minute, 20*time.Minute, time.Hour)
	succeeds, of := w.chance(600), s.fields.Payment.OriginalRequestID
	w.queue.put(w.now.Add(wait), func() {
		known, l := d.memories[s.requestID], d.ledgers[s.invoice]
		switch {
		case succeeds && s.call == "capture" && l.voidedAt.IsZero() && len(l.captures) == 0:
			known.answer = d.doCapture(s, l, bounded)
		case succeeds && s.call != "capture" && l.refundedByPage(of)+s.amount() <= l.takenByPage(of):
			known.answer = d.doRefund(s, l, bounded)
		default:
			known.answer = d.failed(s, "", "declined by the bank")
			if i := find(l.sent, s.requestID); i >= 0 {
				l.sent[i].refused = true
			}
		}
		w.note("doku.", s.what, "is no longer pending")
	})
	return &reply{status: 200, body: s.result("PENDING", "", "", s.amount(), ""), sign: d.signatureFor(s, false),
		pending: true}
}
