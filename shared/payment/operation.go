package payment

import (
	"context"
	"errors"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Answer is what a use case that asks DOKU for something ended in.
type Answer struct {
	Order     order.Order
	Operation order.Operation
	Replayed  bool  // it was done before
	Unknown   error // why it could not be learned whether DOKU did it: send the same request again
	// RetryAfter is when to send it again; a repeat before that is Busy.
	RetryAfter time.Duration
}

// unknown is the answer when an outcome could not be learned.
func (s *Service) unknown(o order.Order, op order.Operation, why error) Answer {
	return Answer{Order: o, Operation: op, Unknown: why, RetryAfter: max(op.LeaseUntil.Sub(s.Now()), askAgain)}
}

// askAgain is the least a caller should wait before it repeats a request whose outcome is not known.
const askAgain = 5 * time.Second

// decision is a rule of package order about an operation of an order.
type decision func(order.Order) (order.Order, order.Verdict, error)

// request calls DOKU for an operation. done is what the operation brought about when err is nil.
type request func(ctx context.Context, o order.Order, op order.Operation) (done order.Outcome, err error)

// carryOut is the one way in which DOKU is asked for something about an order that exists: decide, write the intent,
// call, write the outcome. When the order changes between reading and writing, it is decided again.
func (s *Service) carryOut(ctx context.Context, o order.Order, id string, decide decision, call request) (Answer, error) {
	for range maxRaces {
		if err := known(o); err != nil {
			return Answer{}, err
		}
		next, verdict, err := decide(o)
		if err != nil {
			return Answer{}, err
		}
		op, _ := next.Operation(id)
		switch verdict {
		case order.Replay:
			return Answer{Order: o, Operation: op, Replayed: true}, nil
		case order.Mismatch:
			return Answer{}, &Mismatch{Asked: op}
		case order.InReview:
			return Answer{}, ErrInReview
		case order.Busy:
			return Answer{}, &Busy{RetryAfter: op.LeaseUntil.Sub(s.Now())}
		}
		err = s.update(ctx, next)
		if err == nil {
			next.Version++
			s.changed(ctx, o, next)
			return s.attempt(ctx, next, id, call)
		}
		if !errors.Is(err, ErrConflict) {
			return Answer{}, storeFailed("storing the intent", err)
		}
		if o, err = s.Store.Get(ctx, o.Invoice); err != nil {
			return Answer{}, storeFailed("reading the order again", err)
		}
	}
	return Answer{}, &Busy{RetryAfter: time.Second}
}

// attempt calls DOKU for an operation whose intent is stored, and writes the outcome.
func (s *Service) attempt(ctx context.Context, o order.Order, id string, call request) (Answer, error) {
	op, _ := o.Operation(id)
	callCtx, cancel := calling(ctx)
	done, callErr := call(callCtx, o, op)
	cancel()

	outcome := s.outcome(done, callErr)
	writeCtx, cancel := writing(ctx)
	defer cancel()
	written, err := s.change(writeCtx, o, func(o order.Order) (order.Order, bool) {
		return o.Settle(id, op.Generation, outcome), false
	})
	if err != nil { // DOKU's answer is known but not stored: the caller's repeat will bring it there
		return s.unknown(o, op, errors.Join(callErr, err)), nil
	}
	op, _ = written.Operation(id)
	var refused *doku.Error
	switch {
	case op.State == order.Done:
		return Answer{Order: written, Operation: op}, nil
	case op.State == order.Refused && errors.As(callErr, &refused):
		return Answer{}, refused
	}
	return s.unknown(written, op, callErr), nil
}

// outcome sorts what a call ended in.
func (s *Service) outcome(done order.Outcome, callErr error) order.Outcome {
	var refused *doku.Error
	switch {
	case callErr == nil:
		done.State, done.At = order.Done, s.Now()
		return done
	case errors.As(callErr, &refused):
		return order.Outcome{State: order.Refused, At: s.Now(), Unprocessed: refused.Unprocessed, Refusal: order.Refusal{Code: refused.Code, Message: refused.Message}}
	default:
		return order.Outcome{State: order.Open, At: s.Now()}
	}
}
