package sandbox

import (
	"strings"
	"time"

	"kasir/local/sandbox/faults"
	"kasir/local/sandbox/validate"
)

// refund is one refund, or the attempt at one.
type refund struct {
	requestID string // of the refund call
	at        time.Time
	amount    int64 // whole rupiah
	kind      string
	done      bool
	message   string
	approval  string   // of an online refund
	pending   *pending // not nil while undecided
	elsewhere bool     // made in the Back Office
	reported  bool     // whether a settlement report contains it
}

// Refund types of the guide.
const (
	refundVoid    = "VOID"
	refundPartial = "PARTIAL_REFUND"
	refundFull    = "FULL_REFUND"
	manualPrefix  = "MANUAL_" // before the last two: people do the refund, which takes days
)

type refundBody struct {
	Order struct {
		InvoiceNumber string `json:"invoice_number"`
	} `json:"order"`
	Payment struct {
		OriginalRequestID string `json:"original_request_id"`
	} `json:"payment"`
}

// refundAnswer is the guide's sample of a refund's response.
type refundAnswer struct {
	refundBody
	Refund struct {
		Amount       int64  `json:"amount"`
		Type         string `json:"type"`
		Status       string `json:"status"`
		Message      string `json:"message"`
		ApprovalCode string `json:"approval_code,omitempty"`
	} `json:"refund"`
}

// refundPayment gives money back. A refusal is answered 200 with refund.status FAILED.
func refundPayment(s *Server, c call) (any, *apiError) {
	var body struct {
		refundBody
		Refund struct {
			Amount int64 `json:"amount"`
		} `json:"refund"`
	}
	if err := validate.Refund.Decode(c.body, &body); err != nil {
		return nil, invalidParameter(err.Error())
	}
	original, known := s.book.operations[body.Payment.OriginalRequestID]
	p := original.page
	// The original Request-Id is "from payment initiation": the create call's.
	if !known || p.requestID != body.Payment.OriginalRequestID ||
		p.body.Order.InvoiceNumber != body.Order.InvoiceNumber {
		return nil, notFound("TRANSACTION_NOT_FOUND", "There is no transaction with this invoice number and Request-Id")
	}
	r := p.decideRefund(body.Refund.Amount, s.book.manualRefunds, c.bankRefuses())
	r.requestID, r.at = c.requestID, s.now()
	if r.done && c.fault.Fault == faults.PendingFirst {
		r.pending = s.newPending(c, p)
		r.done, r.message, r.approval = false, "Pending", ""
	}
	s.book.recordOperation(c.requestID, operation{page: p, refund: r})
	var out refundAnswer
	out.refundBody = body.refundBody
	out.Refund.Amount = r.amount
	out.Refund.Type = r.kind
	if s.injector.For(c.invoice).PartialAsVoid && strings.HasSuffix(r.kind, refundPartial) {
		out.Refund.Type = refundVoid
	}
	out.Refund.Status = r.status()
	out.Refund.Message = r.message
	out.Refund.ApprovalCode = r.approval
	return out, nil
}

// decideRefund decides a refund by the guide's "Refund Type". Unsettled money is voided in full or not at all. Settled
// money goes back in one or more parts, up to the captured amount.
func (p *page) decideRefund(amount int64, manual, refused bool) *refund {
	r := &refund{amount: amount}
	p.refunds = append(p.refunds, r)
	left := p.left()
	r.kind = refundVoid
	if p.settled {
		r.kind = p.refundKind(amount, manual)
	}
	switch {
	case refused:
		r.message = "Refused by the bank"
	case p.captured == 0:
		r.message = "Nothing was captured"
	case amount > left:
		r.message = "Refund exceeds the captured amount"
	case r.kind == refundVoid && amount != p.captured:
		r.message = "Not settled yet: only the full amount can be voided"
	case r.kind == manualPrefix+refundFull, r.kind == manualPrefix+refundPartial:
		r.done, r.message = true, "Refund will be processed manually"
	default:
		r.done, r.message, r.approval = true, "Approved", randomDigits(6)
	}
	return r
}

// refundKind returns the type of a refund that is not a void. manual says that people do all refunds.
func (p *page) refundKind(amount int64, manual bool) string {
	kind := refundPartial
	if amount == p.captured {
		kind = refundFull
	}
	if manual || p.manual {
		kind = manualPrefix + kind
	}
	return kind
}

// left returns the amount that can still be refunded, in whole rupiah.
func (p *page) left() int64 {
	return p.captured - p.refundedAmount() - p.pendingRefunds() - p.chargedBack()
}

func (r *refund) status() string {
	switch {
	case r.pending != nil:
		return "PENDING"
	case r.done:
		return "SUCCESS"
	}
	return "FAILED"
}
