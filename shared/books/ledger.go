package books

import (
	"strconv"
	"strings"
	"time"

	"kasir/shared/order"
)

// entry is one movement of an order. The amounts that are not those of a term of the equation belong to the terms
// below.
type entry struct {
	term  Term
	batch string // of an entry that follows from a row of a settlement report
	Line
}

// Terms that only the balances of an order use.
const (
	grossed  Term = "grossed"  // the amounts of sale rows
	deducted Term = "deducted" // taken from pay-outs for refunds and chargebacks
	promo    Term = "promo"    // discounts that the customer had already, so that the card paid less
)

// ledger is the money of one order, or the money of a settlement report that no order has.
type ledger struct {
	entries []entry
	order   order.Order
	batches map[string]Batch
}

func ledgerOf(o order.Order, batches map[string]Batch) ledger {
	l := ledger{order: o, batches: batches}
	taken := "payment"
	if o.Facts.Captured != nil {
		taken = "capture of an authorisation"
	}
	l.add(Taken, o.CapturedAt(), o.Captured(), taken)
	l.addRefunds()
	l.addElsewhere()
	for _, s := range o.Facts.Settled {
		why := l.nameOf(s.Batch) + ", row " + strconv.Itoa(s.Row)
		gross, discount := s.Amount, Discounts
		if taken := o.Captured(); taken > 0 && taken != gross && taken == gross-s.Discount {
			gross, discount = taken, promo
		}
		l.addOf(s.Batch, grossed, s.PaidOut, gross, why)
		l.addOf(s.Batch, Fees, s.PaidOut, s.Fee, why)
		l.addOf(s.Batch, discount, s.PaidOut, s.Discount, why)
		l.addOf(s.Batch, Settled, s.PaidOut, s.Net, why)
	}
	l.addDeductions()
	return l
}

func (l *ledger) add(term Term, at time.Time, amount int64, why string) {
	l.addOf("", term, at, amount, why)
}

// addOf adds an entry that follows from a row of a batch.
func (l *ledger) addOf(batch string, term Term, at time.Time, amount int64, why string) {
	if amount != 0 {
		line := Line{Invoice: l.order.Invoice, Date: at, Amount: amount, Why: why}
		l.entries = append(l.entries, entry{term, batch, line})
	}
}

// nameOf returns the name of a report for people.
func (l *ledger) nameOf(batch string) string {
	if b, known := l.batches[batch]; known {
		return "report " + b.Name
	}
	return "report " + batch
}

// addRefunds adds the refunds that kasir asked for.
func (l *ledger) addRefunds() {
	for _, op := range l.order.Refunds() {
		if op.State != order.Done {
			continue
		}
		why := "refund"
		switch {
		case op.Type == order.Void:
			why = "void"
		case op.Type.Manual():
			why = "refund by hand at DOKU, not yet confirmed"
		}
		l.add(Refunded, op.DoneAt, op.Amount, why)
	}
}

// dateOf returns the date of a movement. A settlement report has the date of the sale, so its movements count on the
// last pay-out day of the report. If that is not known, they count on the day on which the report was read.
func (l *ledger) dateOf(m order.Movement) time.Time {
	if m.Source != order.FromSettlement {
		return l.order.FactTime(m.At, m.LearnedAt)
	}
	if b, known := l.batches[batchOf(m)]; known {
		return b.PaidOut
	}
	for _, s := range l.order.Facts.Settled {
		if s.Batch == batchOf(m) {
			return s.PaidOut
		}
	}
	return m.LearnedAt
}

// batchOf returns the batch of a movement that a settlement report has.
func batchOf(m order.Movement) string {
	batch, _, _ := strings.Cut(m.Ref, ":")
	return batch
}

// addDeductions adds the amounts that DOKU took from pay-outs for refunds, voids and chargebacks.
func (l *ledger) addDeductions() {
	for _, m := range l.order.Facts.Movements {
		_, withdrawn := l.order.Withdrawn(m.ID())
		if m.Source != order.FromSettlement || withdrawn {
			continue
		}
		amount := m.Amount
		switch m.Kind {
		case order.MovedReversal:
			amount = -amount
		case order.MovedRefund, order.MovedVoid, order.MovedChargeback:
		default:
			continue
		}
		_, row, _ := strings.Cut(m.Ref, ":")
		why := l.nameOf(batchOf(m)) + ", row " + row + ": " + string(m.Kind)
		l.addOf(batchOf(m), deducted, l.dateOf(m), amount, why)
		l.addOf(batchOf(m), Settled, l.dateOf(m), -amount, why)
	}
}

// sums returns the order's money of each term before a time, and the date of the latest of these movements.
func (l ledger) sums(before time.Time) (sum map[Term]int64, last time.Time) {
	sum = map[Term]int64{}
	for _, e := range l.entries {
		if e.Date.Before(before) {
			sum[e.term] += e.Amount
			if e.Date.After(last) {
				last = e.Date
			}
		}
	}
	return sum, last
}
