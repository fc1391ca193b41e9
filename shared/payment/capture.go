package payment

import (
	"cmp"
	"context"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Capture captures amount of an authorised order, in whole rupiah; 0 captures all of it. It takes the money once, even
// if it is called again. act names the caller and the reason; the first caller's are kept. Errors: ErrNotFound,
// *order.NotAllowed, ErrInReview, ErrMismatch (another amount was asked for before), *Busy, *doku.Error, ErrHeld,
// ErrStore.
func (s *Service) Capture(ctx context.Context, invoice string, amount int64, act order.Act) (Answer, error) {
	o, err := s.Find(ctx, invoice)
	if err != nil {
		return Answer{}, err
	}
	act.Note = doku.Scrub(act.Note)
	decide := func(o order.Order) (order.Order, order.Verdict, error) {
		next, verdict, err := o.Capture(s.policy(), amount, s.Now())
		return next.WithRequester(string(order.KindCapture), act), verdict, err
	}
	return s.carryOut(ctx, o, string(order.KindCapture), decide, s.askForCapture)
}

// askForCapture sends a capture to DOKU.
func (s *Service) askForCapture(ctx context.Context, o order.Order, op order.Operation) (order.Outcome, error) {
	amounts := []int64{o.Facts.Authorized.Amount, o.Amount}
	for _, discount := range o.Discounts {
		amounts = append(amounts, o.Amount-discount)
	}
	answer, err := s.DOKU.Capture(ctx, op.RequestID, doku.CaptureRequest{
		AuthorizeID: cmp.Or(op.Target, o.Facts.Authorized.ID), Amount: op.Amount, InvoiceNumber: o.Invoice,
		OrderAmounts: amounts,
	})
	now := order.Stamp(s.Now())
	captured := order.Capture{At: now, LearnedAt: now, Amount: op.Amount}
	return order.Outcome{News: order.Facts{Captured: &captured}, Signed: answer.Signed}, err
}
