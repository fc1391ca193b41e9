package sandbox

import (
	"encoding/json"
	"slices"
	"time"

	"kasir/local/sandbox/faults"
	"kasir/local/sandbox/validate"
)

// captureAnswer is the guide's sample of a capture's response, in its order.
type captureAnswer struct {
	Order struct {
		InvoiceNumber string `json:"invoice_number"`
		Amount        int64  `json:"amount"`
	} `json:"order"`
	Customer *idName `json:"customer,omitempty"`
	Payment  struct {
		Type            string      `json:"type"`
		Identifier      []nameValue `json:"identifier"`
		RequestID       string      `json:"request_id"`
		AuthorizeID     string      `json:"authorize_id"`
		ResponseCode    string      `json:"response_code"`
		ResponseMessage string      `json:"response_message"`
		ECI             string      `json:"eci"`
		Status          string      `json:"status"`
		ApprovalCode    string      `json:"approval_code,omitempty"`
	} `json:"payment"`
	ThreeDSecure struct {
		AuthenticationID string `json:"authentication_id"`
	} `json:"three_dsecure"`
	Card struct {
		Masked string `json:"masked"`
		Type   string `json:"type"`
		Issuer string `json:"issuer"`
		Brand  string `json:"brand"`
		Token  string `json:"token,omitempty"`
	} `json:"card"`
}

// captureRecord is one capture that was executed, or refused by the bank.
type captureRecord struct {
	requestID     string // of the capture call
	at            time.Time
	amount        int64 // whole rupiah
	code, message string
	pending       *pending // not nil while undecided
	elsewhere     bool     // made in the Back Office
}

func (t *captureRecord) done() bool { return t.code == "00" && t.pending == nil }

func (t *captureRecord) status() string {
	switch {
	case t.pending != nil:
		return "PENDING"
	case t.done():
		return "SUCCESS"
	}
	return "FAILED"
}

// capture takes reserved money. It works once per authorisation, for all or part of the amount, until the authorisation
// is released. A refusal of the acquirer is answered 200 with payment.status FAILED.
func capture(s *Server, c call) (any, *apiError) {
	var body struct {
		Payment struct {
			AuthorizeID string      `json:"authorize_id"`
			Amount      json.Number `json:"capture_amount"`
		} `json:"payment"`
	}
	if err := validate.Capture.Decode(c.body, &body); err != nil {
		return nil, invalidParameter(err.Error())
	}
	p := s.book.authorized[body.Payment.AuthorizeID]
	if p == nil {
		return nil, notFound("TRANSACTION_NOT_FOUND", "There is no authorization with this payment.authorize_id")
	}
	amount := p.paidAttempt().amount // "If undefined, capture full transaction."
	if body.Payment.Amount != "" {
		amount, _ = body.Payment.Amount.Int64()
	}
	t := &captureRecord{requestID: c.requestID, at: s.now(), amount: amount, code: "00", message: "PAYMENT APPROVED"}
	switch reserved := p.paidAttempt().amount; {
	case c.bankRefuses():
		t.code, t.message = "05", "DO NOT HONOUR"
	case (p.captured > 0 || p.hasPendingCapture()) && !p.capturesAgain(c.requestID, s.injector.For(c.invoice)):
		t.code, t.message = "94", "DUPLICATE CAPTURE"
	case p.voided != nil:
		t.code, t.message = "12", "AUTHORIZATION WAS VOIDED"
	case !s.now().Before(p.releaseAt):
		t.code, t.message = "12", "AUTHORIZATION WAS RELEASED"
	case amount > reserved:
		t.code, t.message = "N8", "CAPTURE EXCEEDS THE AUTHORIZED AMOUNT"
	case c.fault.Fault == faults.PendingFirst:
		t.pending = s.newPending(c, p)
	default:
		p.captured += amount
	}
	p.captures = append(p.captures, t)
	s.book.recordOperation(c.requestID, operation{page: p})
	return captureAnswerFor(p, t, s.injector.For(c.invoice).CaptureAmount), nil
}

// capturesAgain reports whether captured money is captured once more. It is if DOKU forgot the capture, since a
// remembered Request-Id does not come this far, or if Faults let DOKU capture twice.
func (p *page) capturesAgain(requestID string, f Faults) bool {
	return f.DoubleCaptures ||
		slices.ContainsFunc(p.captures, func(t *captureRecord) bool { return t.done() && t.requestID == requestID })
}

// captureAnswerFor returns the answer to a capture. names is Behaviour.CaptureAmount.
func captureAnswerFor(p *page, t *captureRecord, names string) captureAnswer {
	var out captureAnswer
	a := p.paidAttempt()
	out.Order.InvoiceNumber = p.body.Order.InvoiceNumber
	switch names {
	case "order":
		out.Order.Amount = p.body.Order.Amount
	case "promo":
		out.Order.Amount = a.amount
	default:
		out.Order.Amount = t.amount
	}
	if p.body.Customer.ID != "" {
		out.Customer = &idName{ID: p.body.Customer.ID}
	}
	out.Payment.Type = "CAPTURE"
	out.Payment.Identifier = identifiers(a.acquirer)
	out.Payment.RequestID = t.requestID
	out.Payment.AuthorizeID = a.authorizeID
	out.Payment.ResponseCode, out.Payment.ResponseMessage = t.code, t.message
	out.Payment.ECI = eci(a.card.Brand)
	out.Payment.Status = t.status()
	switch {
	case t.done():
		out.Payment.ApprovalCode = randomDigits(6)
	case t.pending != nil:
		out.Payment.ResponseCode, out.Payment.ResponseMessage = "", "PENDING"
	}
	out.ThreeDSecure.AuthenticationID = a.authenticationID
	out.Card.Masked = a.card.Masked()
	out.Card.Type = "CREDIT"
	out.Card.Issuer = a.card.Issuer
	out.Card.Brand = a.card.Brand
	out.Card.Token = a.tokenID
	return out
}

// eci returns the code of a scheme for a confirmed cardholder: 02 at Mastercard, 05 at the others.
func eci(brand string) string {
	if brand == "MASTER" {
		return "02"
	}
	return "05"
}
