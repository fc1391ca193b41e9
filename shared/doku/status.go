package doku

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Status is DOKU's answer about the status of an order (DOKU's "Check Status API", Non-SNAP). Texts are as DOKU writes
// them. A text is empty if its object is missing or empty, as for an unpaid order.
type Status struct {
	InvoiceNumber string
	Amount        Amount
	OrderStatus   string // ORDER_GENERATED while nobody has paid
	// TransactionStatus is PENDING (also for a successful AUTHORIZE), SUCCESS, FAILED, EXPIRED, REFUNDED, VOIDED,
	// TIMEOUT or REDIRECT.
	TransactionStatus string
	Type              string // SALE, AUTHORIZE, CAPTURE, …
	Date              time.Time
	OriginalRequestID string
	Channel           string
	AuthorizeID       string
	ApprovalCode      string
	ResponseCode      string
	ResponseMessage   string
	Acquirer          string
	Card              Card
	Refund            RefundReport // the latest, or the one whose Request-Id the question named
	Signed            bool         // the answer carried DOKU's signature
}

// Status asks for the status of an order, by its invoice number or by a Request-Id. DOKU wants the question no earlier
// than 60 s after the payment. requestID must be new in each call, which only reads. The error for an invoice that
// DOKU does not know is an [*Error].
func (c *Client) Status(ctx context.Context, requestID, invoiceOrRequestID string) (Status, error) {
	var out Status
	path := c.cfg.Paths.Status + "/" + invoiceOrRequestID
	err := c.call(ctx, http.MethodGet, path, requestID, nil, func(body []byte, signed bool) error {
		doc, err := parseDocument(body)
		if err != nil {
			return err
		}
		out = readStatus(doc)
		out.Signed = signed
		if out.InvoiceNumber == "" {
			return fmt.Errorf("it names no invoice")
		}
		return nil
	})
	return out, maskRefusal(err)
}

func readStatus(doc document) Status {
	n := readNotification(doc) // most names are the same
	return Status{
		InvoiceNumber: n.InvoiceNumber, Amount: n.Amount, OrderStatus: doc.text("order", "status"),
		TransactionStatus: n.Status, Type: n.Type, Date: n.Date, Channel: n.Channel,
		OriginalRequestID: n.OriginalRequestID, AuthorizeID: n.AuthorizeID, ApprovalCode: n.ApprovalCode,
		ResponseCode: n.ResponseCode, ResponseMessage: n.ResponseMessage, Acquirer: n.Acquirer, Card: n.Card,
		Refund: n.Refund,
	}
}
