package sandbox

import (
	"net/http"
	"strings"
)

// showOTPForm shows the issuer's 3-D Secure step.
func showOTPForm(s *Server, p *page, r *http.Request) screen {
	if closed, ok := s.closedScreen(p, r); ok {
		return closed
	}
	if a := p.lastAttempt(); a == nil || a.state != waiting {
		return s.redirectTo(p, "", r)
	}
	return s.otpScreen(p, r)
}

// submitOTP finishes the waiting attempt. A form that is sent twice finds the attempt finished, and leads to its
// result. A form of an attempt that another card replaced never decides about the new card.
func submitOTP(s *Server, p *page, r *http.Request) screen {
	a := p.lastAttempt()
	if a == nil {
		return s.redirectTo(p, "", r)
	}
	if a.state != waiting {
		return s.redirectTo(p, "/result", r)
	}
	if closed, ok := s.closedScreen(p, r); ok {
		return closed
	}
	if form := r.PostForm.Get("attempt"); form != "" && form != a.id {
		return s.redirectTo(p, "/otp", r)
	}
	if again := s.confirm(p, a, strings.TrimSpace(r.PostForm.Get("otp"))); again {
		next := s.otpScreen(p, r)
		next.status = http.StatusUnprocessableEntity
		return next
	}
	return s.redirectTo(p, "/result", r)
}

func (s *Server) otpScreen(p *page, r *http.Request) screen {
	v := s.viewOf(p, r)
	a := p.lastAttempt()
	v.Attempt = v.T.attemptView(a)
	v.TriesLeft = maxOTP - a.wrong
	if a.wrong > 0 {
		v.Wrong = map[string]string{"otp": v.T.otpWrong(v.TriesLeft)}
	}
	return screen{template: "otp", view: v}
}

// showResult shows the last page: paid, or declined with the offer to try another card.
func showResult(s *Server, p *page, r *http.Request) screen {
	a := p.lastAttempt()
	if a != nil && a.state == declined {
		v := s.viewOf(p, r)
		v.Attempt = v.T.attemptView(a)
		v.Reason = v.T.declineReason(a)
		v.CanRetry = s.book.paidPage(p.body.Order.InvoiceNumber) == nil && s.now().Before(p.expiresAt)
		return screen{template: "decline", view: v}
	}
	if closed, ok := s.closedScreen(p, r); ok {
		return closed
	}
	if a != nil {
		return s.redirectTo(p, "/otp", r)
	}
	return s.redirectTo(p, "", r)
}
