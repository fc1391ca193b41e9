package payment

import (
	"context"
	"strings"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// RefundRequest is a caller's request to give money back.
type RefundRequest struct {
	Invoice  string
	Key      string    // the caller's idempotency key: one refund per key
	Amount   int64     // whole rupiah
	Expected int64     // the amount that the caller believes to be refundable; negative if it gives none
	Act      order.Act // the caller and the reason; the first caller's are kept
	Limit    int64     // of all refunds of the order, for this caller; 0 means none
}

// Refund gives money back, once per key, even if it is called again. Errors: ErrNotFound, *order.NotAllowed,
// ErrInReview, ErrMismatch (the key was used for another amount), *Busy, *doku.Error, ErrHeld, ErrStore.
func (s *Service) Refund(ctx context.Context, r RefundRequest) (Answer, error) {
	o, err := s.Find(ctx, r.Invoice)
	if err != nil {
		return Answer{}, err
	}
	id := order.RefundID(r.Key)
	r.Act.Note = doku.Scrub(r.Act.Note)
	policy := s.policy()
	policy.MaxRefund = r.Limit
	decide := func(o order.Order) (order.Order, order.Verdict, error) {
		next, verdict, err := o.Refund(policy, id, r.Amount, r.Expected, s.Now())
		return next.WithRequester(id, r.Act), verdict, err
	}
	return s.carryOut(ctx, o, id, decide, s.askForRefund)
}

// askForRefund sends a refund to DOKU.
func (s *Service) askForRefund(ctx context.Context, o order.Order, op order.Operation) (order.Outcome, error) {
	answer, err := s.DOKU.Refund(ctx, op.RequestID, doku.RefundRequest{
		InvoiceNumber: o.Invoice, OriginalRequestID: o.TargetPage(op), Amount: op.Amount, Whole: o.Captured(),
	})
	kind := strings.ToUpper(strings.TrimSpace(string(answer.Refund.Type)))
	return order.Outcome{Type: order.RefundType(kind), Signed: answer.Signed}, err
}
