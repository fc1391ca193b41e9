package payment

import (
	"context"
	"errors"
	"net/http"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// NotifyResult is the result of a genuine notification.
type NotifyResult struct {
	Notification doku.Notification
	Effect       Effect
	Order        order.Order // zero for an orphan
}

// Effect is the change that a notification made.
type Effect string

const (
	Applied   Effect = "applied"   // a fact was added
	Duplicate Effect = "duplicate" // no fact was new
	Ignored   Effect = "ignored"   // it contained nothing that kasir keeps
	Orphaned  Effect = "orphaned"  // it is kept until its order appears
)

// Notify verifies a posted notification and adds its facts to the order. It returns without error only after storing
// them, so that a 2xx to DOKU never loses a payment. DOKU repeats a notification that was answered otherwise, and
// applying a fact twice changes nothing. Errors: doku.ErrMalformed, doku.ErrSignature, ErrStore.
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
	news, relevant := s.translate(n, o)
	switch {
	case !relevant:
		return NotifyResult{Notification: n, Effect: Ignored, Order: o}, nil
	case missing:
		orphan := Orphan{
			Invoice: n.InvoiceNumber, RequestID: n.RequestID, Body: doku.Digest(body)[:16],
			ReceivedAt: order.Stamp(s.Now()), News: news,
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
