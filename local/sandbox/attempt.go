package sandbox

import (
	"cmp"
	"crypto/rand"

	"kasir/local/sandbox/validate"
)

// maxOTP is the number of wrong one-time passwords after which the issuer declines.
const maxOTP = 3

// choice is a customer's decision on the card form.
type choice struct {
	card     TestCard
	tenor    int64
	acquirer string // "" if the page offered none
	save     *token // saved if the card is approved
	tokenID  string // of the saved card that is used
}

// tryCard begins an attempt. The cardholder confirms it next, unless the payment type needs no confirmation. s.mu must
// be held.
func (s *Server) tryCard(p *page, c choice) {
	a := &attempt{
		id:       rand.Text(),
		at:       s.now(),
		card:     c.card,
		kind:     p.kindOf(c.tenor),
		discount: p.discount(c.card),
		acquirer: cmp.Or(p.body.Payment.Acquirer, c.acquirer, "BANK_MANDIRI"),
		tenor:    c.tenor,
		save:     c.save,
		tokenID:  c.tokenID,
	}
	a.amount = p.body.Order.Amount - a.discount
	if before := p.lastAttempt(); before != nil && before.state == waiting {
		before.state = abandoned
	}
	p.attempts = append(p.attempts, a)
	if p.unattended() {
		s.finish(p, a)
		return
	}
	a.authenticationID = randomDigits(20)
}

// confirm checks a one-time password for a waiting attempt. It reports whether the password was wrong and may be tried
// again. s.mu must be held.
func (s *Server) confirm(p *page, a *attempt, otp string) (again bool) {
	if a.card.Fails3D {
		s.decline(p, a, failed3DCode, failed3D)
		return false
	}
	if otp != OTP {
		if a.wrong++; a.wrong < maxOTP {
			return true
		}
		s.decline(p, a, failed3DCode, failed3D)
		return false
	}
	a.verified = true
	s.finish(p, a)
	return false
}

// finish asks the issuer, who answers according to the test card.
func (s *Server) finish(p *page, a *attempt) {
	if a.card.Code != "00" {
		s.decline(p, a, a.card.Code, a.card.Message)
		return
	}
	s.approve(p, a)
}

func (s *Server) decline(p *page, a *attempt, code, message string) {
	a.state, a.doneAt, a.code, a.message = declined, s.now(), code, message
	s.notify(p, a)
}

func (s *Server) approve(p *page, a *attempt) {
	a.state, a.doneAt, a.code, a.message = approved, s.now(), a.card.Code, a.card.Message
	a.approvalCode = randomDigits(6)
	// A forgotten Request-Id may have opened two pages. It then stands for the paid one.
	s.book.operations[p.requestID] = operation{page: p}
	if a.kind == validate.TypeAuthorize {
		a.authorizeID = randomDigits(17)
		p.releaseAt = s.now().Add(s.cfg.AuthorizationLifetime)
		s.book.authorized[a.authorizeID] = p
	} else {
		p.captured = a.amount
	}
	if a.save != nil {
		a.tokenID = s.book.saveToken(a.save)
	}
	s.notify(p, a)
}

// threeDSecure returns DOKU's string for whether the cardholder was confirmed.
func (a *attempt) threeDSecure() string {
	if a.verified {
		return "TRUE"
	}
	return "FALSE"
}
