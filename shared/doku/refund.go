package doku

import (
	"context"
	"fmt"
)

// RefundRequest asks for money to be given back (the guide, "Refund").
type RefundRequest struct {
	InvoiceNumber     string // order.invoice_number
	OriginalRequestID string // payment.original_request_id: the Request-Id of the call that created the page
	Amount            int64  // refund.amount, whole rupiah
}

// RefundResponse is DOKU's answer to [Client.Refund], as the guide's table has it.
type RefundResponse struct {
	Order struct {
		InvoiceNumber Text `json:"invoice_number"`
	} `json:"order"`
	Payment struct {
		OriginalRequestID Text `json:"original_request_id"`
	} `json:"payment"`
	Refund struct {
		Amount Amount `json:"amount"`
		// Type is VOID, FULL_REFUND, PARTIAL_REFUND, MANUAL_FULL_REFUND or MANUAL_PARTIAL_REFUND: DOKU chooses. Manual ones are
		// carried out by people and take days.
		Type         Text `json:"type"`
		Status       Text `json:"status"` // SUCCESS, FAILED
		Message      Text `json:"message,omitempty"`
		ApprovalCode Text `json:"approval_code,omitempty"`
	} `json:"refund"`
}

// Refund gives money back (the guide, "Refund", API Request). requestID makes it happen once, as for CreatePage. An
// answer that says FAILED is an [*Error] with HTTP status 200.
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
	err := c.post(ctx, c.cfg.Paths.Refund, requestID, in, func(body []byte) error {
		doc, err := parseDocument(body)
		if err != nil {
			return err
		}
		if got := doc.text("order", "invoice_number"); got != r.InvoiceNumber {
			return errOtherInvoice
		}
		if doc.repeats("refund", "amount") {
			return errRepeatedAmount
		}
		if amount := parseAmount(doc.text("refund", "amount")); amount.Valid && amount.Rupiah != r.Amount {
			return fmt.Errorf("it is for an amount of %d", amount.Rupiah)
		}
		out = RefundResponse{}
		lenient(body, &out)
		return decided(doc.text("refund", "status"), "", doc.text("refund", "message"))
	})
	return out, withoutWords(err)
}
