package payment

import (
	"context"
	"errors"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// lookAtAuthorization announces an authorisation that is about to lapse, and captures it if the policy says so.
func (s *Service) lookAtAuthorization(ctx context.Context, o order.Order, total *ReconcileResult) (order.Order, error) {
	if _, due := o.Warn(s.Now()); due {
		next, err := s.change(ctx, o, func(o order.Order) (order.Order, bool) {
			warned, due := o.Warn(s.Now())
			return warned, !due
		})
		if err != nil {
			return o, err
		}
		o = next
		total.Expiring++
		s.log("authorization_expiring", o.Invoice, o.AuthorizationEnd().Format(time.RFC3339))
	}
	return s.captureByPolicy(ctx, o, total)
}

// captureByPolicy captures an authorisation before it lapses, if the policy says so.
func (s *Service) captureByPolicy(ctx context.Context, o order.Order, total *ReconcileResult) (order.Order, error) {
	if _, failed := o.FailAutoCapture(s.policy(), s.Now()); failed {
		return s.change(ctx, o, func(o order.Order) (order.Order, bool) {
			next, failed := o.FailAutoCapture(s.policy(), s.Now())
			return next, !failed
		})
	}
	if !o.WantsAutoCapture(s.policy(), s.Now()) {
		return o, nil
	}
	if err := s.checkHeld(ctx); err != nil {
		if errors.Is(err, ErrHeld) {
			total.Held++
			err = nil
		}
		return o, err
	}
	begun := false
	o, err := s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		begun = o.WantsAutoCapture(s.policy(), s.Now())
		return o.CountAutoCapture(), !begun
	})
	if err != nil || !begun {
		return o, err
	}
	_, err = s.Capture(ctx, o.Invoice, 0, order.Act{By: "policy"})
	var refused *doku.Error
	var busy *Busy
	var denied *order.NotAllowed
	if err != nil && !errors.As(err, &refused) && !errors.As(err, &busy) && !errors.As(err, &denied) &&
		!errors.Is(err, doku.ErrNotSent) {
		return o, err
	}
	return s.reload(ctx, o)
}
