package payment

import (
	"context"
	"errors"

	"kasir/shared/order"
)

// maxRaces is how often a lost race is run again. Writers of one order are few: its caller and DOKU.
const maxRaces = 8

// change writes rule's result over o, and over whatever the order has become when somebody else was faster.
// unchanged tells that rule found nothing to do; then nothing is written. On an error the order is returned as it
// was last read.
func (s *Service) change(ctx context.Context, o order.Order, rule func(order.Order) (next order.Order, unchanged bool)) (order.Order, error) {
	for range maxRaces {
		if err := known(o); err != nil {
			return o, err
		}
		next, unchanged := rule(o)
		if unchanged {
			return o, nil
		}
		err := s.update(ctx, next)
		if err == nil {
			next.Version++
			s.changed(ctx, o, next)
			return next, nil
		}
		if !errors.Is(err, ErrConflict) {
			return o, storeFailed("updating the order", err)
		}
		if o, err = s.Store.Get(ctx, o.Invoice); err != nil {
			return o, storeFailed("reading the order again", err)
		}
	}
	return o, storeFailed("updating the order", ErrConflict)
}
