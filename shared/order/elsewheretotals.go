package order

import (
	"slices"
	"time"
)

// ElsewhereRefunded returns the money that went back outside kasir by refunds and voids, in whole rupiah.
func (o Order) ElsewhereRefunded() int64 { return refundedTotal(o.Elsewhere()) }

// ChargedBack returns the money that the customer's bank took back, less what was reversed, in whole rupiah.
func (o Order) ChargedBack() int64 { return chargedBackTotal(o.Elsewhere()) }

// refundedTotal returns the sum of the refunds and voids.
func refundedTotal(all []Elsewhere) int64 {
	total := int64(0)
	for _, e := range all {
		if e.Kind.back() {
			total += e.Amount * int64(e.Count)
		}
	}
	return total
}

func chargedBackTotal(all []Elsewhere) int64 {
	taken, reversed := chargebackTotals(all)
	return max(0, taken-reversed)
}

// chargebackTotals returns the sums of the chargebacks and of their reversals.
func chargebackTotals(all []Elsewhere) (taken, reversed int64) {
	for _, e := range all {
		switch e.Kind {
		case MovedChargeback:
			taken += e.Amount * int64(e.Count)
		case MovedReversal:
			reversed += e.Amount * int64(e.Count)
		}
	}
	return taken, reversed
}

// Unaccounted returns the money that DOKU states to have gone back and that no known movement accounts for, in whole
// rupiah. It cannot be refunded.
func (o Order) Unaccounted() int64 {
	if len(o.Facts.Movements) == 0 {
		return 0
	}
	all := o.Elsewhere()
	return o.unaccounted(refundedTotal(all) + chargedBackTotal(all))
}

// lost returns the money that is not with the merchant and that no refund of kasir's accounts for, in whole rupiah.
func (o Order) lost() int64 {
	if len(o.Facts.Movements) == 0 {
		return 0
	}
	all := o.Elsewhere()
	elsewhere := refundedTotal(all) + chargedBackTotal(all)
	return elsewhere + o.unaccounted(elsewhere)
}

// unaccounted is Unaccounted of an order of which elsewhere went back outside kasir.
func (o Order) unaccounted(elsewhere int64) int64 {
	captured := o.Captured()
	most := int64(0)
	for _, m := range o.standing() {
		own := o.refundsBegun(m.LearnedAt)
		stated := int64(0)
		switch m.Kind {
		case MovedRest:
			stated = captured - m.Amount
		case MovedTotal:
			stated = captured
			if m.Amount > 0 && m.Amount < captured && slices.ContainsFunc([]int64{own, own + elsewhere},
				func(known int64) bool { return m.Amount == known || m.Amount == captured-known }) {
				stated = 0 // it names one of the movements that are known, or what they left
			}
		}
		most = max(most, stated-own-elsewhere)
	}
	if o.Facts.MoreMovements {
		most = captured
	}
	return most
}

// statedSince reports whether DOKU made a statement about the payment as a whole after a time.
func (o Order) statedSince(at time.Time) bool {
	return slices.ContainsFunc(o.standing(), func(m Movement) bool {
		return (m.Kind == MovedRest || m.Kind == MovedTotal) && m.LearnedAt.After(at)
	})
}

// refundsBegun returns the sum of the refunds that kasir began before a time and that were not refused. A statement
// that DOKU made before a refund was begun is not about that refund.
func (o Order) refundsBegun(before time.Time) int64 {
	total := int64(0)
	for op := range o.refunds() {
		counts := op.State != Refused || op.takenBack() && !before.After(op.Resolved.At)
		if counts && !before.Before(op.FirstAt) {
			total += op.Amount
		}
	}
	return total
}

// overdrawn returns the money that went back beyond what was taken, in whole rupiah. Before a payment is known it is 0.
func (o Order) overdrawn() int64 {
	if o.Captured() == 0 {
		return 0
	}
	all := o.Elsewhere()
	return max(0, o.refundTotal(Done)+refundedTotal(all)+chargedBackTotal(all)-o.Captured())
}

// voidedElsewhere reports whether the authorisation was taken back outside kasir.
func (o Order) voidedElsewhere() bool {
	return o.Facts.Authorized != nil && o.Captured() == 0 && slices.ContainsFunc(o.Elsewhere(), func(e Elsewhere) bool {
		return e.Kind == MovedVoid && o.isWhole(e.Amount)
	})
}

// isWhole reports whether amount is that of the whole authorisation. One report may name the order's amount, and
// another that amount less a promo discount.
func (o Order) isWhole(amount int64) bool {
	return amount >= o.Facts.Authorized.Amount || o.AcceptsAmount(amount)
}
