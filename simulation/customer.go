package simulation

import (
	"strconv"
	"time"
)

// opens gives the customer the page, once somebody has its address.
func (w *World) opens(p *plan) {
	if p.opened {
		return
	}
	p.opened = true
	at := w.now
	for range p.declined {
		at = at.Add(time.Duration(1+w.dice.IntN(40)) * time.Second)
		w.queue.put(at, func() { w.declined(p) })
	}
	if !p.abandons {
		w.queue.put(at.Add(p.thinks), func() { w.pays(p) })
	}
}

// declined is a card that the bank does not accept.
func (w *World) declined(p *plan) {
	l := w.gateway.ledgers[p.invoice]
	if l == nil || !w.now.Before(l.pageEnd) || l.paid != nil || l.authorized != nil {
		return
	}
	l.failures++
	w.say("customer's card is declined", p.invoice)
	w.tell(l, news{kind: l.kind, status: "FAILED", amount: p.amount})
}

// pays is a card that the bank accepts, if the page is still there.
func (w *World) pays(p *plan) {
	l := w.gateway.ledgers[p.invoice]
	if l == nil || !w.now.Before(l.pageEnd) || l.paid != nil || l.authorized != nil {
		w.say("customer finds the page of", p.invoice, "over")
		return
	}
	w.say("customer pays", p.invoice, strconv.FormatInt(p.amount, 10))
	m := &money{amount: p.amount, at: w.now}
	if l.kind == "AUTHORIZE" && !l.auto {
		m.id = "AUTH-" + p.invoice
		l.authorized = m
		w.tell(l, news{kind: "AUTHORIZE", status: "PENDING", amount: p.amount, authorizeID: m.id})
		w.wantCaptures(l)
		return
	}
	l.paid = m
	w.stats.Paid++
	kind := l.kind
	if l.auto {
		kind = l.autoType
	}
	w.tell(l, news{kind: kind, status: "SUCCESS", amount: p.amount})
	w.wantRefunds(l)
}

// payElsewhere is a payment of a page that was made without us, such as in DOKU's Back Office: its notification comes
// before the order is here.
func (w *World) payElsewhere(p *plan) {
	l := &ledger{
		invoice: p.invoice, kind: "SALE", amount: p.amount, pageEnd: w.now.Add(pageLifetime), pageIDs: map[string]bool{},
		paid: &money{amount: p.amount, at: w.now},
	}
	w.gateway.ledgers[p.invoice] = l
	w.say("somebody else's page of", p.invoice, "is paid")
	w.tell(l, news{kind: "SALE", status: "SUCCESS", amount: p.amount})
}
