package payment

import (
	"context"
	"errors"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// resume sends an open operation again, or parks it if that is no longer safe.
func (s *Service) resume(
	ctx context.Context, o order.Order, op order.Operation, total *ReconcileResult,
) (order.Order, error) {
	decide := func(o order.Order) (order.Order, order.Verdict, error) {
		next, verdict := o.Resume(s.policy(), op.ID, s.Now())
		return next, verdict, nil
	}
	answer, err := s.carryOut(ctx, o, op.ID, decide, s.callFor(op.Kind))
	var busy *Busy
	var refused *doku.Error
	switch {
	case errors.Is(err, ErrHeld): // it stays due
		total.Held++
		return o, nil
	case errors.Is(err, ErrInReview):
		return s.park(ctx, o, op.ID, total)
	case errors.As(err, &busy), errors.Is(err, ErrMismatch): // another run holds it, or it is settled
		return s.reload(ctx, o)
	case errors.As(err, &refused):
		if !refused.Unprocessed {
			total.Settled++
		}
		return s.reload(ctx, o)
	case errors.Is(err, doku.ErrNotSent):
		return s.reload(ctx, o)
	case err != nil:
		return o, err
	case answer.Unknown == nil && !answer.Replayed:
		total.Settled++
	}
	return s.reload(ctx, answer.Order)
}

// callFor returns the call for a capture or refund.
func (s *Service) callFor(kind order.Kind) dokuCall {
	if kind == order.KindCapture {
		return s.askForCapture
	}
	return s.askForRefund
}

// reload reads the current state of an order.
func (s *Service) reload(ctx context.Context, o order.Order) (order.Order, error) {
	return s.Store.Get(ctx, o.Invoice)
}

// park parks an operation whose trust window has passed, or refuses one that never reached DOKU.
func (s *Service) park(ctx context.Context, o order.Order, id string, total *ReconcileResult) (order.Order, error) {
	changed := false
	o, err := s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		var next order.Order
		next, changed = o.Park(s.policy(), id, s.Now())
		return next, !changed
	})
	if err == nil && changed {
		s.countEnded(o, id, total)
	}
	return o, err
}

// countEnded counts an operation that is settled or parked.
func (s *Service) countEnded(o order.Order, id string, total *ReconcileResult) {
	op, _ := o.Operation(id)
	switch op.State {
	case order.Parked:
		total.Parked++
		s.log("operation parked: its outcome is unknown", o.Invoice, id)
	case order.Done, order.Refused:
		total.Settled++
	}
}

// lookAtHalted asks check status about an operation that is not sent again, if a look is due.
func (s *Service) lookAtHalted(
	ctx context.Context, o order.Order, op order.Operation, total *ReconcileResult,
) (order.Order, error) {
	if !op.WantsLook(s.policy(), s.Now()) {
		return o, nil
	}
	callCtx, cancel := s.callContext(ctx)
	st, callErr := s.DOKU.Status(callCtx, s.NewID(), o.Invoice)
	cancel()
	if callErr != nil {
		total.Unanswered++
	}
	o, err := s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		now := s.Now()
		current, _ := o.Operation(op.ID)
		if !current.WantsLook(s.policy(), now) {
			return o, true
		}
		if callErr != nil {
			return o.RecordLook(s.policy(), op.ID, nil, false, now), false
		}
		if settled, decided := statusOutcome(st, o, current, now); decided {
			return o.RecordLook(s.policy(), op.ID, &settled, true, now), false
		}
		return o.RecordLook(s.policy(), op.ID, nil, showsNoMove(st, o, current), now), false
	})
	if err == nil {
		s.countEnded(o, op.ID, total)
	}
	return o, err
}
