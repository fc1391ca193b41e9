package payment

import (
	"context"

	"kasir/shared/order"
)

// RecordRequest is a person's record of money that moved at DOKU outside of kasir.
type RecordRequest struct {
	Invoice   string
	Key       string // the caller's idempotency key: one record per key
	Kind      order.MovementKind
	Amount    int64  // whole rupiah
	Reference string // of DOKU or the bank
	Withdraws string // id of a movement, instead of a kind
	Act       order.Act
}

// Record adds a record to an order.
func (s *Service) Record(ctx context.Context, r RecordRequest) (order.Order, error) {
	return s.act(ctx, r.Invoice, r.Act, func(o order.Order, act order.Act) (order.Order, bool, error) {
		return o.Record(order.Record{Key: r.Key, Kind: r.Kind, Amount: r.Amount, Reference: r.Reference,
			Withdraws: r.Withdraws, Act: act})
	})
}

// Forget hides what an order holds about its customer.
func (s *Service) Forget(ctx context.Context, invoice string, act order.Act) (order.Order, error) {
	return s.act(ctx, invoice, act, order.Order.Forget)
}
