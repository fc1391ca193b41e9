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

// backOfficeActs are the acts by name. Server.mu must be held.
var backOfficeActs = map[string]func(*Server, backOfficeAct) *apiError{
	"refund":        (*Server).refundByHand,
	"void":          (*Server).voidByHand,
	"capture":       (*Server).captureByHand,
	"dispute":       (*Server).disputeByHand,
	"dispute-won":   (*Server).winDispute,
	"reject-manual": func(s *Server, a backOfficeAct) *apiError { return s.rejectManual(a.page, a.requestID, true) },
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

// refundByHand refunds settled money, whole or in parts. DOKU's dashboard offers that for settled payments only, and
// not during a dispute.
func (s *Server) refundByHand(a backOfficeAct) *apiError {
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
	r := s.clicked(p, a.amount, p.refundKind(a.amount, s.book.manualRefunds))
	p.refunds = append(p.refunds, r)
	s.notifyMoved(p, movedRefund, a.amount, r)
	return nil
}

// clicked returns a refund or void that was made in the Back Office.
func (s *Server) clicked(p *page, amount int64, kind string) *refund {
	r := &refund{requestID: backOfficeID(), at: s.now(), amount: amount, kind: kind, done: true, elsewhere: true,
		message: "Approved", approval: randomDigits(6)}
	if r.isManual() {
		r.message, r.approval = "Refund will be processed manually", ""
	}
	s.book.recordOperation(r.requestID, operation{page: p, refund: r})
	return r
}

// backOfficeID returns the Request-Id of an act in the Back Office.
func backOfficeID() string { return "BACKOFFICE" + randomDigits(22) }

// voidByHand voids a payment before its settlement, or an authorisation that was not captured. Both only in full.
func (s *Server) voidByHand(a backOfficeAct) *apiError {
	p, whole := a.page, a.page.captured
	reserved := p.isReserved()
	if reserved {
		whole = p.paidAttempt().amount
	}
	switch {
	case p.undisputed(s.now()) == statusReleased:
		return notAllowed("The authorization was released")
	case p.isVoided() || p.voided != nil:
		return notAllowed("Voided already")
	case p.settled:
		return notAllowed("Settled: a settled payment can only be refunded")
	case whole == 0:
		return notAllowed("Nothing was paid")
	case p.hasPendingCapture():
		return notAllowed("A capture is pending")
	case a.amount != 0 && a.amount != whole:
		return notAllowed("Only the full amount can be voided: %d", whole)
	case !reserved && p.left() != whole:
		return notAllowed("Only a payment of which nothing went back can be voided")
	}
	r := s.clicked(p, whole, refundVoid)
	if reserved {
		p.voided = r
	} else {
		p.refunds = append(p.refunds, r)
	}
	s.notifyMoved(p, movedVoid, whole, r)
	return nil
}

// isReserved reports whether the payment is an authorisation that was not captured. It may have been released.
func (p *page) isReserved() bool {
	a := p.paidAttempt()
	return a != nil && a.kind == validate.TypeAuthorize && p.captured == 0
}

// captureByHand captures all or part of an authorisation, once.
func (s *Server) captureByHand(a backOfficeAct) *apiError {
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
	t := &captureRecord{requestID: backOfficeID(), at: s.now(), amount: a.amount, code: "00",
		message: "PAYMENT APPROVED", elsewhere: true}
	p.captured += a.amount
	p.captures = append(p.captures, t)
	s.book.recordOperation(t.requestID, operation{page: p})
	s.notifyMoved(p, movedCapture, a.amount, nil)
	return nil
}

// disputeByHand takes money back for the cardholder (chargeback). A cardholder can also dispute money that was
// refunded, with anyway.
func (s *Server) disputeByHand(a backOfficeAct) *apiError {
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
	p.disputes = append(p.disputes, &dispute{at: s.now(), amount: a.amount})
	s.notifyMoved(p, movedChargeback, a.amount, nil)
	return nil
}

// winDispute returns the money of the newest open dispute to the merchant. With an amount it is the newest of that
// amount.
func (s *Server) winDispute(a backOfficeAct) *apiError {
	d := a.page.openDispute(a.amount)
	if d == nil {
		return notAllowed("There is no such open dispute")
	}
	d.wonAt = s.now()
	s.notifyMoved(a.page, movedReversal, d.amount, nil)
	return nil
}

// notifyMoved notifies the merchant of money that moved in the Back Office. r is the refund or void, else nil. s.mu
// must be held.
func (s *Server) notifyMoved(p *page, kind string, amount int64, r *refund) {
	p.clicks++
	body := faults.Edit(encode(notificationOf(p, p.paidAttempt())), func(doc map[string]any) {
		transaction := faults.Object(doc, "transaction")
		transaction["type"], transaction["status"], transaction["date"] = kind, "SUCCESS", stamp(s.now())
		faults.Object(doc, "order")["amount"] = amount
		if r != nil {
			doc["refund"] = r.notified()
		}
	})
	s.queue(p, body, "backoffice\n"+kind+"\n"+strconv.Itoa(p.clicks))
}
