package payment

import (
	"context"
	"errors"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Find reads an order. Errors: ErrNotFound, ErrStore.
func (s *Service) Find(ctx context.Context, invoice string) (order.Order, error) {
	if !doku.ValidInvoiceNumber(invoice) {
		return order.Order{}, ErrNotFound
	}
	o, err := s.Store.Get(ctx, invoice)
	if errors.Is(err, ErrNotFound) {
		return o, ErrNotFound
	}
	if err != nil {
		return o, storeFailed("reading the order", err)
	}
	return o, nil
}
