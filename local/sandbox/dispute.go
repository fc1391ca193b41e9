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

// checkDispute checks a chargeback of all or a part. A cardholder can also dispute money that was refunded, with
// anyway.
func (s *Server) checkDispute(a *backOfficeAct) *apiError {
	p, left := a.page, a.page.left()
	if a.anyway {
		left = p.captured - p.chargedBack()
	}
	if a.amount == 0 {
		a.amount = left
	}
	switch {
	case p.captured == 0:
		return notAllowed("Nothing was captured")
	case p.isVoided():
		return notAllowed("The payment was voided")
	case left <= 0 || a.amount > left:
		return notAllowed("Dispute exceeds the captured amount: %d is left", max(left, 0))
	}
	return nil
}

func (s *Server) disputeByHand(a backOfficeAct) {
	a.page.disputes = append(a.page.disputes, &dispute{at: s.now(), amount: a.amount})
	s.notifyMoved(a, movedChargeback, nil)
}

// checkWin checks the return of a chargeback. The dispute is the newest open one, of an amount if the act has one.
func (s *Server) checkWin(a *backOfficeAct) *apiError {
	d := a.page.openDispute(a.amount)
	if d == nil {
		return notAllowed("There is no such open dispute")
	}
	a.amount = d.amount
	return nil
}

func (s *Server) winDispute(a backOfficeAct) {
	a.page.openDispute(a.amount).wonAt = s.now()
	s.notifyMoved(a, movedReversal, nil)
}
