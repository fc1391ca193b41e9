package payment

import (
	"context"
	"time"

	"kasir/shared/order"
)

// lookAtSettlement records that a payment is overdue if its time is over and no settlement report has it.
func (s *Service) lookAtSettlement(ctx context.Context, o order.Order) (order.Order, error) {
	if !o.Overdue(s.policy(), s.Now()) {
		return o, nil
	}
	since, err := s.reportsSince(ctx, o.CapturedAt())
	if err != nil {
		return o, err
	}
	return s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		return o.RecordOverdue(s.policy(), since, s.Now())
	})
}

// reportsSince returns the time of the first settlement report that was read in the year of a payment or in the year
// before. It is zero if there is none.
func (s *Service) reportsSince(ctx context.Context, paid time.Time) (first time.Time, err error) {
	if s.Batches == nil {
		return first, nil
	}
	year := paid.In(jakarta).Year()
	for _, y := range []int{year, year - 1} {
		at, err := s.Batches.FirstBatch(ctx, y)
		if err != nil {
			return first, storeFailed("reading the settlements", err)
		}
		if !at.IsZero() {
			first = at
		}
	}
	return first, nil
}
