package payment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// RecordRequest is a person's record about an order; see order.Record.
type RecordRequest struct {
	Invoice string
	order.Record
}

// Record adds a person's record to an order, once per key. unchanged is true if the same record was made before. The
// key belongs to one order: another order under it is a *order.Mismatched. Errors: ErrNotFound, *order.NotAllowed,
// *order.Mismatched, ErrStore.
func (s *Service) Record(ctx context.Context, r RecordRequest) (o order.Order, unchanged bool, err error) {
	o, err = s.Find(ctx, r.Invoice)
	if err != nil {
		return o, false, err
	}
	if doku.PrivateReference(r.Reference) { // masked, two references could not be told apart
		return o, false, &order.NotAllowed{Pointer: "/reference", Detail: "must not hold a card or phone number, an " +
			"e-mail address or a key: the order keeps it as it is"}
	}
	r.Act.Note, r.Act.At = doku.Scrub(r.Act.Note), s.Now() // as the order keeps it
	if _, _, err := o.Record(r.Record); err != nil {       // a wrong record claims no key
		return o, false, err
	}
	holder, err := s.Store.Claim(ctx, claimOf(r), r.Invoice)
	if err != nil {
		return o, false, storeFailed("claiming the key", err)
	}
	if holder != r.Invoice {
		return o, false, &order.Mismatched{Detail: "The key was used for a record of another order."}
	}
	o, err = s.act(ctx, r.Invoice, r.Act, func(o order.Order, act order.Act) (order.Order, bool, error) {
		r.Act = act
		next, same, err := o.Record(r.Record)
		unchanged = same
		return next, same, err
	})
	return o, unchanged, err
}

// claimOf returns the name under which a record's key belongs to its order. Two people may use one key.
func claimOf(r RecordRequest) string {
	sum := sha256.Sum256([]byte(r.Act.By + "|" + r.Key))
	return "record#" + hex.EncodeToString(sum[:16])
}

// Forget erases the customer's data from an order. Errors: ErrNotFound, *order.NotAllowed, ErrStore.
func (s *Service) Forget(ctx context.Context, invoice string, act order.Act) (order.Order, error) {
	return s.act(ctx, invoice, act, order.Order.Forget)
}
