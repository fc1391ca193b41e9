package payment

import (
	"context"
	"time"

	"kasir/shared/order"
)

// RefreshRequest is a caller's question about an order to DOKU.
type RefreshRequest struct {
	Invoice string
	All     bool // the caller may read every payment
}

// Refresh asks check status about an order.
func (s *Service) Refresh(ctx context.Context, r RefreshRequest) (order.Order, time.Duration, error) {
	o, err := s.Find(ctx, r.Invoice)
	return o, 0, err
}
