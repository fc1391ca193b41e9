package payment

import (
	"context"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Resolution is how a person settled an operation, as it was found in DOKU's Back Office.
type ResolveRequest struct {
	Invoice   string
	Operation string // parked, or a refund that DOKU's people carry out
	Done      bool   // DOKU did it; else it did not
	Act       order.Act
}

// Resolve settles an operation. Errors: ErrNotFound, *order.NotAllowed, ErrStore.
func (s *Service) Resolve(ctx context.Context, r ResolveRequest) (order.Order, error) {
	return s.act(ctx, r.Invoice, r.Act, func(o order.Order, act order.Act) (order.Order, bool, error) {
		next, err := o.Resolve(r.Operation, r.Done, act)
		return next, false, err
	})
}

// Decision is how a person decided about a conflict.
type DecideRequest struct {
	Invoice  string
	Conflict string // its id
	Counts   bool   // the reported payment counts; else none does
	Act      order.Act
}

// Decide settles a conflict. Errors: ErrNotFound, *order.NotAllowed, ErrStore.
func (s *Service) Decide(ctx context.Context, d DecideRequest) (order.Order, error) {
	return s.act(ctx, d.Invoice, d.Act, func(o order.Order, act order.Act) (order.Order, bool, error) {
		_, decided := o.Decision(d.Conflict)
		next, err := o.Decide(d.Conflict, d.Counts, act)
		return next, decided, err
	})
}

// Close ends an unpaid order: it gets no further page. Errors: ErrNotFound, *order.NotAllowed, ErrStore.
func (s *Service) Close(ctx context.Context, invoice string, act order.Act) (order.Order, error) {
	return s.act(ctx, invoice, act, func(o order.Order, act order.Act) (order.Order, bool, error) { return o.Close(act) })
}

// act applies a person's act to an order, at the time of now. Of its note what may be a card's number or a key is masked.
func (s *Service) act(
	ctx context.Context, invoice string, act order.Act, apply func(order.Order, order.Act) (order.Order, bool, error),
) (order.Order, error) {
	o, err := s.Find(ctx, invoice)
	if err != nil {
		return o, err
	}
	var denied error
	act.Note = doku.Scrub(act.Note)
	o, err = s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		act.At = s.Now()
		next, unchanged, err := apply(o, act)
		denied = err
		return next, unchanged || err != nil
	})
	if denied != nil {
		return o, denied
	}
	return o, err
}
