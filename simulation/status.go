package simulation

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/shared/order"
)

// settleTime is the time after an event in which check status may not know it. DOKU wants no question earlier.
const settleTime = time.Minute

const statusPath = "/orders/v1/status/"

// refundReport is the form in which check status reports refunds. DOKU does not document it.
type refundReport int

const (
	reportNone  refundReport = iota
	reportLast               // the latest refund, under "refund"
	reportTotal              // the sum of all refunds
	reportRest               // the payment's amount less the refunds, and nothing else
	reportWhole              // REFUNDED, as if all had gone back
	refundReports
)

// status answers from the ledger as it was a minute ago.
func (d *DOKU) status(s *dokuRequest, p *passage) *reply {
	w := d.w
	l := d.ledgers[s.invoice]
	lag := settleTime
	switch {
	case !strings.HasPrefix(s.path, statusPath) && w.now.Sub(epoch) < w.schedule.pathFixedAt,
		p.is("status_no_resource"):
		w.note("doku.", s.what, "is a wrong path")
		return &reply{status: 404, sign: unsigned, body: []byte(`{"message":"No static resource ` + s.path[1:] + `."}`)}
	case l == nil:
		if a := d.statusByID(s); a != nil {
			return a
		}
		return d.notFound(s)
	case p.is("status_not_found") && w.now.Sub(l.lastAt) < 30*time.Minute:
		return d.notFound(s)
	case p.is("status_lag"):
		lag = time.Duration(2+w.dice.IntN(28)) * time.Minute
	case p.is("status_other_order"):
		w.allowConflict(s.invoice, order.ConflictInvoice)
		other := *l
		if w.chance(500) { // another merchant's order, which is paid
			at := w.now.Add(-time.Hour)
			amount := int64(50_000)
			if len(l.pages) > 0 {
				amount = l.pages[len(l.pages)-1].amount
			}
			other = ledger{pages: []*page{{id: "other", kind: "SALE", amount: amount}}, lastAt: at}
			other.payments = []*money{{amount: amount, at: at, page: "other"}}
		}
		other.invoice = "INV-OTHER"
		l = &other
	}
	st := d.statusAt(l, w.now.Add(-lag))
	if w.chance(100) {
		st.at = time.Time{} // DOKU does not document whether a date is always there
		if p := w.planOf(s.invoice); st.money != nil && st.money.otherOrder {
			p.undated = true
		}
	}
	w.note("doku.", s.what, st.kind, st.status)
	a := d.answer(s, 200, "")
	a.body = st.body(l, d.showsFull)
	a.aboutOrder = l.invoice == s.invoice
	a.unpaid = st.money == nil && l.invoice == s.invoice
	return a
}

func (d *DOKU) notFound(s *dokuRequest) *reply {
	d.w.note("doku.", s.what, "unknown invoice")
	code := pick(d.w, "TRANSACTION_NOT_FOUND", "ORDER_NOT_FOUND", "NOT_FOUND", "DATA_NOT_FOUND", "INVOICE_NOT_FOUND")
	a := d.refusal(s, 404, code, "not found")
	a.unpaid = true
	return a
}

// statusByID answers about a capture or refund with its own Request-Id, if this DOKU can.
func (d *DOKU) statusByID(s *dokuRequest) *reply {
	if !d.byID {
		return nil
	}
	for _, p := range d.w.plans {
		l := d.ledgers[p.invoice]
		if l == nil {
			continue
		}
		said := func(kind string, m money) *reply {
			if m.at.After(d.w.now.Add(-settleTime)) {
				return nil
			}
			refund := ""
			if kind == "REFUND" {
				refund = `,"refund":{"amount":` + strconv.FormatInt(m.amount, 10) + `,"type":"` + m.kind +
					`","status":"SUCCESS"}`
			}
			amount := strconv.FormatInt(l.latest().amount, 10)
			return d.answer(s, 200, `{"order":{"invoice_number":"`+l.invoice+`","amount":`+amount+
				`},"transaction":{"type":"`+kind+`","status":"SUCCESS","date":"`+stampOf(m.at)+
				`","original_request_id":"`+s.invoice+`"}`+refund+`}`)
		}
		if i := find(l.refunds, s.invoice); i >= 0 {
			return said("REFUND", l.refunds[i])
		}
		if i := find(l.captures, s.invoice); i >= 0 {
			return said("CAPTURE", l.captures[i])
		}
	}
	return nil
}

// standing is the content of an answer of check status.
type standing struct {
	order, status, kind, code string
	at                        time.Time
	money                     *money
	refund                    *money
	rest                      int64 // of the payment's amount, if that is shown instead
}

func (d *DOKU) statusAt(l *ledger, upTo time.Time) standing {
	st := standing{order: "ORDER_GENERATED"}
	var m *money
	for _, pay := range l.payments {
		if !pay.at.After(upTo) && (m == nil || d.showsLast) {
			m = pay
		}
	}
	taken := func(kind, status string) standing {
		return standing{kind: kind, status: status, code: "00", at: m.at.Truncate(time.Second), money: m}
	}
	switch {
	case m != nil && m.id == "":
		st = taken(l.kindOf(m), "SUCCESS")
	case m != nil && slices.ContainsFunc(l.captures, func(c money) bool { return c.id == m.id && !c.at.After(upTo) }):
		st = taken("CAPTURE", "SUCCESS")
	case m != nil && !l.voidedAt.IsZero() && !l.voidedAt.After(upTo):
		st = taken(pick(d.w, "VOID", "AUTHORIZE"), "VOIDED")
	case m != nil:
		st = taken("AUTHORIZE", "PENDING")
	case l.failures > 0:
		return standing{status: "FAILED", kind: l.latest().kind, code: "51", at: epoch.Add(30 * time.Minute)}
	case !upTo.Before(l.latest().end):
		return standing{order: "ORDER_EXPIRED", status: "EXPIRED"}
	}
	if st.money != nil {
		d.addRefunds(&st, l, upTo)
	}
	return st
}

// addRefunds adds the refunds up to a moment in the form that this DOKU uses, and a chargeback if it shows them.
func (d *DOKU) addRefunds(st *standing, l *ledger, upTo time.Time) {
	refunds := l.refundsOf(st.money.page, upTo)
	total := money{kind: "PARTIAL_REFUND"}
	for _, m := range refunds {
		total.amount += m.amount
		if m.kind != "" {
			total.kind = m.kind
		}
	}
	taken := l.takenByPage(st.money.page)
	switch {
	case total.amount == 0:
	case d.refundReport == reportLast:
		st.refund = &refunds[len(refunds)-1]
	case d.refundReport == reportTotal:
		st.refund = &total
	case d.refundReport == reportRest && total.amount < taken:
		st.rest = taken - total.amount
	}
	whole := total.amount > 0 && d.refundReport == reportWhole && len(l.moves) > 0
	if whole || total.amount > 0 && total.amount == taken {
		st.status = "REFUNDED"
		if total.kind == "VOID" {
			st.status = "VOIDED"
		}
	}
	if d.showsDispute && l.disputedAt(upTo) > 0 {
		st.kind, st.status = pick(d.w, st.kind, moveDispute), moveDispute
	}
}

// refundsOf returns the refunds of a page up to a moment, oldest first, by whomever.
func (l *ledger) refundsOf(page string, upTo time.Time) []money {
	var all []money
	for _, m := range l.refunds {
		if !m.at.After(upTo) && m.page == page {
			all = append(all, m)
		}
	}
	for _, m := range l.moves {
		if !m.at.After(upTo) && m.page == page && m.goesBack() {
			kind := "PARTIAL_REFUND"
			if m.kind == moveVoid {
				kind = "VOID"
			}
			all = append(all, money{requestID: m.ref, amount: m.amount, at: m.at, kind: kind})
		}
	}
	slices.SortStableFunc(all, func(a, b money) int { return a.at.Compare(b.at) })
	return all
}

// body returns the JSON that DOKU writes. full names the order's amount although a promo was taken off.
func (st standing) body(l *ledger, full bool) []byte {
	amount, authorizeID, of := l.latest().amount, "", l.latest().id
	if st.money != nil {
		amount, authorizeID, of = st.money.amount, st.money.id, st.money.page
		if full && st.money.full > 0 {
			amount = st.money.full
		}
		if st.rest > 0 {
			amount = st.rest
		}
	}
	b := append(make([]byte, 0, 400), `{"order":{"invoice_number":"`+l.invoice+`","amount":`...)
	b = strconv.AppendInt(b, amount, 10)
	if st.order != "" {
		b = append(b, `,"status":"`+st.order+`"`...)
	}
	b = append(b, `},"transaction":{"status":"`+st.status+`","type":"`+st.kind+`"`...)
	if !st.at.IsZero() {
		b = append(b, `,"date":"`+stampOf(st.at)+`"`...)
	}
	b = append(b, `,"original_request_id":"`+of+`"},"card_payment":{"response_code":"`+st.code+`"`...)
	if st.money != nil {
		b = append(b, `,"approval_code":"`+st.money.approval+`","card_masked":"`+st.money.card+`"`...)
	}
	if authorizeID != "" {
		b = append(b, `,"authorize_id":"`+authorizeID+`"`...)
	}
	b = append(b, '}')
	if st.refund != nil {
		b = st.refund.appendBlock(b)
	}
	return append(b, '}')
}

// kindOf returns the type that DOKU reports for a payment that was taken at once.
func (l *ledger) kindOf(m *money) string {
	p := l.page(m.page)
	switch {
	case p == nil:
		return "SALE"
	case p.auto:
		return l.autoType
	}
	return p.kind
}
