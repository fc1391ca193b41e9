package books

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/shared/order"
)

// entry is one movement of an order. The amounts that are not those of a term of the equation belong to the terms
// below.
type entry struct {
	term Term
	Line
}

// Terms that only the balances of an order use.
const (
	grossed  Term = "grossed"  // the amounts of sale rows
	deducted Term = "deducted" // taken from pay-outs for refunds and chargebacks
)

// ledger is the money of one order.
type ledger struct {
	entries []entry
	order   order.Order
}

func ledgerOf(o order.Order) ledger {
	l := ledger{order: o}
	taken := "payment"
	if o.Facts.Captured != nil {
		taken = "capture of an authorisation"
	}
	l.add(Taken, o.CapturedAt(), o.Captured(), taken)
	l.addRefunds()
	l.addElsewhere()
	for _, s := range o.Facts.Settled {
		why := "report " + s.Batch + " row " + strconv.Itoa(s.Row)
		l.add(grossed, s.PaidOut, s.Amount, why)
		l.add(Fees, s.PaidOut, s.Fee, why)
		l.add(Discounts, s.PaidOut, s.Discount, why)
		l.add(Settled, s.PaidOut, s.Net, why)
	}
	l.addDeductions()
	return l
}

func (l *ledger) add(term Term, at time.Time, amount int64, why string) {
	if amount != 0 {
		l.entries = append(l.entries, entry{term, Line{Invoice: l.order.Invoice, Date: at, Amount: amount, Why: why}})
	}
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

// addElsewhere adds the refunds, voids and chargebacks that were made outside kasir. A void of an authorisation moves
// no money that was taken.
func (l *ledger) addElsewhere() {
	o, left := l.order, int64(0)
	all := o.Elsewhere()
	for _, e := range all {
		if e.Kind == order.MovedChargeback {
			left += e.Amount * int64(e.Count)
		}
	}
	for _, e := range all {
		dates := elsewhereDates(o, e)
		for _, at := range dates {
			switch e.Kind {
			case order.MovedChargeback:
				l.add(Chargebacks, at, e.Amount, "chargeback, by "+sources(e))
			case order.MovedReversal: // no more is reversed than was charged back
				amount := min(e.Amount, left)
				left -= amount
				l.add(Chargebacks, at, -amount, "chargeback reversed, by "+sources(e))
			default:
				if o.Captured() > 0 || o.Facts.Authorized == nil {
					l.add(Refunded, at, e.Amount, string(e.Kind)+" outside kasir, by "+sources(e))
				}
			}
		}
	}
}

func sources(e order.Elsewhere) string {
	var all []string
	for _, s := range e.Sources {
		all = append(all, string(s))
	}
	return strings.Join(all, ", ")
}

// elsewhereDates returns the date of each movement that e counts: the dates that the source with the most reports gives
// them, without those that are nearest to the refunds that kasir asked for.
func elsewhereDates(o order.Order, e order.Elsewhere) []time.Time {
	bySource := map[order.Source][]time.Time{}
	for _, m := range o.Facts.Movements {
		if _, withdrawn := o.Withdrawn(m.ID()); !withdrawn && m.Amount == e.Amount && sameKind(m.Kind, e.Kind) {
			bySource[m.Source] = append(bySource[m.Source], dateOf(o, m))
		}
	}
	var dates []time.Time
	for _, source := range []order.Source{ // the most exact dates first
		order.FromNotification, order.FromRecord, order.FromStatus, order.FromSettlement,
	} {
		if found := bySource[source]; len(found) > len(dates) {
			dates = found
		}
	}
	slices.SortFunc(dates, time.Time.Compare)
	if e.Kind == order.MovedRefund || e.Kind == order.MovedVoid {
		dates = withoutOwn(dates, o, e)
	}
	for len(dates) < e.Count { // the others were reported by several sources
		dates = append(dates, e.At)
	}
	return dates[:e.Count]
}

// withoutOwn removes, for each refund that kasir asked for, the date that is nearest to it, until as many are left as e
// counts.
func withoutOwn(dates []time.Time, o order.Order, e order.Elsewhere) []time.Time {
	for _, op := range o.Refunds() {
		if op.Amount != e.Amount || op.State == order.Refused || len(dates) <= e.Count {
			continue
		}
		at := op.DoneAt
		if at.IsZero() {
			at = op.LastAt
		}
		nearest := 0
		for i, date := range dates {
			if date.Sub(at).Abs() < dates[nearest].Sub(at).Abs() {
				nearest = i
			}
		}
		dates = slices.Delete(dates, nearest, nearest+1)
	}
	return dates
}

// sameKind reports whether reports of both kinds count together.
func sameKind(a, b order.MovementKind) bool {
	back := func(k order.MovementKind) bool { return k == order.MovedRefund || k == order.MovedVoid }
	return a == b || back(a) && back(b)
}

// dateOf returns the date of a movement. A settlement report has the date of the sale, so its movements count on the
// day of the pay-out.
func dateOf(o order.Order, m order.Movement) time.Time {
	if m.Source != order.FromSettlement {
		return o.FactTime(m.At, m.LearnedAt)
	}
	for _, s := range o.Facts.Settled {
		if strings.HasPrefix(m.Ref, s.Batch) {
			return s.PaidOut
		}
	}
	return m.LearnedAt
}

// addDeductions adds the amounts that DOKU took from pay-outs for refunds and chargebacks. A void before the settlement
// leaves a row without a pay-out, so voids count only if the sale was settled, and not before that.
func (l *ledger) addDeductions() {
	settledFrom := time.Time{}
	for _, s := range l.order.Facts.Settled {
		if settledFrom.IsZero() || s.PaidOut.Before(settledFrom) {
			settledFrom = s.PaidOut
		}
	}
	for _, m := range l.order.Facts.Movements {
		_, withdrawn := l.order.Withdrawn(m.ID())
		if m.Source != order.FromSettlement || withdrawn {
			continue
		}
		at, amount := dateOf(l.order, m), m.Amount
		switch m.Kind {
		case order.MovedReversal:
			amount = -amount
		case order.MovedRefund, order.MovedChargeback:
		case order.MovedVoid:
			if settledFrom.IsZero() {
				continue
			}
			if at.Before(settledFrom) {
				at = settledFrom
			}
		default:
			continue
		}
		l.add(deducted, at, amount, "")
		l.add(Settled, at, -amount, string(m.Kind)+" taken from a pay-out")
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
