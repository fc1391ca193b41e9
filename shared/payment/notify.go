package payment

import (
	"context"
	"errors"
	"net/http"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Notified is what became of a genuine notification.
type NotifyResult struct {
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
func (s *Service) Notify(ctx context.Context, header http.Header, body []byte) (NotifyResult, error) {
	n, err := s.Receiver.ParseNotification(ctx, header, body)
	if err != nil {
		return NotifyResult{}, err
	}
	o, err := s.Store.Get(ctx, n.InvoiceNumber)
	missing := errors.Is(err, ErrNotFound)
	if err != nil && !missing {
		return NotifyResult{}, storeFailed("reading the order", err)
	}
	// This also refuses news that this version would ignore: DOKU repeats it, and a newer version may need it.
	if err := checkFormat(o); err != nil {
		return NotifyResult{Notification: n}, err
	}
	news, tells := s.translate(n, o)
	switch {
	case !tells:
		return NotifyResult{Notification: n, Effect: Ignored, Order: o}, nil
	case missing:
		orphan := Orphan{
			Invoice: n.InvoiceNumber, RequestID: n.RequestID, Body: doku.Digest(body)[:16], ReceivedAt: order.Stamp(s.Now()), News: news,
		}
		err := s.Store.PutOrphan(ctx, orphan)
		if err == nil {
			return NotifyResult{Notification: n, Effect: Orphaned}, nil
		}
		if !errors.Is(err, ErrExists) {
			return NotifyResult{}, storeFailed("keeping a notification without order", err)
		}
		if o, err = s.Store.Get(ctx, n.InvoiceNumber); err != nil { // it was stored meanwhile
			return NotifyResult{}, storeFailed("reading the order again", err)
		}
		news, _ = s.translate(n, o)
	}
	effect, read := Duplicate, o.Version
	o, err = s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		if o.Version != read { // a further page may have been asked for meanwhile
			news, _ = s.translate(n, o)
		}
		next, unchanged := o.ApplyNotification(news, n.RequestID, s.Now())
		effect = Applied
		if unchanged {
			effect = Duplicate
		}
		return next, unchanged
	})
	return NotifyResult{Notification: n, Effect: effect, Order: o}, err
}
