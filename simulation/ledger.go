package simulation

import (
	"slices"
	"time"
)

// ledger is the truth about one invoice, as DOKU's Back Office would show it.
type ledger struct {
	invoice    string
	kind       string // SALE, AUTHORIZE
	auto       bool   // captured as soon as it is authorised
	autoType   string // what such a payment is called when told of
	amount     int64  // asked for
	pageID     string // Request-Id that made the page
	pageIDs    map[string]bool
	pageEnd    time.Time
	authorized *money
	paid       *money
	captures   []money
	refunds    []money
	doubles    []money // refunds, done again under a Request-Id that DOKU had forgotten
	failures   int
	lastAt     time.Time // of the last event
	sent       []money   // refunds that reached DOKU, refused or not
}

// money is a sum that was moved or reserved.
type money struct {
	requestID string
	amount    int64
	at        time.Time
	id        string // authorize_id
	kind      string // of a refund
	refused   bool
}

// taken is the money that went to the merchant, before refunds.
func (l *ledger) taken() int64 {
	if l.paid != nil {
		return l.paid.amount
	}
	if len(l.captures) > 0 {
		return l.captures[0].amount
	}
	return 0
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

// createPage makes a page.
func (d *DOKU) createPage(s *send, p *passage) *reply {
	if p.refuse {
		return d.refusal(s, 400, "INVALID_PARAMETER", "simulated")
	}
	w := d.w
	w.hasIntent(s)
	l := d.ledgers[s.invoice]
	if l == nil {
		l = &ledger{invoice: s.invoice, autoType: pick(w, "SALE", "AUTHORIZE", "CAPTURE"), pageIDs: map[string]bool{}}
		d.ledgers[s.invoice] = l
	}
	if l.paid == nil && l.authorized == nil {
		l.kind, l.auto, l.amount, l.pageID = s.asked.Payment.Type, s.asked.Payment.AutoCapture, s.asked.Order.Amount, s.requestID
		l.pageEnd = w.now.Add(pick(w, pageLifetime, pageLifetime, 2*pageLifetime, 20*time.Hour))
	}
	if l.kind == "" {
		l.kind = "SALE"
	}
	l.pageIDs[s.requestID] = true
	return &reply{status: 200, body: s.page(s.invoice, s.asked.Order.Amount, pageURL(s.requestID)), sign: d.habit(s, false)}
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
	case l == nil || l.authorized == nil || l.authorized.id != s.asked.Payment.AuthorizeID:
		return d.refused(s, "NO_SUCH_AUTHORIZATION", "12")
	case w.now.Sub(l.authorized.at) >= 7*24*time.Hour:
		return d.refused(s, "RELEASED", "12")
	case amount <= 0 || amount > l.authorized.amount:
		return d.refused(s, "EXCEEDS", "N8")
	}
	w.hasIntent(s)
	if p.is("pending_first") {
		return d.pending(s, bounded)
	}
	return d.doCapture(s, l, bounded)
}

func (d *DOKU) doCapture(s *send, l *ledger, bounded bool) *reply {
	w := d.w
	amount := s.asked.Payment.CaptureAmount
	done := &reply{status: 200, body: s.result("SUCCESS", "00", "", pick(w, amount, l.authorized.amount), ""), sign: d.habit(s, false)}
	if find(l.captures, s.requestID) >= 0 {
		w.doneAgain("I1", s, bounded)
		return done
	}
	l.captures = append(l.captures, money{requestID: s.requestID, amount: amount, at: w.now})
	l.lastAt = w.now
	w.stats.Captures++
	w.capturedOnce(l)
	w.notPromisedRefused(l, s.requestID)
	w.wantRefunds(l)
	if w.chance(300) {
		w.tell(l, news{kind: "CAPTURE", status: "SUCCESS", amount: pick(w, amount, l.authorized.amount)})
	}
	return done
}

// refund gives money back.
func (d *DOKU) refund(s *send, p *passage, bounded bool) *reply {
	w := d.w
	l := d.ledgers[s.invoice]
	if l == nil || l.taken() == 0 || !l.pageIDs[s.asked.Payment.OriginalRequestID] {
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
	case refuse || sum(l.refunds)+sum(l.doubles)+amount > l.taken():
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
	kind := d.refundType(l, amount)
	done := &reply{status: 200, body: s.result("SUCCESS", "", "", amount, kind), sign: d.habit(s, false)}
	if find(l.refunds, s.requestID) >= 0 {
		l.doubles = append(l.doubles, money{requestID: s.requestID, amount: amount, at: w.now})
		w.doneAgain("I2", s, bounded)
		return done
	}
	l.refunds = append(l.refunds, money{requestID: s.requestID, amount: amount, at: w.now, kind: kind})
	l.lastAt = w.now
	w.stats.Refunds++
	w.refundedOnce(l)
	w.notPromisedRefused(l, s.requestID)
	if w.chance(200) {
		w.tell(l, news{kind: "REFUND", status: "REFUNDED", amount: amount})
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
	succeeds := w.chance(600)
	w.queue.put(w.now.Add(wait), func() {
		known, l := d.remembers[s.requestID], d.ledgers[s.invoice]
		switch {
		case succeeds && s.call == "capture":
			known.answer = d.doCapture(s, l, bounded)
		case succeeds && sum(l.refunds)+sum(l.doubles)+s.amount() <= l.taken():
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

func (d *DOKU) refundType(l *ledger, amount int64) string {
	whole := amount == l.taken()
	switch {
	case whole && d.w.now.Sub(l.lastAt) < d.settles:
		return "VOID"
	case whole:
		return pick(d.w, "FULL_REFUND", "MANUAL_FULL_REFUND")
	default:
		return pick(d.w, "PARTIAL_REFUND", "MANUAL_PARTIAL_REFUND")
	}
}
