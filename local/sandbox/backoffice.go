package sandbox

import (
	"fmt"
	"net/http"
	"strconv"

	"kasir/local/sandbox/faults"
	"kasir/local/sandbox/validate"
)

// backOfficeAct is what the merchant's people do to a payment in DOKU's Back Office, or what the cardholder's bank
// does.
type backOfficeAct struct {
	page      *page
	amount    int64  // whole rupiah; 0 for all that the act can move
	requestID string // of the manual refund to reject; "" for the newest
	anyway    bool   // although DOKU's dashboard would not offer it
}

// backOfficeRule is a kind of act. Server.mu must be held for both functions.
type backOfficeRule struct {
	check func(*Server, *backOfficeAct) *apiError // refuses the act, or completes its amount; changes nothing else
	do    func(*Server, backOfficeAct)            // does an act that check has completed
}

// backOfficeRules are the kinds of acts by name.
var backOfficeRules = map[string]backOfficeRule{
	"capture":       {(*Server).checkCapture, (*Server).captureByHand},
	"void":          {(*Server).checkVoid, (*Server).voidByHand},
	"refund":        {(*Server).checkRefund, (*Server).refundByHand},
	"reject-manual": {(*Server).checkRejection, (*Server).rejectByHand},
	"dispute":       {(*Server).checkDispute, (*Server).disputeByHand},
	"dispute-won":   {(*Server).checkWin, (*Server).winDispute},
}

// backOfficeNames are the names of the acts, in the order of a payment's life.
var backOfficeNames = []string{"capture", "void", "refund", "reject-manual", "dispute", "dispute-won"}

// Types of notifications about money that moved in the Back Office. DOKU documents none of them in Indonesia.
const (
	movedRefund     = "REFUND"
	movedVoid       = "VOID"
	movedCapture    = "CAPTURE"
	movedChargeback = "CHARGEBACK"
	movedReversal   = "CHARGEBACK_REVERSED"
)

// notAllowed refuses an act that DOKU's dashboard would not offer.
func notAllowed(format string, args ...any) *apiError {
	return &apiError{http.StatusConflict, "NOT_ALLOWED", fmt.Sprintf(format, args...), "Not Allowed"}
}

// checkRefund checks a refund of settled money, whole or in parts. DOKU's dashboard offers it for settled payments
// only, and not during a dispute.
func (s *Server) checkRefund(a *backOfficeAct) *apiError {
	p := a.page
	left, disputed := p.left(), p.chargedBack()
	if a.anyway {
		left += disputed // the bank and the merchant may both give the same money back
	}
	if a.amount == 0 {
		a.amount = left
	}
	switch {
	case p.captured == 0:
		return notAllowed("Nothing was captured")
	case p.isVoided():
		return notAllowed("The payment was voided")
	case !p.settled && !a.anyway:
		return notAllowed("Not settled yet: only settled payments can be refunded; this one can be voided")
	case disputed > 0 && !a.anyway:
		return notAllowed("In dispute: a payment cannot be refunded during a dispute")
	case left <= 0 || a.amount > left:
		return notAllowed("Refund exceeds the captured amount: %d is left", max(left, 0))
	}
	return nil
}

func (s *Server) refundByHand(a backOfficeAct) {
	r := s.moneyBack(a, a.page.refundKind(a.amount, s.book.manualRefunds))
	a.page.refunds = append(a.page.refunds, r)
	s.notifyMoved(a, movedRefund, r)
}

// moneyBack returns a refund or void that was made in the Back Office.
func (s *Server) moneyBack(a backOfficeAct, kind string) *refund {
	r := &refund{requestID: backOfficeID(), at: s.now(), amount: a.amount, kind: kind, done: true, elsewhere: true,
		message: "Approved", approval: randomDigits(6)}
	if r.isManual() {
		r.message, r.approval = "Refund will be processed manually", ""
	}
	s.book.recordOperation(r.requestID, operation{page: a.page, refund: r})
	return r
}

// backOfficeID returns the Request-Id of an act in the Back Office.
func backOfficeID() string { return "BACKOFFICE" + randomDigits(22) }

// checkVoid checks a void of a payment before its settlement, or of an authorisation that was not captured. Both are
// only voided in full.
func (s *Server) checkVoid(a *backOfficeAct) *apiError {
	p, whole := a.page, a.page.captured
	if p.isReserved() {
		whole = p.paidAttempt().amount
	}
	switch {
	case p.isVoided() || p.voided != nil:
		return notAllowed("Voided already")
	case p.undisputed(s.now()) == statusReleased:
		return notAllowed("The authorization was released")
	case p.settled:
		return notAllowed("Settled: a settled payment can only be refunded")
	case whole == 0:
		return notAllowed("Nothing was paid")
	case p.hasPendingCapture():
		return notAllowed("A capture is pending")
	case a.amount != 0 && a.amount != whole:
		return notAllowed("Only the full amount can be voided: %d", whole)
	case !p.isReserved() && p.left() != whole:
		return notAllowed("Only a payment of which nothing went back can be voided")
	}
	a.amount = whole
	return nil
}

func (s *Server) voidByHand(a backOfficeAct) {
	r := s.moneyBack(a, refundVoid)
	if a.page.isReserved() {
		a.page.voided = r
	} else {
		a.page.refunds = append(a.page.refunds, r)
	}
	s.notifyMoved(a, movedVoid, r)
}

// isReserved reports whether the payment is an authorisation that was not captured. It may have been released.
func (p *page) isReserved() bool {
	a := p.paidAttempt()
	return a != nil && a.kind == validate.TypeAuthorize && p.captured == 0
}

// checkCapture checks a capture of all or part of an authorisation, which is possible once.
func (s *Server) checkCapture(a *backOfficeAct) *apiError {
	p, paid := a.page, a.page.paidAttempt()
	switch {
	case paid == nil || paid.kind != validate.TypeAuthorize:
		return notAllowed("There is no authorization to capture")
	case p.voided != nil:
		return notAllowed("The authorization was voided")
	case p.captured > 0 || p.hasPendingCapture():
		return notAllowed("The authorization was captured")
	case !s.now().Before(p.releaseAt):
		return notAllowed("The authorization was released")
	case a.amount > paid.amount:
		return notAllowed("Capture exceeds the authorized amount: %d", paid.amount)
	}
	if a.amount == 0 {
		a.amount = paid.amount
	}
	return nil
}

func (s *Server) captureByHand(a backOfficeAct) {
	t := &captureRecord{requestID: backOfficeID(), at: s.now(), amount: a.amount, code: "00",
		message: "PAYMENT APPROVED", elsewhere: true}
	a.page.captured += a.amount
	a.page.captures = append(a.page.captures, t)
	s.book.recordOperation(t.requestID, operation{page: a.page})
	s.notifyMoved(a, movedCapture, nil)
}

func (s *Server) checkRejection(a *backOfficeAct) *apiError {
	_, refused := a.page.manualRefund(a.requestID)
	return refused
}

func (s *Server) rejectByHand(a backOfficeAct) {
	r, _ := a.page.manualRefund(a.requestID)
	s.rejectManual(a.page, r, true)
}

// notifyMoved notifies the merchant of money that moved in the Back Office. r is the refund or void, else nil. s.mu
// must be held.
func (s *Server) notifyMoved(a backOfficeAct, kind string, r *refund) {
	a.page.clicks++
	body := faults.Edit(encode(notificationOf(a.page, a.page.paidAttempt())), func(doc map[string]any) {
		transaction := faults.Object(doc, "transaction")
		transaction["type"], transaction["status"], transaction["date"] = kind, "SUCCESS", stamp(s.now())
		faults.Object(doc, "order")["amount"] = a.amount
		if r != nil {
			doc["refund"] = r.notified()
		}
	})
	s.queue(a.page, body, "backoffice\n"+kind+"\n"+strconv.Itoa(a.page.clicks))
}
