package simulation

import (
	"slices"
	"strconv"
	"time"
)

// openPage gives the customer a page once a caller has its address.
func (w *World) openPage(p *plan, id string) {
	if id == "" || slices.Contains(p.openPages, id) {
		return
	}
	p.openPages = append(p.openPages, id)
	at := w.now
	if len(p.openPages) > 1 {
		if !w.chance(250) {
			last := pageLifetime - time.Duration(w.dice.IntN(9000))*time.Millisecond
			thinks := pick(w, 5*time.Second, 5*time.Second, 3*time.Minute, 50*time.Minute, last)
			w.queue.put(at.Add(thinks), func() { w.payPage(p, id) })
		}
		return
	}
	for range p.declines {
		at = at.Add(time.Duration(1+w.dice.IntN(40)) * time.Second)
		w.queue.put(at, func() { w.declineCard(p, id) })
	}
	if !p.abandoned {
		w.queue.put(at.Add(p.payDelay), func() { w.payPage(p, id) })
	}
}

// unpayable reports whether a page can no longer be paid.
func (w *World) unpayable(l *ledger, pg *page) bool {
	return !w.now.Before(pg.end) || pg.paid || w.gateway.onePayment && len(l.ownPayments()) > 0
}

// declineCard is a payment with a card that the bank does not accept.
func (w *World) declineCard(p *plan, id string) {
	l := w.gateway.ledgers[p.invoice]
	pg := l.page(id)
	if w.unpayable(l, pg) {
		return
	}
	l.failures++
	w.note("customer's card is declined", p.invoice)
	w.sendNotification(l, news{kind: pg.kind, status: "FAILED", amount: p.charge(pg.amount), page: id})
}

// charge returns the amount that a customer pays for a page: the page's, less a promo, or a wrong one.
func (p *plan) charge(amount int64) int64 { return amount - p.off + p.delta }

// payPage is a payment with a card that the bank accepts, if the page still stands.
func (w *World) payPage(p *plan, id string) {
	l := w.gateway.ledgers[p.invoice]
	pg := l.page(id)
	if w.unpayable(l, pg) {
		w.note("customer finds a page of", p.invoice, "over")
		return
	}
	pg.paid = true
	m := &money{amount: p.charge(pg.amount), at: w.now, page: id, approval: firstApproval, card: firstCard}
	if p.off > 0 && p.delta == 0 {
		m.full = pg.amount
	}
	if n := len(l.payments); n > 0 {
		w.stats.SecondPayments++
		m.approval, m.card = w.anotherCard(n)
	}
	w.note("customer pays", p.invoice, strconv.FormatInt(m.amount, 10))
	if pg.kind == "AUTHORIZE" && !pg.auto {
		m.id = "AUTH-" + p.invoice
		if l.authorized() != nil { // the lesser of two IDs may be the later or the earlier one
			m.id = pick(w, "AUT2", "AUTH2") + strconv.Itoa(len(l.payments)) + "-" + p.invoice
		}
		l.payments = append(l.payments, m)
		w.sendNotification(l, news{kind: "AUTHORIZE", status: "PENDING", amount: m.amount, authorizeID: m.id, pay: m})
		w.wantCaptures(l)
		return
	}
	l.payments = append(l.payments, m)
	w.stats.Paid++
	w.sendNotification(l, news{kind: l.kindOf(m), status: "SUCCESS", amount: m.amount, pay: m})
	w.wantRefunds(l)
}

// The first card in DOKU's reports.
const (
	firstApproval = "448998"
	firstCard     = "557338******1101"
)

// anotherCard returns the card in DOKU's reports of the n-th further payment: another approval code, card number, or
// both.
func (w *World) anotherCard(n int) (approval, card string) {
	other := "44899" + strconv.Itoa(n)
	switch w.dice.IntN(4) {
	case 0:
		return other, firstCard
	case 1:
		return other, ""
	case 2:
		return pick(w, "", firstApproval), "411111******00" + strconv.Itoa(10+n)
	}
	return other, "411111******00" + strconv.Itoa(10+n)
}

// payElsewhere pays a page that kasir did not make, such as one made in DOKU's Back Office. Its notification comes
// before the order exists here.
func (w *World) payElsewhere(p *plan, age time.Duration) {
	amount := p.request.Order.Amount
	pg := &page{id: "elsewhere-7", kind: "SALE", amount: amount, end: w.now.Add(pageLifetime), elsewhere: true,
		paid: true}
	m := &money{amount: amount, at: w.now.Add(-age), page: pg.id, approval: "331177", card: "520000******7777"}
	w.gateway.ledgers[p.invoice] = &ledger{invoice: p.invoice, autoType: "SALE", pages: []*page{pg},
		payments: []*money{m}}
	w.allowConflict(p.invoice, "request_id", "old_report")
	w.note("somebody else's page of", p.invoice, "is paid")
	w.hitNamed(SharedAccount, "paid_elsewhere")
	w.sendNotification(w.gateway.ledgers[p.invoice], news{kind: "SALE", status: "SUCCESS", amount: m.amount, pay: m})
}

// oldAge is the longest time before its order at which a payment may be dated.
const oldAge = 5 * time.Minute

// markStrangers marks the payments that are dated too long before the order was made. They belong to another order.
func (l *ledger) markStrangers(made time.Time) {
	for _, m := range l.payments {
		m.otherOrder = m.at.Truncate(time.Second).Before(made.Add(-oldAge))
	}
}
