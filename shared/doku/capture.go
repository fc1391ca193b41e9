package doku

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// CaptureRequest asks for the money of an authorisation (the guide, "Authorize Capture").
type CaptureRequest struct {
	AuthorizeID string // payment.authorize_id, from the notification
	// Amount is payment.capture_amount, in whole rupiah. It is a number, as in DOKU's sample; DOKU's table calls it a
	// string.
	Amount int64

	InvoiceNumber string // not sent; the answer is compared with it
	// OrderAmounts are not sent. They are the order's amount and that amount less each promo. order.amount in the
	// answer must be Amount or one of them.
	OrderAmounts []int64
}

// CaptureResponse is DOKU's answer to [Client.Capture], as in the guide's table. Only Payment.Status decides the
// outcome: DOKU's sample pairs response code "01" with SUCCESS.
type CaptureResponse struct {
	Order struct {
		InvoiceNumber Text   `json:"invoice_number"`
		Amount        Amount `json:"amount"`
	} `json:"order"`
	Customer struct {
		ID Text `json:"id,omitempty"`
	} `json:"customer,omitzero"`
	Payment struct {
		Type            Text         `json:"type"`
		Identifier      []Identifier `json:"identifier,omitempty"`
		RequestID       Text         `json:"request_id"`
		AuthorizeID     Text         `json:"authorize_id"`
		ResponseCode    Text         `json:"response_code"`
		ResponseMessage Text         `json:"response_message"`
		ECI             Text         `json:"eci"`
		Status          Text         `json:"status"` // SUCCESS, FAILED, PENDING
		ApprovalCode    Text         `json:"approval_code,omitempty"`
	} `json:"payment"`
	ThreeDSecure struct {
		AuthenticationID Text `json:"authentication_id,omitempty"`
	} `json:"three_dsecure,omitzero"`
	Card struct {
		Masked Text    `json:"masked,omitempty"`
		Type   Text    `json:"type,omitempty"`
		Issuer Text    `json:"issuer,omitempty"`
		Brand  Text    `json:"brand,omitempty"`
		Token  Private `json:"token,omitempty"`
	} `json:"card,omitzero"`

	Signed bool `json:"-"` // the answer carried DOKU's signature
}

// Identifier is a named value about a payment, such as the acquirer or the terminal.
type Identifier struct {
	Name  Text `json:"name"`
	Value Text `json:"value"`
}

// Capture takes the authorised money, all of it or a part (the guide, "Authorize Capture", API Request). DOKU carries
// it out once per requestID, as for CreatePage. An answer with status FAILED is an [*Error] with HTTP status 200. An
// answer with status PENDING is [ErrUnknown].
func (c *Client) Capture(ctx context.Context, requestID string, r CaptureRequest) (CaptureResponse, error) {
	type payment struct {
		AuthorizeID   string `json:"authorize_id"`
		CaptureAmount int64  `json:"capture_amount"`
	}
	in := struct {
		Payment payment `json:"payment"`
	}{payment{r.AuthorizeID, r.Amount}}
	var out CaptureResponse
	err := c.post(ctx, c.cfg.Paths.Capture, requestID, in, func(body []byte, signed bool) error {
		doc, err := parseDocument(body)
		if err != nil {
			return err
		}
		if err := r.checkAnswer(doc); err != nil {
			return err
		}
		out = CaptureResponse{}
		decodeLeniently(body, &out)
		out.Signed = signed
		return statusError(doc.text("payment", "status"), doc.text("payment", "response_code"),
			doc.words("payment", "response_message"))
	})
	return out, maskRefusal(err)
}

// checkAnswer returns an error if the answer is about another authorisation, invoice or amount. An answer without
// amounts is accepted.
func (r CaptureRequest) checkAnswer(doc document) error {
	if got := doc.text("payment", "authorize_id"); got != "" && got != r.AuthorizeID {
		return errors.New("it is for another authorisation")
	}
	if got := doc.text("order", "invoice_number"); got != r.InvoiceNumber {
		return errOtherInvoice
	}
	if err := doc.checkAmount([]string{"payment", "capture_amount"}, r.Amount); err != nil {
		return err
	}
	return doc.checkAmount([]string{"order", "amount"}, append([]int64{r.Amount}, r.OrderAmounts...)...)
}

// statusError turns the status in an answer into nil (done), a *Error (refused) or another error (unknown).
func statusError(status, code, message string) error {
	switch strings.ToUpper(status) {
	case "SUCCESS":
		return nil
	case "FAILED":
		return &Error{Code: code, Message: message}
	default:
		return fmt.Errorf("its status is %q", safeCode(status))
	}
}
