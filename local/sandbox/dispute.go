package sandbox

import (
	"slices"
	"time"
)

// dispute is a cardholder's objection at the bank. The bank takes the amount back from the merchant at once
// (chargeback) and returns it if the merchant wins.
type dispute struct {
	at     time.Time
	amount int64     // whole rupiah
	wonAt  time.Time // zero until the merchant won

	reported, wonReported bool // whether settlement reports contain the chargeback and its reversal
}

func (d *dispute) isOpen() bool { return d.wonAt.IsZero() }

// chargedBack returns the sum of the chargebacks that were not reversed, in whole rupiah.
func (p *page) chargedBack() (sum int64) {
	for _, d := range p.disputes {
		if d.isOpen() {
			sum += d.amount
		}
	}
	return sum
}

// openDispute returns the newest open dispute of an amount, or of any amount if amount is 0. It is nil if there is
// none.
func (p *page) openDispute(amount int64) *dispute {
	for _, d := range slices.Backward(p.disputes) {
		if d.isOpen() && (amount == 0 || amount == d.amount) {
			return d
		}
	}
	return nil
}
