package payment

import (
	"context"
	"errors"
	"slices"

	"kasir/shared/order"
)

// Caller is who asks, as the edge knows it from a token.
type Caller struct {
	Subject   string // the token's sub; never empty
	Username  string // the token's, for people to read; may be empty
	Prices    bool   // a merchant's back end: names prices and customers without a quote
	ReadsAll  bool   // may read every payment
	AllTokens bool   // may list and forget the saved cards of every customer
}

// MayRead tells whether the caller may read an order: one that it made, or is the customer of, or any when it may read all.
func (c Caller) MayRead(o order.Order) bool {
	return c.ReadsAll || slices.Contains(o.Readers, order.ReaderOf(c.Subject))
}

// ErrNotYours means that there is no such customer or saved card for this caller; whether there is one for others
// is not told.
var ErrNotYours = errors.New("no such customer or card for this caller")

// Read reads an order for a caller that may. Errors: ErrNotFound, also for the orders of others; ErrStore.
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
