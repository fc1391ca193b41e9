package payment

import (
	"context"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// ResolveRequest settles an operation by hand, as a person found it in DOKU's Back Office.
type ResolveRequest struct {
	Invoice   string
	Operation string // ID of a parked operation, or of a refund that DOKU's people carry out
	Done      bool   // DOKU carried it out; otherwise it did not
	Act       order.Act
}

// Resolve settles an operation. Errors: ErrNotFound, *order.NotAllowed, ErrStore.
func (s *Service) Resolve(ctx context.Context, r ResolveRequest) (order.Order, error) {
	return s.act(ctx, r.Invoice, r.Act, func(o order.Order, act order.Act) (order.Order, bool, error) {
		next, err := o.Resolve(r.Operation, r.Done, act)
		return next, false, err
	})
}

// DecideRequest is a person's decision about a conflict.
type DecideRequest struct {
	Invoice  string
	Conflict string // its id
	Counts   bool   // the reported payment counts; otherwise none does
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

// AcknowledgeRequest is the statement that a person has dealt with a case.
type AcknowledgeRequest struct {
	Invoice string
	Kind    order.AttentionKind
	Subject string // may be empty if the order has one open case of the kind
	Act     order.Act
}

// Acknowledge ends a case. Errors: ErrNotFound, *order.NotAllowed, ErrStore.
func (s *Service) Acknowledge(ctx context.Context, r AcknowledgeRequest) (order.Order, error) {
	return s.act(ctx, r.Invoice, r.Act, func(o order.Order, act order.Act) (order.Order, bool, error) {
		return o.Acknowledge(r.Kind, r.Subject, act)
	})
}

// Close ends an unpaid order, which then gets no further page. Errors: ErrNotFound, *order.NotAllowed, ErrStore.
func (s *Service) Close(ctx context.Context, invoice string, act order.Act) (order.Order, error) {
	return s.act(ctx, invoice, act, order.Order.Close)
}

// act applies a person's act to an order, dated now. It masks possible card numbers and keys in the act's note.
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
