package payment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Answer is the result of a use case that asks DOKU for something.
type Answer struct {
	Order     order.Order
	Operation order.Operation
	Replayed  bool  // it was done before
	Unknown   error // why it is not known whether DOKU did it; send the same request again
	// RetryAfter is the wait before the request may be sent again. An earlier repeat is Busy.
	RetryAfter time.Duration
}

// unknownAnswer returns the answer for an outcome that is not known. why is its reason.
func (s *Service) unknownAnswer(o order.Order, op order.Operation, why error) Answer {
	next := op.LeaseUntil
	if !op.HaltedAt.IsZero() {
		next = o.Schedule(s.policy()).DueAt
	}
	return Answer{Order: o, Operation: op, Unknown: why,
		RetryAfter: max(next.Sub(s.Now()), doku.RetryAfter(why), askAgain)}
}

// askAgain is the shortest wait before a request with an unknown outcome is repeated.
const askAgain = 5 * time.Second

// ErrHalted means that DOKU refused a request although it may have carried out an earlier attempt. The request is not
// sent again. Check status or a person decides.
var ErrHalted = errors.New("refused while an earlier attempt is in doubt")

// operationRule decides about an operation of an order by the rules of package order.
type operationRule func(order.Order) (order.Order, order.Verdict, error)

// dokuCall calls DOKU for an operation. done holds the operation's results if err is nil.
type dokuCall func(ctx context.Context, o order.Order, op order.Operation) (done order.Outcome, err error)

// carryOut asks DOKU for something about a stored order. It decides, writes the intent, calls, and writes the outcome.
// If the order changes between reading and writing, it decides again. Before it sends an operation in doubt again, it
// asks check status. All requests about stored orders go through it. If the store reports that another writer was
// faster, the write may have succeeded before that: the client sends a write again whose answer was lost. The owner of
// the operation shows it.
func (s *Service) carryOut(
	ctx context.Context, o order.Order, id string, decide operationRule, call dokuCall,
) (Answer, error) {
	if id != string(order.KindCreatePage) {
		if err := s.checkHeld(ctx); err != nil {
			return Answer{}, err
		}
	}
	until, asked, owner := s.retryDeadline(ctx, intentReserve), false, s.newOwner()
	for try := 0; ; try++ {
		if err := checkFormat(o); err != nil {
			return Answer{}, err
		}
		next, verdict, err := decide(o)
		if err != nil {
			return Answer{}, err
		}
		op, _ := next.Operation(id)
		if verdict != order.Call {
			return s.answerWithoutCall(o, op, verdict)
		}
		if before, ok := o.Operation(id); ok && !asked && before.Kind != order.KindCreatePage &&
			before.State == order.Open && before.InDoubt() {
			asked = true
			if answer, settled, err := s.askStatusFirst(ctx, o, before); settled || err != nil {
				return answer, err
			}
			continue
		}
		next = next.WithOwner(id, owner)
		err = s.update(ctx, next)
		if err == nil {
			next.Version++
			s.announce(ctx, o, next)
			return s.attempt(ctx, next, id, call)
		}
		if !errors.Is(err, ErrConflict) || !s.pause(ctx, try, until) {
			return Answer{}, storeFailed("storing the intent", err)
		}
		if o, err = s.Store.Get(ctx, o.Invoice); err != nil {
			return Answer{}, storeFailed("reading the order again", err)
		}
		if o.HeldBy(id, owner) {
			return s.attempt(ctx, o, id, call)
		}
	}
}

// newOwner returns a name for an attempt. It is short, because the item holds it. It need only differ from the names of
// other attempts at the same operation at the same time.
func (s *Service) newOwner() string {
	id := s.NewID()
	return id[:min(len(id), 8)]
}

// answerWithoutCall answers a request for which DOKU is not called.
func (s *Service) answerWithoutCall(o order.Order, op order.Operation, verdict order.Verdict) (Answer, error) {
	switch verdict {
	case order.Replay:
		return Answer{Order: o, Operation: op, Replayed: true}, nil
	case order.Mismatch:
		return Answer{}, &Mismatch{Asked: op}
	case order.Halted:
		return s.unknownAnswer(o, op, ErrHalted), nil
	case order.InReview:
		return Answer{}, ErrInReview
	case order.AskFirst: // it became due while the order was read again
		return Answer{}, &Busy{RetryAfter: time.Second}
	}
	return Answer{}, &Busy{RetryAfter: max(op.LeaseUntil.Sub(s.Now()), time.Second)}
}

// askStatusFirst asks check status about an operation in doubt, and settles the operation if the answer decides it.
// Otherwise the operation may be sent again, since DOKU knows its Request-Id.
func (s *Service) askStatusFirst(
	ctx context.Context, o order.Order, op order.Operation,
) (answer Answer, settled bool, err error) {
	callCtx, cancel := boundedContext(ctx, min(statusTimeout, cmp.Or(s.DOKUTimeout, LongestCall)))
	st, callErr := s.DOKU.Status(callCtx, s.NewID(), o.Invoice)
	cancel()
	if callErr != nil {
		return Answer{}, false, nil
	}
	outcome, decided := statusOutcome(st, o, op, s.Now())
	if !decided {
		return Answer{}, false, nil
	}
	writeCtx, cancel := writeContext(ctx)
	defer cancel()
	written, err := s.changeRetrying(writeCtx, o, func(o order.Order) (order.Order, bool) {
		return o.Settle(s.policy(), op.ID, op.Generation, outcome), false
	})
	if err != nil {
		return Answer{}, false, err
	}
	op, _ = written.Operation(op.ID)
	return Answer{Order: written, Operation: op}, op.State == order.Done, nil
}

// attempt calls DOKU for an operation whose intent is stored, and writes the outcome.
func (s *Service) attempt(ctx context.Context, o order.Order, id string, call dokuCall) (Answer, error) {
	op, _ := o.Operation(id)
	callCtx, cancel := s.callContext(ctx)
	done, callErr := call(callCtx, o, op)
	cancel()

	outcome := s.outcome(op, done, callErr)
	writeCtx, cancel := writeContext(ctx)
	defer cancel()
	written, err := s.changeRetrying(writeCtx, o, func(o order.Order) (order.Order, bool) {
		return o.Settle(s.policy(), id, op.Generation, outcome), false
	})
	if err != nil { // DOKU's answer is known but not stored; the caller's repeat will store it
		return Answer{}, err
	}
	asked := op
	op, _ = written.Operation(id)
	var refused *doku.Error
	isRefusal := errors.As(callErr, &refused)
	switch {
	case op.Generation != asked.Generation && isRefusal: // this attempt was refused, and the next generation has begun
		return Answer{}, callErr
	case op.Generation != asked.Generation:
		return Answer{}, &Busy{RetryAfter: max(op.LeaseUntil.Sub(s.Now()), time.Second)}
	case op.State == order.Done:
		return Answer{Order: written, Operation: op}, nil
	case op.State == order.Parked:
		return Answer{}, ErrInReview
	case op.State == order.Refused && isRefusal,
		op.State == order.Open && outcome.NoEffect && !op.InDoubt() && callErr != nil:
		return Answer{}, callErr
	case op.State == order.Open && op.Kind == order.KindCreatePage && outcome.NoEffect:
		// Nobody holds a page that was not received.
		return Answer{}, callErr
	case !op.HaltedAt.IsZero():
		return s.unknownAnswer(written, op, ErrHalted), nil
	case callErr == nil:
		callErr = errUnsigned
	}
	return s.unknownAnswer(written, op, callErr), nil
}

// errUnsigned is the reason why a success does not settle an operation in doubt.
var errUnsigned = fmt.Errorf("an earlier attempt is in doubt, and the answer is not signed: %w", doku.ErrUnknown)

// outcome classifies the end of an attempt.
func (s *Service) outcome(op order.Operation, done order.Outcome, callErr error) order.Outcome {
	var refused *doku.Error
	out := order.Outcome{State: order.Open, Attempt: op.Attempts, At: s.Now()}
	switch {
	case callErr == nil:
		done.State, done.Attempt, done.At = order.Done, op.Attempts, s.Now()
		return done
	case errors.As(callErr, &refused):
		out.State, out.Signed, out.Replayed = order.Refused, refused.Signed, refused.Replayed
		// Another server may answer with DOKU's codes after DOKU has carried it out. A page is never in doubt.
		out.NoEffect = refused.Unprocessed && (refused.Signed || op.Kind == order.KindCreatePage)
		out.Refusal = order.Refusal{Code: refused.Code, Message: refused.Message}
	case errors.Is(callErr, doku.ErrNotSent):
		out.NoEffect = true
	case errors.Is(callErr, doku.ErrWholeVoided):
		out.Halt, out.Refusal = true, order.Refusal{Code: string(order.Void), Message: "DOKU voided the whole payment"}
	}
	return out
}
