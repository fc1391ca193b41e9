package sandbox

import "crypto/rand"

// maxOTP is how many one-time passwords may be wrong before the issuer gives up.
const maxOTP = 3

// tryCard begins an attempt; the cardholder confirms it next. s.mu must be held.
func (s *Server) tryCard(p *page, card TestCard) {
	p.attempts = append(p.attempts, &attempt{
		id:               rand.Text(),
		at:               s.now(),
		card:             card,
		amount:           p.body.Order.Amount,
		kind:             p.body.Payment.Type,
		authenticationID: randomDigits(20),
	})
}

// confirm takes a one-time password for a waiting attempt, and says whether it was wrong with tries left. s.mu must be
// held.
func (s *Server) confirm(p *page, a *attempt, otp string) (again bool) {
	switch {
	case a.card.Fails3D:
		s.decline(p, a, a.card.Code, failed3D)
	case otp != OTP:
		if a.wrong++; a.wrong < maxOTP {
			return true
		}
		s.decline(p, a, "05", failed3D)
	case a.card.Code != "00":
		s.decline(p, a, a.card.Code, a.card.Message)
	default:
		s.approve(p, a)
	}
	return false
}

func (s *Server) decline(p *page, a *attempt, code, message string) {
	a.state, a.doneAt, a.code, a.message = declined, s.now(), code, message
	s.notify(p, a)
}

func (s *Server) approve(p *page, a *attempt) {
	a.state, a.doneAt, a.code, a.message = approved, s.now(), a.card.Code, a.card.Message
	a.approvalCode = randomDigits(6)
	if a.kind == typeAuthorize {
		a.authorizeID = randomDigits(17)
	}
	s.notify(p, a)
}

// threeDSecure says whether the cardholder was confirmed, as the strings DOKU writes.
func (a *attempt) threeDSecure() string {
	if a.message == failed3D {
		return "FALSE"
	}
	return "TRUE"
}
