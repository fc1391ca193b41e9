package books

import (
	"fmt"
	"slices"
	"time"

	"kasir/shared/order"
)

// Reason is why an order's money does not add up.
type Reason string

// The reasons. docs/settlement.md has what to do about each.
const (
	// SettledLess: the sale was settled with a lower amount than was taken, and no refund explains it.
	SettledLess Reason = "settled_less"
	// SettledMore: the sale was settled with a higher amount than was taken.
	SettledMore Reason = "settled_more"
	// SettledTwice: several reports or rows settle the sale, with more than was taken.
	SettledTwice Reason = "settled_twice"
	// NotTaken: a sale was settled, and kasir knows of no payment.
	NotTaken Reason = "not_taken"
	// RowSum: the pay-out of a row is not its amount less fee and discount.
	RowSum Reason = "row_sum"
	// Overdrawn: more went back than was taken.
	Overdrawn Reason = "overdrawn"
	// Deducted: DOKU took more from pay-outs than went back.
	Deducted Reason = "deducted"
	// Unaccounted: DOKU states that money went back, and no known movement accounts for it.
	Unaccounted Reason = "unaccounted"
	// Unassigned: a settlement report paid out, or took back, money that no order has.
	Unassigned Reason = "unassigned"
	// InDoubt: it is not known whether DOKU carried out a refund.
	InDoubt Reason = "in_doubt"
)

// balance is what is left of an order's money at a time.
type balance struct {
	outstanding int64
	why         string // of outstanding
	differences []Line // without invoice and date
	last        time.Time
}

// outstanding returns the balance that DOKU still has to pay out or to take back, if there is one.
func (l ledger) outstanding(before time.Time) []Line {
	b := l.balance(before)
	if b.outstanding == 0 {
		return nil
	}
	return []Line{{Invoice: l.order.Invoice, Date: b.last, Amount: b.outstanding, Why: b.why}}
}

// differences returns the order's differences.
func (l ledger) differences(before time.Time) []Line {
	b := l.balance(before)
	for i := range b.differences {
		b.differences[i].Invoice, b.differences[i].Date = l.order.Invoice, b.last
	}
	return b.differences
}

func (b *balance) differ(reason Reason, amount int64, format string, args ...any) {
	if amount != 0 {
		b.differences = append(b.differences, Line{Amount: amount, Reason: reason, Why: fmt.Sprintf(format, args...)})
	}
}

// balance splits what is left of the order's money before a time into what is outstanding and what does not add up.
func (l ledger) balance(before time.Time) balance {
	sum, last := l.sums(before)
	b := balance{last: last}
	if l.order.Invoice == "" {
		b.differ(Unassigned, -sum[Settled]-sum[Fees]-sum[Discounts], "%s", l.entries[0].Why)
		return b
	}
	back := sum[Refunded] + sum[Chargebacks]
	net := sum[Settled] + sum[deducted]
	b.differ(RowSum, sum[grossed]-sum[Fees]-sum[Discounts]-net, "%d less fee %d and discount %d were settled as %d",
		sum[grossed], sum[Fees], sum[Discounts], net)
	if l.rows(before) == 0 {
		l.unsettled(&b, sum[Taken], back, sum[deducted])
		l.reserve(&b, before)
		if at := l.order.Watch.OverdueAt; !at.IsZero() && at.Before(before) {
			b.why += ", overdue"
		}
		return b
	}
	short, owed := sum[Taken]-sum[grossed], back-sum[deducted]
	netted := l.netted(short, before)
	l.settled(&b, sum, short-netted, owed-netted, l.rows(before))
	return b
}

// unsettled is the balance of an order without a sale row. DOKU has to pay out what was taken and did not go back.
func (l ledger) unsettled(b *balance, taken, back, deducted int64) {
	b.differ(Overdrawn, min(0, taken-back), "%d went back, %d taken", back, taken)
	b.differ(Deducted, max(0, deducted-back), "%d taken from pay-outs, %d went back", deducted, back)
	b.outstanding = max(0, taken-back) + min(deducted, back)
	b.why = fmt.Sprintf("not settled: %d taken", taken)
	if back != 0 {
		b.why += fmt.Sprintf(", %d went back", back)
	}
	if deducted != 0 {
		b.why += fmt.Sprintf(", %d taken from pay-outs", deducted)
	}
}

// netted returns the part of short that is money that went back before the sale was settled. A report may contain the
// whole sale, and DOKU takes the refund back later. Or it contains the sale less the refunds until then. netted takes
// the one that is closer to the rows.
func (l ledger) netted(short int64, before time.Time) int64 {
	var rows time.Time // the last
	var went []entry
	for _, e := range l.entries {
		switch {
		case !e.Date.Before(before):
		case e.term == grossed && e.Date.After(rows):
			rows = e.Date
		case e.term == Refunded, e.term == Chargebacks:
			went = append(went, e)
		}
	}
	slices.SortStableFunc(went, func(x, y entry) int { return x.Date.Compare(y.Date) })
	closest, sum := int64(0), int64(0)
	for _, e := range went {
		if sum += e.Amount; !e.Date.After(rows) && distance(short, sum) < distance(short, closest) {
			closest = sum
		}
	}
	return closest
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// settled is the balance of an order with sale rows, which settled short rupiah too little. owed is what DOKU has to
// take back: the money that went back and that it has neither taken nor left out of the sale.
func (l ledger) settled(b *balance, sum map[Term]int64, short, owed int64, rows int) {
	taken, gross, back := sum[Taken], sum[grossed], sum[Refunded]+sum[Chargebacks]
	switch {
	case short > 0:
		b.differ(SettledLess, short, "%d settled, %d taken, %d went back", gross, taken, back)
	case taken == 0:
		b.differ(NotTaken, short, "%d settled, and no payment is known", gross)
	case rows > 1:
		b.differ(SettledTwice, short, "%d settled in %d rows, %d taken, %d went back", gross, rows, taken, back)
	default:
		b.differ(SettledMore, short, "%d settled, %d taken, %d went back", gross, taken, back)
	}
	if beyond := min(max(0, back-taken), max(0, owed)); beyond > 0 {
		b.differ(Overdrawn, -beyond, "%d went back, %d taken", back, taken)
		owed -= beyond
	}
	if owed < 0 {
		b.differ(Deducted, -owed, "%d taken from pay-outs, %d went back", sum[deducted], back)
		owed = 0
	}
	b.outstanding = -owed
	b.why = fmt.Sprintf("DOKU has still to take back %d that went back", owed)
}

// reserve moves the money that may have gone back from outstanding to the differences.
func (l ledger) reserve(b *balance, before time.Time) {
	move := func(reason Reason, amount int64, text string) {
		amount = min(amount, max(0, b.outstanding))
		b.differ(reason, amount, text, amount)
		b.outstanding -= amount
	}
	if stated := l.stated(); stated.Before(before) {
		move(Unaccounted, l.order.Unaccounted(), "DOKU states that %d more went back than is known")
	}
	for _, op := range l.order.Refunds() {
		if op.State == order.Parked && op.FirstAt.Before(before) {
			move(InDoubt, op.Amount, "it is not known whether a refund of %d was carried out")
		}
	}
}

// stated returns the time at which kasir learned of the first statement of DOKU about the payment as a whole.
func (l ledger) stated() time.Time {
	first := time.Time{}
	for _, m := range l.order.Facts.Movements {
		stated := m.Kind == order.MovedTotal || m.Kind == order.MovedRest
		if stated && (first.IsZero() || m.LearnedAt.Before(first)) {
			first = m.LearnedAt
		}
	}
	return first
}

// rows returns the number of sale rows that were paid out before a time.
func (l ledger) rows(before time.Time) int {
	n := 0
	for _, s := range l.order.Facts.Settled {
		if s.PaidOut.Before(before) {
			n++
		}
	}
	return n
}
