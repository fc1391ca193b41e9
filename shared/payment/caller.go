package payment

import (
	"context"
	"errors"
	"slices"

	"kasir/shared/order"
)

// Caller is the caller of a use case, as the edge reads it from a token.
type Caller struct {
	Subject   string // the token's sub; never empty
	Username  string // from the token, for people to read; may be empty
	Prices    bool   // a merchant's back end, which sets prices and customers without a quote
	ReadsAll  bool   // may read every payment
	AllTokens bool   // may list and forget the saved cards of every customer
}

// MayRead reports whether the caller may read an order. It may read the orders that it made or is the customer of, and
// any order if ReadsAll is set.
func (c Caller) MayRead(o order.Order) bool {
	return c.ReadsAll || slices.Contains(o.Readers, order.ReaderOf(c.Subject))
}

// ErrNotYours means that this caller has no such customer or saved card. It does not reveal whether others have one.
var ErrNotYours = errors.New("no such customer or card for this caller")

// Read reads an order for a caller that may read it. Errors: ErrNotFound, also for the orders of others; ErrStore.
func (s *Service) Read(ctx context.Context, c Caller, invoice string) (order.Order, error) {
	o, err := s.Find(ctx, invoice)
	if err != nil {
		return o, err
	}
	if !c.MayRead(o) {
		return order.Order{}, ErrNotFound
	}
	return o, nil
}
