package sandbox

import (
	"cmp"
	"fmt"
	"time"

	"kasir/local/sandbox/report"
)

// settlement is one batch: the money of a day that DOKU paid to the merchant, and its report.
type settlement struct {
	report    report.Report
	paidOut   time.Time // 13:00 in Jakarta
	malformed string    // the malformation of file, "" without one
	file      []byte    // as it was sent
}

// settlementOrder says how a report is made.
type settlementOrder struct {
	paidOut      time.Time
	malformed    string
	positive     bool // refunds and chargebacks have no sign
	net          bool // AMOUNT is what was captured, and DISCOUNT is 0; otherwise a promo is in both
	otherChannel int  // the number of rows of another channel
}

// settleDay settles all captured money and makes its report. Refunds and disputes follow the sale of their payment, in
// the same report or a later one. What is younger than the day waits for the next report. The settlement is nil if
// there is no row.
func (s *Server) settleDay(o settlementOrder) *settlement {
	r := report.Report{Batch: s.batchID(len(s.book.settlements) + 1)}
	for _, p := range s.book.pages {
		r.Rows = append(r.Rows, s.settlePage(p, o)...)
	}
	for i := range o.otherChannel {
		r.Rows = append(r.Rows, s.otherChannelRow(i+1, o))
	}
	if len(r.Rows) == 0 {
		return nil
	}
	made := &settlement{report: r, paidOut: o.paidOut, malformed: o.malformed}
	made.file, _ = r.Malformed(o.malformed)
	s.book.settlements = append(s.book.settlements, made)
	return made
}

// batchID returns a batch id in the form of the one that is known. It ends in two stamps in Jakarta's time.
func (s *Server) batchID(number int) string {
	now := s.now().In(jakarta)
	stamp := fmt.Sprintf("%s%03d", now.Format("20060102150405"), now.Nanosecond()/int(time.Millisecond))
	return fmt.Sprintf("B-BSN-0001-%s-SBS-%04d-%s-%s", randomDigits(13), number, stamp, stamp)
}

// settlePage settles a page and returns its rows that no report contains yet.
func (s *Server) settlePage(p *page, o settlementOrder) (rows []report.Row) {
	due := func(at time.Time) bool { return !dayOf(at).After(dayOf(o.paidOut)) }
	if taken := p.captured - p.reported; taken > 0 && !p.isVoided() && due(p.takenAt()) {
		rows = append(rows, s.saleRow(p, taken, o))
		p.reported, p.settled = p.captured, true
	}
	if p.reported == 0 {
		return rows
	}
	for _, r := range p.refunds {
		if r.done && !r.reported && due(r.at) {
			rows = append(rows, s.backRow(p, report.Refund, r.at, r.amount, o))
			r.reported = true
		}
	}
	for _, d := range p.disputes {
		if !d.reported && due(d.at) {
			rows = append(rows, s.backRow(p, report.Chargeback, d.at, d.amount, o))
			d.reported = true
		}
		if d.reported && !d.wonReported && !d.isOpen() && due(d.wonAt) {
			row := s.backRow(p, report.Reversal, d.wonAt, d.amount, o)
			row.Amount, row.Net = d.amount, d.amount
			rows = append(rows, row)
			d.wonReported = true
		}
	}
	return rows
}

// takenAt returns the time of the payment, or of the last capture of an authorisation.
func (p *page) takenAt() time.Time {
	at := p.paidAttempt().doneAt
	for _, t := range p.captures {
		if t.done() {
			at = t.at
		}
	}
	return at
}

// dayOf returns the beginning of a day in Jakarta.
func dayOf(at time.Time) time.Time {
	y, m, d := at.In(jakarta).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, jakarta)
}

// saleRow returns the row of a payment. Its fee is one of a card, with VAT. The fee is of what the card paid.
func (s *Server) saleRow(p *page, taken int64, o settlementOrder) report.Row {
	row := s.rowOf(p, report.Sale, p.takenAt(), o)
	row.Amount, row.Fee = taken, cardFee(taken)
	row.Net = taken - row.Fee
	if p.reported == 0 && !o.net {
		row.Discount = p.paidAttempt().discount
		row.Amount += row.Discount
	}
	return row
}

// cardFee returns 2.8 % and 2000 rupiah, with VAT of 11 %, in whole rupiah.
func cardFee(amount int64) int64 {
	const base = 100_000 // of 28/1000 × 111/100
	return ((amount*28+2000*1000)*111 + base/2) / base
}

// backRow returns the row of money that went back to the customer.
func (s *Server) backRow(p *page, kind string, at time.Time, amount int64, o settlementOrder) report.Row {
	row := s.rowOf(p, kind, at, o)
	if row.Amount = -amount; o.positive {
		row.Amount = amount
	}
	row.Net = row.Amount
	return row
}

// rowOf returns a row without amounts.
func (s *Server) rowOf(p *page, kind string, at time.Time, o settlementOrder) report.Row {
	row := report.Row{
		Merchant: cmp.Or(s.cfg.Merchant, "Merchant"), Channel: "Credit Card", At: at,
		Invoice: p.body.Order.InvoiceNumber, Customer: p.body.Customer.Name, Recon: reconCode(at), PaidOut: o.paidOut,
		Type: kind, Account: p.body.AdditionalInfo.Account.ID,
	}
	for _, own := range p.body.AdditionalInfo.Report {
		row.Own = append(row.Own, report.Column{Name: own.Key, Value: own.Value})
	}
	return row
}

func reconCode(at time.Time) string {
	return "TW" + at.In(jakarta).Format("20060102") + randomDigits(6)
}

// otherChannelRow returns a row of a payment by QRIS, which this sandbox does not have. Its fee is 0.7 %.
func (s *Server) otherChannelRow(number int, o settlementOrder) report.Row {
	amount := int64(25_000 * number)
	fee := amount * 7 / 1000
	return report.Row{
		Merchant: cmp.Or(s.cfg.Merchant, "Merchant"), Channel: "QRIS", At: o.paidOut,
		Invoice: fmt.Sprintf("QRIS-%s-%d", o.paidOut.Format("20060102"), number), Customer: "Bank BCA",
		Amount: amount, Recon: reconCode(o.paidOut), Fee: fee, Net: amount - fee, PaidOut: o.paidOut, Type: report.Sale,
	}
}
