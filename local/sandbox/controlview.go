package sandbox

import (
	"encoding/json"
	"time"

	"kasir/local/sandbox/validate"
)

// The following types are the JSON of the control API. Field names are DOKU's where DOKU has the field.

type controlPayment struct {
	InvoiceNumber string           `json:"invoice_number"`
	Status        string           `json:"status"`
	Type          string           `json:"type"`
	Amount        int64            `json:"amount"` // whole rupiah, as ordered
	RequestID     string           `json:"request_id"`
	PageURL       string           `json:"page_url"`
	CreatedAt     string           `json:"created_at"`
	ExpiresAt     string           `json:"expires_at"`
	Attempts      []controlAttempt `json:"attempts"`

	Paid                   int64            `json:"paid,omitempty"` // whole rupiah, after promo; maybe only reserved
	AuthorizationExpiresAt string           `json:"authorization_expires_at,omitempty"`
	Captured               int64            `json:"captured,omitempty"`
	Settled                bool             `json:"settled"`
	Refunded               int64            `json:"refunded,omitempty"`
	Refunds                []controlRefund  `json:"refunds,omitempty"`
	Voided                 int64            `json:"voided,omitempty"` // by a void, of money or of an authorisation
	ChargedBack            int64            `json:"charged_back,omitempty"`
	Disputes               []controlDispute `json:"disputes,omitempty"`

	Unsettled bool `json:"-"` // whether it can be settled; the first page then has a button for it
}

type controlRefund struct {
	At        string `json:"at"`
	RequestID string `json:"request_id"`
	Amount    int64  `json:"amount"`
	Type      string `json:"type"`
	Status    string `json:"status"`
	Message   string `json:"message"`
	Elsewhere bool   `json:"elsewhere,omitempty"` // made in the Back Office
}

type controlDispute struct {
	At     string `json:"at"`
	Amount int64  `json:"amount"`
	WonAt  string `json:"won_at,omitempty"`
}

// Rupiah returns the amount in the form for people.
func (c controlPayment) Rupiah() string { return rupiah(c.Amount) }

type controlAttempt struct {
	At              string `json:"at"`
	Status          string `json:"status"` // WAITING_FOR_OTP, ABANDONED, FAILED, PENDING (authorised), SUCCESS
	Type            string `json:"type"`
	Amount          int64  `json:"amount"`
	Card            string `json:"card"` // masked
	Brand           string `json:"brand"`
	ResponseCode    string `json:"response_code,omitempty"`
	ResponseMessage string `json:"response_message,omitempty"`
	ApprovalCode    string `json:"approval_code,omitempty"`
	AuthorizeID     string `json:"authorize_id,omitempty"`
	Discount        int64  `json:"discount,omitempty"`
	Acquirer        string `json:"acquirer"`
	Tenor           int64  `json:"tenor,omitempty"`
	Token           string `json:"token,omitempty"` // of the saved card that was used or kept
}

type controlNotification struct {
	ID            string          `json:"id"`
	InvoiceNumber string          `json:"invoice_number"`
	RequestID     string          `json:"request_id"`
	URL           string          `json:"url"`
	State         string          `json:"state"`
	CreatedAt     string          `json:"created_at"`
	NextAttempt   string          `json:"next_attempt,omitempty"`
	Attempts      []delivery      `json:"attempts"`
	Body          json.RawMessage `json:"body"`
}

func (p *page) forControl(now time.Time) controlPayment {
	c := controlPayment{
		InvoiceNumber: p.body.Order.InvoiceNumber,
		Status:        p.status(now),
		Type:          p.body.Payment.Type,
		Amount:        p.body.Order.Amount,
		RequestID:     p.requestID,
		PageURL:       p.url,
		CreatedAt:     stamp(p.createdAt),
		ExpiresAt:     stamp(p.expiresAt),
		Attempts:      []controlAttempt{},
	}
	for _, a := range p.attempts {
		c.Attempts = append(c.Attempts, a.forControl())
	}
	if a := p.paidAttempt(); a != nil {
		c.Paid, c.Captured, c.Settled, c.Refunded = a.amount, p.captured, p.settled, p.refundedAmount()
		c.Unsettled = p.canSettle()
		if a.kind == validate.TypeAuthorize {
			c.AuthorizationExpiresAt = stamp(p.releaseAt)
		}
	}
	for _, r := range p.refunds {
		c.Refunds = append(c.Refunds,
			controlRefund{stamp(r.at), r.requestID, r.amount, r.kind, r.status(), r.message, r.elsewhere})
	}
	c.Voided, c.ChargedBack = p.voidedAmount(), p.chargedBack()
	for _, d := range p.disputes {
		shown := controlDispute{At: stamp(d.at), Amount: d.amount}
		if !d.isOpen() {
			shown.WonAt = stamp(d.wonAt)
		}
		c.Disputes = append(c.Disputes, shown)
	}
	return c
}

func (a *attempt) forControl() controlAttempt {
	status := a.transactionStatus()
	switch a.state {
	case waiting:
		status = "WAITING_FOR_OTP"
	case abandoned:
		status = "ABANDONED"
	}
	return controlAttempt{
		At: stamp(a.at), Status: status, Type: a.kind, Amount: a.amount, Card: a.card.Masked(), Brand: a.card.Brand,
		ResponseCode: a.code, ResponseMessage: a.message, ApprovalCode: a.approvalCode, AuthorizeID: a.authorizeID,
		Discount: a.discount, Acquirer: a.acquirer, Tenor: a.tenor, Token: a.tokenID,
	}
}

func (n *notification) forControl() controlNotification {
	c := controlNotification{
		ID:            n.id,
		InvoiceNumber: n.page.body.Order.InvoiceNumber,
		RequestID:     n.requestID,
		URL:           n.url,
		State:         n.state,
		CreatedAt:     stamp(n.createdAt),
		Attempts:      append([]delivery{}, n.attempts...),
		Body:          n.body,
	}
	if n.state == queued {
		c.NextAttempt = stamp(n.due)
	}
	return c
}
