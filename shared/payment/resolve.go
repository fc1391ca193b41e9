package payment

import (
	"context"

	"kasir/shared/order"
)

// Resolution is what an operator found in DOKU's Back Office about a parked operation.
type Resolution struct {
	Invoice   string
	Operation string
	Done      bool   // DOKU did it; else it did not
	By, Note  string // who looked, and what was seen; kept in the history
}

// Resolve settles a parked operation. Errors: ErrNotFound, *order.NotAllowed, ErrStore.
func (s *Service) Resolve(ctx context.Context, r Resolution) (order.Order, error) {
	o, err := s.Find(ctx, r.Invoice)
	if err != nil {
		return o, err
	}
	var denied error
	o, err = s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		var next order.Order
		next, denied = o.Resolve(r.Operation, r.Done, r.By, r.Note, s.Now())
		return next, denied != nil
	})
	if denied != nil {
		return o, denied
	}
	return o, err
}
