package simulation

import (
	"slices"
	"time"

	"kasir/shared/order"
)

// ledger is the truth about one invoice, as DOKU's Back Office would show it.
type ledger struct {
	invoice  string
	autoType string // what a payment that is captured at once is called when told of
	pages    []*page
	pays     []*money // customers' money, oldest first: taken at once, or reserved
	captures []money
	refunds  []money
	rejected map[string]bool // manual refunds that DOKU's people did not carry out, by Request-Id
	doubles  []money         // refunds, done again under a Request-Id that DOKU had forgotten
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
	full           int64  // the order's amount, of which a promo was taken off
	stranger       bool   // it is of another order of the same number, long before this one
	told           bool   // a notification of it was acknowledged
	least          int64  // of the amounts that such notifications named
}

// own lists the payments of the order, and leaves out those of another order of the same number.
func (l *ledger) own() []*money {
	if !slices.ContainsFunc(l.pays, func(m *money) bool { return m.stranger }) {
		return l.pays
	}
	return slices.DeleteFunc(slices.Clone(l.pays), func(m *money) bool { return m.stranger })
}

// paid is the first payment that was taken at once.
func (l *ledger) paid() *money {
	return l.first(func(m *money) bool { return m.id == "" && !m.stranger })
}

// authorized is the first that was reserved.
func (l *ledger) authorized() *money {
	return l.first(func(m *money) bool { return m.id != "" && !m.stranger })
}

func (l *ledger) first(is func(m *money) bool) *money {
	if i := slices.IndexFunc(l.pays, is); i >= 0 {
		return l.pays[i]
	}
	return nil
}

// taken is the money that went to the merchant, before refunds.
func (l *ledger) taken() int64 {
	total := sum(l.captures)
	for _, m := range l.own() {
		if m.id == "" {
			total += m.amount
		}
	}
	return total
}

// claimed is the most that kasir may take for taken: DOKU may name the order's amount, of which a promo was taken off.
func (l *ledger) claimed() int64 {
	total := l.taken()
	for _, m := range l.pays {
		total += max(m.full-m.amount, 0)
	}
	return total
}

// takenOn is the money that went to the merchant by one page.
func (l *ledger) takenOn(page string) int64 {
	total := int64(0)
	for _, m := range l.pays {
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

// backOn is what of it went back, or is about to.
func (l *ledger) backOn(page string) int64 {
	total := int64(0)
	for _, list := range [][]money{l.refunds, l.doubles} {
		for _, m := range list {
			if m.page == page {
				total += m.amount
			}
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
func (d *DOKU) capture(s *send, p *passage, bounded bool) *reply {
	w := d.w
	l := d.ledgers[s.invoice]
	amount := s.asked.Payment.CaptureAmount
	switch {
	case p.is("failed_under_200"):
		return d.failed(s, "05", "DO NOT HONOUR")
	case p.refuse, w.schedule.closed:
		return d.refused(s, "CAPTURE_REFUSED", "05")
	case l == nil || l.hold(s) == nil:
		return d.refused(s, "NO_SUCH_AUTHORIZATION", "12")
	case w.now.Sub(l.hold(s).at) >= 7*24*time.Hour:
		return d.refused(s, "RELEASED", "12")
	case amount <= 0 || amount > l.hold(s).amount:
		return d.refused(s, "EXCEEDS", "N8")
	}
	w.hasIntent(s)
	if p.is("pending_first") {
		return d.pending(s, bounded)
	}
	return d.doCapture(s, l, bounded)
}

// hold is the authorisation that a capture names.
func (l *ledger) hold(s *send) *money {
	return l.first(func(m *money) bool { return m.id != "" && m.id == s.asked.Payment.AuthorizeID })
}

func (d *DOKU) doCapture(s *send, l *ledger, bounded bool) *reply {
	w := d.w
	amount := s.asked.Payment.CaptureAmount
	done := &reply{status: 200, body: s.result("SUCCESS", "00", "", pick(w, amount, l.hold(s).amount), ""), sign: d.habit(s, false)}
	if find(l.captures, s.requestID) >= 0 {
		w.doneAgain("I1", s, bounded)
		return done
	}
	l.captures = append(l.captures, money{requestID: s.requestID, amount: amount, at: w.now, id: l.hold(s).id})
	l.lastAt = w.now
	w.stats.Captures++
	w.capturedOnce(l)
	w.notPromisedRefused(l, s.requestID)
	w.wantRefunds(l)
	if w.chance(300) {
		w.tell(l, news{kind: "CAPTURE", status: "SUCCESS", amount: pick(w, amount, l.hold(s).amount), page: l.hold(s).page})
	}
	return done
}

// refund gives money back.
func (d *DOKU) refund(s *send, p *passage, bounded bool) *reply {
	w := d.w
	l := d.ledgers[s.invoice]
	of := s.asked.Payment.OriginalRequestID
	if l == nil || l.takenOn(of) == 0 {
		w.namesThePaidPage(s)
		return d.refused(s, "NO_SUCH_PAYMENT", "")
	}
	amount := s.asked.Refund.Amount
	refuse := p.refuse || p.is("failed_under_200")
	w.hasIntent(s)
	l.note(money{requestID: s.requestID, amount: amount, refused: refuse})
	w.neverTooMuch(l)
	switch {
	case p.is("failed_under_200"):
		return d.failed(s, "", "declined by the bank")
	case refuse || l.backOn(of)+amount > l.takenOn(of):
		if l.claimed() > l.taken() { // kasir could not know better
			l.sent[find(l.sent, s.requestID)].refused = true
		}
		return d.refused(s, "REFUND_REFUSED", "")
	case p.is("pending_first"):
		return d.pending(s, bounded)
	}
	return d.doRefund(s, l, bounded)
}

// note keeps what was sent: a Request-Id once.
func (l *ledger) note(m money) {
	if i := find(l.sent, m.requestID); i >= 0 {
		l.sent[i].refused = l.sent[i].refused && m.refused
		return
	}
	l.sent = append(l.sent, m)
}

func (d *DOKU) doRefund(s *send, l *ledger, bounded bool) *reply {
	w := d.w
	amount := s.asked.Refund.Amount
	of := s.asked.Payment.OriginalRequestID
	kind := d.refundType(l, amount, l.takenOn(of))
	done := &reply{status: 200, body: s.result("SUCCESS", "", "", amount, kind), sign: d.habit(s, false)}
	if find(l.refunds, s.requestID) >= 0 || l.rejected[s.requestID] {
		l.doubles = append(l.doubles, money{requestID: s.requestID, amount: amount, at: w.now, page: of})
		w.doneAgain("I2", s, bounded)
		return done
	}
	l.refunds = append(l.refunds, money{requestID: s.requestID, amount: amount, at: w.now, kind: kind, page: of})
	l.lastAt = w.now
	w.stats.Refunds++
	w.refundedOnce(l)
	w.notPromisedRefused(l, s.requestID)
	if w.chance(200) {
		w.tell(l, news{kind: "REFUND", status: "REFUNDED", amount: amount, page: of})
	}
	if order.RefundType(kind).Manual() {
		w.peopleDecide(l, s.requestID)
	}
	return done
}

// refused is a refusal in one of the two ways that DOKU has.
func (d *DOKU) refused(s *send, code, bank string) *reply {
	if d.w.chance(400) {
		return d.failed(s, bank, code)
	}
	return d.refusal(s, 400, code, "simulated")
}

// pending says that a request is not done yet. Some time later it is done, or it never is.
func (d *DOKU) pending(s *send, bounded bool) *reply {
	w := d.w
	wait := pick(w, 30*time.Second, 3*time.Minute, 20*time.Minute, time.Hour)
	succeeds, of := w.chance(600), s.asked.Payment.OriginalRequestID
	w.queue.put(w.now.Add(wait), func() {
		known, l := d.remembers[s.requestID], d.ledgers[s.invoice]
		switch {
		case succeeds && s.call == "capture":
			known.answer = d.doCapture(s, l, bounded)
		case succeeds && l.backOn(of)+s.amount() <= l.takenOn(of):
			known.answer = d.doRefund(s, l, bounded)
		default:
			known.answer = d.failed(s, "", "declined by the bank")
			if i := find(l.sent, s.requestID); i >= 0 {
				l.sent[i].refused = true
			}
		}
		w.say("doku.", s.what, "is no longer pending")
	})
	return &reply{status: 200, body: s.result("PENDING", "", "", s.amount(), ""), sign: d.habit(s, false), pending: true}
}

func (d *DOKU) refundType(l *ledger, amount, taken int64) string {
	whole := amount == taken
	switch {
	case whole && d.w.now.Sub(l.lastAt) < d.settles:
		return "VOID"
	case whole:
		return pick(d.w, "FULL_REFUND", "MANUAL_FULL_REFUND")
	default:
		return pick(d.w, "PARTIAL_REFUND", "MANUAL_PARTIAL_REFUND")
	}
}
