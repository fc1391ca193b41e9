package payment

import (
	"context"
	"errors"

	"kasir/shared/order"
)

// rule turns an order into what it becomes. unchanged reports that there is nothing to do.
type rule func(order.Order) (next order.Order, unchanged bool)

// change writes rule's result over o. When another writer was faster, it applies the rule to what the order has become,
// until the invocation nearly ends. On an error the order is returned as it was last read.
func (s *Service) change(ctx context.Context, o order.Order, apply rule) (order.Order, error) {
	return s.write(ctx, o, apply, false)
}

// insist is change for what must not be lost: it tries again after failures of the store, too.
func (s *Service) changeRetrying(ctx context.Context, o order.Order, apply rule) (order.Order, error) {
	return s.write(ctx, o, apply, true)
}

func (s *Service) write(ctx context.Context, o order.Order, apply rule, insist bool) (order.Order, error) {
	until := s.retryDeadline(ctx, 0)
	for try := 0; ; try++ {
		if err := checkFormat(o); err != nil {
			return o, err
		}
		next, unchanged := apply(o)
		if unchanged {
			return o, nil
		}
		err := s.update(ctx, next)
		if err == nil {
			next.Version++
			s.announce(ctx, o, next)
			return next, nil
		}
		raced := errors.Is(err, ErrConflict)
		if errors.Is(err, ErrNewerFormat) || !raced && !insist || !s.pause(ctx, try, until) {
			return o, storeFailed("updating the order", err)
		}
		if !raced {
			continue
		}
		latest, err := s.Store.Get(ctx, o.Invoice)
		switch {
		case err == nil:
			o = latest
		case !insist:
			return o, storeFailed("reading the order again", err)
		}
	}
}
