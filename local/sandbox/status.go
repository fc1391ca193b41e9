package sandbox

import (
	"slices"
	"strconv"
	"time"

	"kasir/local/sandbox/faults"
	"kasir/local/sandbox/validate"
)

// statusAnswer is the body of check status. Some of its names differ from a notification's, like DOKU's.
type statusAnswer struct {
	Order struct {
		InvoiceNumber string `json:"invoice_number"`
		Amount        int64  `json:"amount"`
		Status        string `json:"status,omitempty"` // only of an order that nobody tried to pay
	} `json:"order"`
	Transaction *statusTransaction `json:"transaction"` // null until a card was tried, like the next four
	Service     *idName            `json:"service"`
	Acquirer    *idName            `json:"acquirer"`
	Channel     *idName            `json:"channel"`
	CardPayment *statusCard        `json:"card_payment"`
	Refund      *statusRefund      `json:"refund,omitempty"`
}

type statusTransaction struct {
	Status            string `json:"status"`
	Type              string `json:"type"`
	Date              string `json:"date"`
	OriginalRequestID string `json:"original_request_id"`
}

type statusCard struct {
	Masked          string `json:"card_masked"`
	ApprovalCode    string `json:"approval_code,omitempty"`
	ResponseCode    string `json:"response_code"`
	ResponseMessage string `json:"response_message"`
	Type            string `json:"type"`
	RequestID       string `json:"request_id"`
	CardType        string `json:"card_type"`
	ThreeDSecure    string `json:"three_dsecure_status"`
	Status          string `json:"transaction_status"`
	Brand           string `json:"brand"`
	AuthorizeID     string `json:"authorize_id,omitempty"`
}

type statusRefund struct {
	Amount       string `json:"amount"` // a string here, a number in the refund's own answer
	Type         string `json:"type"`
	Status       string `json:"status"`
	Message      string `json:"message"`
	ApprovalCode string `json:"approval_code,omitempty"`
	RequestID    string `json:"request_id"`
}

// checkStatus answers GET /orders/v1/status/{invoice number or Request-Id}.
func checkStatus(s *Server, c call) (any, *apiError) {
	p, r := s.findAsked(c)
	now := s.now()
	if p != nil && c.fault.Fault == faults.StatusLag {
		now = now.Add(-c.fault.Wait)
		if c.segment == p.body.Order.InvoiceNumber {
			p = s.book.pageAsOf(c.segment, now)
		} else {
			p, r = p.asOf(now, r)
		}
	}
	if p == nil || s.injector.For(c.invoice).NotFoundUnpaid && p.lastAttempt() == nil {
		return nil, notFound("TRANSACTION_NOT_FOUND", "There is no order with this invoice number or Request-Id")
	}
	var out statusAnswer
	out.Order.InvoiceNumber = p.body.Order.InvoiceNumber
	out.Order.Amount = p.body.Order.Amount
	a := p.paidAttempt()
	if a == nil {
		a = p.lastAttempt()
	}
	if a == nil {
		out.Order.Status = "ORDER_GENERATED"
		if p.status(now) == statusExpired {
			out.Order.Status = "ORDER_EXPIRED"
		}
		return out, nil
	}
	out.Order.Amount = a.amount
	out.Transaction = &statusTransaction{OriginalRequestID: p.requestID, Date: stamp(a.doneAt)}
	out.Transaction.Status, out.Transaction.Type = p.transaction(a, p.undisputed(now))
	if r != nil {
		out.Transaction.Status, out.Transaction.Type, out.Transaction.Date = r.transaction(), r.kind, stamp(r.at)
	} else {
		r = p.showMoneyBack(&out, now, s.injector.For(c.invoice).Behaviour)
	}
	out.Service = &idName{ID: "CREDIT_CARD"}
	out.Acquirer = &idName{ID: a.acquirer}
	out.Channel = &idName{ID: "CREDIT_CARD"}
	out.CardPayment = a.forStatus(p.requestID, out.Transaction.Status)
	if r != nil {
		amount := strconv.FormatInt(r.amount, 10)
		out.Refund = &statusRefund{amount, r.kind, r.status(), r.message, r.approval, r.requestID}
	}
	return out, nil
}

// showMoneyBack changes an answer about an order to what check status says of refunds and chargebacks, which how
// decides. It returns the refund that the answer shows, or nil.
func (p *page) showMoneyBack(out *statusAnswer, now time.Time, how faults.Behaviour) *refund {
	shown := p.voided
	if len(p.refunds) > 0 {
		shown = p.refunds[len(p.refunds)-1]
	}
	if p.undisputed(now) == statusPartly {
		switch how.PartialRefunds {
		case faults.PartialReduced:
			out.Order.Amount, shown = p.captured-p.refundedAmount(), nil
		case faults.PartialWhole:
			out.Transaction.Status, out.Transaction.Type, shown = "REFUNDED", "REFUND", nil
		case faults.PartialHidden:
			shown = nil
		}
	}
	if back := p.chargedBack(); back > 0 && !how.HideChargebacks {
		out.Order.Amount, out.Transaction.Status, out.Transaction.Type = back, movedChargeback, movedChargeback
	}
	return shown
}

// findAsked returns the page that a call asks about. It also returns the refund if the call has the Request-Id of one.
// Both are nil for an unknown order.
func (s *Server) findAsked(c call) (*page, *refund) {
	p, r := s.book.pageFor(c.segment), (*refund)(nil)
	if p == nil {
		o := s.book.operations[c.segment]
		p, r = o.page, o.refund
	}
	if p != nil && c.fault.Fault == faults.StatusOtherOrder {
		return s.book.otherOrder(p), nil
	}
	return p, r
}

// otherOrder returns the next page after p with another order on which a card was tried. Without one it is p under
// another invoice number.
func (b *book) otherOrder(p *page) *page {
	at := slices.Index(b.pages, p)
	for i := range b.pages {
		q := b.pages[(at+1+i)%len(b.pages)]
		if q.body.Order.InvoiceNumber != p.body.Order.InvoiceNumber && q.lastAttempt() != nil {
			return q
		}
	}
	other := *p
	other.body.Order.InvoiceNumber = "OTHER-1"
	return &other
}

// transaction returns DOKU's status and type of an attempt.
func (p *page) transaction(a *attempt, status string) (string, string) {
	switch {
	case a.state == waiting && status == statusExpired:
		return "EXPIRED", a.kind
	case a.state == waiting:
		return "REDIRECT", a.kind // the customer is at the issuer's 3-D Secure step
	case a.state == declined:
		return "FAILED", a.kind
	case status == statusAuthorized:
		return "PENDING", a.kind
	case status == statusReleased:
		return "EXPIRED", a.kind
	case status == statusVoided:
		return "VOIDED", refundVoid
	case status == statusRefunded:
		return "REFUNDED", "REFUND"
	case a.kind == validate.TypeAuthorize:
		return "SUCCESS", "CAPTURE"
	}
	return "SUCCESS", a.kind
}

// transaction returns DOKU's status of a refund that is asked for by its own Request-Id.
func (r *refund) transaction() string {
	switch {
	case r.pending != nil:
		return "PENDING"
	case !r.done:
		return "FAILED"
	case r.kind == refundVoid:
		return "VOIDED"
	}
	return "REFUNDED"
}

func (a *attempt) forStatus(requestID, status string) *statusCard {
	return &statusCard{
		Masked:          a.card.Masked(),
		ApprovalCode:    a.approvalCode,
		ResponseCode:    a.code,
		ResponseMessage: a.message,
		Type:            a.kind,
		RequestID:       requestID,
		CardType:        "CREDIT",
		ThreeDSecure:    a.threeDSecure(),
		Status:          status,
		Brand:           a.card.Brand,
		AuthorizeID:     a.authorizeID,
	}
}
