package books

import "time"

// Batch is the sum of the rows of a settlement report that are about cards, in whole rupiah.
type Batch struct {
	ID       string // as in order.Settled
	Name     string // the batch ID in the report
	PaidOut  time.Time
	Fee      int64
	Discount int64
	Net      int64 // paid to the merchant, less what was taken back
}

// with adds an entry of an order.
func (b Batch) with(e entry) Batch {
	switch e.term {
	case Fees:
		b.Fee += e.Amount
	case Discounts, promo:
		b.Discount += e.Amount
	case Settled:
		b.Net += e.Amount
	}
	return b
}

// rest returns the money of the batch that no order has, of which the orders have applied.
func (b Batch) rest(applied Batch) ledger {
	l := ledger{}
	why := "report " + b.Name + ": rows of no order, or costs of rows that are no sales"
	l.add(Fees, b.PaidOut, b.Fee-applied.Fee, why)
	l.add(Discounts, b.PaidOut, b.Discount-applied.Discount, why)
	l.add(Settled, b.PaidOut, b.Net-applied.Net, why)
	return l
}
