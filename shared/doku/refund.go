package doku

import (
	"context"
	"errors"
	"strings"
)

// RefundRequest asks for a refund (the guide, "Refund").
type RefundRequest struct {
	InvoiceNumber     string // order.invoice_number
	OriginalRequestID string // payment.original_request_id, the Request-Id of the call that created the page
	Amount            int64  // refund.amount, whole rupiah
	Whole             int64  // not sent; all the money that was taken, which a VOID gives back
}

// ErrWholeVoided means that DOKU reported VOID for a partial refund. A void gives all the money back.
var ErrWholeVoided = errors.New("it voids the whole payment, and a part was asked for")

// RefundResponse is DOKU's answer to [Client.Refund], as in the guide's table.
type RefundResponse struct {
	Order struct {
		InvoiceNumber Text `json:"invoice_number"`
	} `json:"order"`
	Payment struct {
		OriginalRequestID Text `json:"original_request_id"`
	} `json:"payment"`
	Refund struct {
		Amount Amount `json:"amount"`
		// Type is VOID, FULL_REFUND, PARTIAL_REFUND, MANUAL_FULL_REFUND or MANUAL_PARTIAL_REFUND. DOKU chooses it.
		// Manual refunds are carried out by people and take days.
		Type         Text `json:"type"`
		Status       Text `json:"status"` // SUCCESS, FAILED
		Message      Text `json:"message,omitempty"`
		ApprovalCode Text `json:"approval_code,omitempty"`
	} `json:"refund"`

	Signed bool `json:"-"` // the answer carried DOKU's signature
}

// Refund gives money back (the guide, "Refund", API Request). DOKU carries it out once per requestID, as for
// CreatePage. An answer with status FAILED is an [*Error] with HTTP status 200.
func (c *Client) Refund(ctx context.Context, requestID string, r RefundRequest) (RefundResponse, error) {
	type order struct {
		InvoiceNumber string `json:"invoice_number"`
	}
	type payment struct {
		OriginalRequestID string `json:"original_request_id"`
	}
	type refund struct {
		Amount int64 `json:"amount"`
	}
	in := struct {
		Order   order   `json:"order"`
		Payment payment `json:"payment"`
		Refund  refund  `json:"refund"`
	}{order{r.InvoiceNumber}, payment{r.OriginalRequestID}, refund{r.Amount}}
	var out RefundResponse
	err := c.post(ctx, c.cfg.Paths.Refund, requestID, in, func(body []byte, signed bool) error {
		doc, err := parseDocument(body)
		if err != nil {
			return err
		}
		if got := doc.text("order", "invoice_number"); got != r.InvoiceNumber {
			return errOtherInvoice
		}
		if err := doc.checkAmount([]string{"refund", "amount"}, r.Amount); err != nil {
			return err
		}
		out = RefundResponse{}
		decodeLeniently(body, &out)
		out.Refund.Message, out.Signed = Text(doc.words("refund", "message")), signed
		err = statusError(doc.text("refund", "status"), "", doc.words("refund", "message"))
		if err == nil && r.Whole > r.Amount && strings.EqualFold(doc.text("refund", "type"), "VOID") {
			return ErrWholeVoided
		}
		return err
	})
	return out, maskRefusal(err)
}
