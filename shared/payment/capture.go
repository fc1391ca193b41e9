package payment

import (
	"cmp"
	"context"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Capture takes the money of an authorised order, all of it when amount is 0, once however often it is called. by is who asks.
// Errors: ErrNotFound, *order.NotAllowed, ErrInReview, ErrMismatch (another amount was asked before), *Busy, *doku.Error, ErrStore.
func (s *Service) Capture(ctx context.Context, invoice string, amount int64, by string) (Answer, error) {
	o, err := s.Find(ctx, invoice)
	if err != nil {
		return Answer{}, err
	}
	decide := func(o order.Order) (order.Order, order.Verdict, error) {
		next, verdict, err := o.Capture(s.policy(), amount, s.Now())
		return next.WithRequester(string(order.KindCapture), by), verdict, err
	}
	return s.carryOut(ctx, o, string(order.KindCapture), decide, s.askForCapture)
}

func (s *Service) askForCapture(ctx context.Context, o order.Order, op order.Operation) (order.Outcome, error) {
	amounts := []int64{o.Facts.Authorized.Amount, o.Amount}
	for _, discount := range o.Discounts {
		amounts = append(amounts, o.Amount-discount)
	}
	answer, err := s.DOKU.Capture(ctx, op.RequestID, doku.CaptureRequest{
		AuthorizeID: cmp.Or(op.Target, o.Facts.Authorized.ID), Amount: op.Amount, InvoiceNumber: o.Invoice, OrderAmounts: amounts,
	})
	now := order.Stamp(s.Now())
	captured := order.Capture{At: now, LearnedAt: now, Amount: op.Amount}
	return order.Outcome{News: order.Facts{Captured: &captured}, Signed: answer.Signed}, err
}
