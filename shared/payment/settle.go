package payment

import (
	"context"

	"kasir/shared/order"
)

// Settle adds the rows of a settlement report that are about an order, and returns the order. news returns the facts of
// the rows. It is called again if another writer was faster, and must then return the same ones. Errors: ErrStore.
func (s *Service) Settle(ctx context.Context, o order.Order, batch string, news func(order.Order) order.Facts) (
	order.Order, error) {
	return s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		return o.ApplySettlement(news(o), batch, s.Now())
	})
}
