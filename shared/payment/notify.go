package payment

import (
	"context"
	"errors"
	"net/http"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Notified is what became of a genuine notification.
type Notified struct {
	Notification doku.Notification
	Effect       Effect
	Order        order.Order // zero for an orphan
}

// Effect says what a notification changed.
type Effect string

const (
	Applied   Effect = "applied"   // a fact was added
	Duplicate Effect = "duplicate" // nothing was new
	Ignored   Effect = "ignored"   // it tells nothing that kasir keeps
	Orphaned  Effect = "orphaned"  // kept until its order appears
)

// Notify verifies what was posted to the notification URL and adds what it tells to the order. It returns
// without error only when that is stored, so that a 2xx to DOKU never loses a payment: DOKU repeats what was
// answered otherwise, and applying a fact twice changes nothing. Errors: doku.ErrMalformed, doku.ErrSignature,
// ErrStore.
func (s *Service) Notify(ctx context.Context, header http.Header, body []byte) (Notified, error) {
	n, err := s.Receiver.ParseNotification(header, body)
	if err != nil {
		return Notified{}, err
	}
	news, tells := facts(n)
	if !tells {
		return Notified{Notification: n, Effect: Ignored}, nil
	}
	o, err := s.Store.Get(ctx, n.InvoiceNumber)
	if errors.Is(err, ErrNotFound) {
		return s.keepOrphan(ctx, n, news)
	}
	if err != nil {
		return Notified{}, storeFailed("reading the order", err)
	}
	effect := Duplicate
	o, err = s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		next, unchanged := o.Learn(news)
		effect = Applied
		if unchanged {
			effect = Duplicate
		}
		return next, unchanged
	})
	return Notified{Notification: n, Effect: effect, Order: o}, err
}

func (s *Service) keepOrphan(ctx context.Context, n doku.Notification, news order.Facts) (Notified, error) {
	orphan := Orphan{Invoice: n.InvoiceNumber, RequestID: n.RequestID, ReceivedAt: order.Stamp(s.Now()), News: news}
	if err := s.Store.PutOrphan(ctx, orphan); err != nil {
		return Notified{}, storeFailed("keeping a notification without order", err)
	}
	return Notified{Notification: n, Effect: Orphaned}, nil
}

// facts translates a notification. tells is false when it says nothing about money or a failed attempt.
func facts(n doku.Notification) (news order.Facts, tells bool) {
	at := n.Date
	if at.IsZero() {
		at = n.SentAt
	}
	at = order.Stamp(at)
	amount := n.Amount.Rupiah
	if !n.Amount.Valid {
		amount = -1 // matches no order: a conflict, never money
	}
	card := order.Card(n.Card)
	switch {
	case n.Status == "FAILED" && (takesMoney[n.Type] || n.Type == string(doku.Authorize)):
		return order.Facts{Failures: []order.Failure{{At: at, Code: n.ResponseCode, Message: n.ResponseMessage}}}, true
	case n.Type == string(doku.Authorize) && n.AuthorizeID != "" && (n.Status == "PENDING" || n.Status == "SUCCESS"):
		// A successful authorisation comes as PENDING, though DOKU's text knows SUCCESS and FAILED only.
		return order.Facts{Authorized: &order.Authorization{ID: n.AuthorizeID, At: at, Amount: amount, Card: card}}, true
	case n.Status == "SUCCESS" && takesMoney[n.Type]:
		return order.Facts{Paid: &order.Payment{At: at, Amount: amount, ApprovalCode: n.ApprovalCode, Acquirer: n.Acquirer, Card: card}}, true
	}
	return order.Facts{}, false
}

// takesMoney are the transaction types whose success moves money to the merchant. An absent type is taken for
// a sale: losing a payment is worse than asking a person.
var takesMoney = map[string]bool{
	string(doku.Sale): true, string(doku.Installment): true, string(doku.MOTO): true, string(doku.Recurring): true, "": true,
}
