package doku

import (
	"context"
	"fmt"
)

// CaptureRequest asks for the money of an authorisation (the guide, "Authorize Capture").
type CaptureRequest struct {
	AuthorizeID string // payment.authorize_id, from the notification
	Amount      int64  // payment.capture_amount, whole rupiah; a number, as in DOKU's sample, though its table says string

	InvoiceNumber string // not sent; the answer is compared with it
	OrderAmount   int64  // not sent; the answer's order.amount is this or Amount
}

// CaptureResponse is DOKU's answer to [Client.Capture].
type CaptureResponse struct {
	ResponseCode    string // the acquirer's; DOKU's sample pairs "01" with SUCCESS, so it decides nothing
	ResponseMessage string
	ApprovalCode    string
	ECI             string
	Card            Card
	CardToken       string
}

// Capture takes the authorised money, all of it or less (the guide, "Authorize Capture", API Request). requestID
// makes it happen once, as for CreatePage. An answer that says FAILED is an [*Error] with HTTP status 200; one that
// says PENDING is [ErrUnknown].
func (c *Client) Capture(ctx context.Context, requestID string, r CaptureRequest) (CaptureResponse, error) {
	type payment struct {
		AuthorizeID   string `json:"authorize_id"`
		CaptureAmount int64  `json:"capture_amount"`
	}
	in := struct {
		Payment payment `json:"payment"`
	}{payment{r.AuthorizeID, r.Amount}}
	var out CaptureResponse
	err := c.post(ctx, c.cfg.Paths.Capture, requestID, in, func(body []byte) error {
		doc, err := parseDocument(body)
		if err != nil {
			return err
		}
		if err := r.answeredBy(doc); err != nil {
			return err
		}
		out = CaptureResponse{
			ResponseCode: doc.text("payment", "response_code"), ResponseMessage: doc.text("payment", "response_message"),
			ApprovalCode: doc.text("payment", "approval_code"), ECI: doc.text("payment", "eci"),
			Card: readCard(doc, "card"), CardToken: doc.text("card", "token"),
		}
		return decided(doc.text("payment", "status"), out.ResponseCode, out.ResponseMessage)
	})
	return out, err
}

// answeredBy compares the answer with the request.
func (r CaptureRequest) answeredBy(doc document) error {
	if got := doc.text("payment", "authorize_id"); got != "" && got != r.AuthorizeID {
		return fmt.Errorf("it is for authorisation %q", got)
	}
	if got := doc.text("order", "invoice_number"); got != r.InvoiceNumber {
		return fmt.Errorf("it is for invoice %q", got)
	}
	amount := parseAmount(doc.text("order", "amount"))
	if amount.Valid && amount.Rupiah != r.Amount && amount.Rupiah != r.OrderAmount {
		return fmt.Errorf("it is for an amount of %d", amount.Rupiah)
	}
	return nil
}

// decided turns the status in an answer into done, refused or neither.
func decided(status, code, message string) error {
	switch status {
	case "SUCCESS":
		return nil
	case "FAILED":
		return &Error{Code: clip(code), Message: clip(message)}
	default:
		return fmt.Errorf("its status is %q", status)
	}
}
