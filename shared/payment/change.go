package payment

import (
	"context"
	"errors"

	"kasir/shared/order"
)

// rule returns the order after a change. unchanged reports that there is nothing to do.
type rule func(order.Order) (next order.Order, unchanged bool)

// change writes the result of apply over o. If another writer was faster, it reads the order again and applies the
// rule to that, until shortly before the invocation ends. On an error it returns the order as last read.
func (s *Service) change(ctx context.Context, o order.Order, apply rule) (order.Order, error) {
	return s.write(ctx, o, apply, false)
}

// changeRetrying is change for outcomes that must not be lost: it also retries after failures of the store.
func (s *Service) changeRetrying(ctx context.Context, o order.Order, apply rule) (order.Order, error) {
	return s.write(ctx, o, apply, true)
}

// write is change, or changeRetrying if retryFailures is set.
func (s *Service) write(ctx context.Context, o order.Order, apply rule, retryFailures bool) (order.Order, error) {
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
		if errors.Is(err, ErrNewerFormat) || !raced && !retryFailures || !s.pause(ctx, try, until) {
			return o, storeFailed("updating the order", err)
		}
		if !raced {
			continue
		}
		latest, err := s.Store.Get(ctx, o.Invoice)
		switch {
		case err == nil:
			o = latest
		case !retryFailures:
			return o, storeFailed("reading the order again", err)
		}
	}
}
