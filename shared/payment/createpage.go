package payment

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Page is the outcome of CreatePage.
type Page struct {
	Order    order.Order
	Replayed bool  // the page existed already
	Unknown  error // why it could not be learned whether DOKU made the page: send the same request again
}

// CreatePage asks DOKU for a payment page, once per order however often it is called. The order is stored
// before DOKU is called, so that no page exists without an order here. Errors: *Invalid, ErrMismatch, *Busy,
// *doku.Error, ErrStore.
func (s *Service) CreatePage(ctx context.Context, r doku.CreatePageRequest) (Page, error) {
	r.Normalize()
	if violations := s.Check(r); len(violations) > 0 {
		return Page{}, &Invalid{Violations: violations}
	}
	in := s.intent(r)
	o := order.New(in, s.Now())
	err := s.Store.Create(ctx, o)
	if errors.Is(err, ErrExists) {
		return s.repeatPage(ctx, in, r)
	}
	if err != nil {
		return Page{}, storeFailed("storing the order", err)
	}
	o.Version = 1
	return s.callForPage(ctx, o, r)
}

// Check lists every rule of DOKU's and of this installation's that a request breaks.
func (s *Service) Check(r doku.CreatePageRequest) []doku.Violation {
	r.Normalize()
	return append(r.Validate(), s.hostRules(r)...)
}

// repeatPage serves a request whose order exists: after a crash, a lost answer, a refusal, or a double click.
func (s *Service) repeatPage(ctx context.Context, in order.Intent, r doku.CreatePageRequest) (Page, error) {
	o, err := s.Store.Get(ctx, in.Invoice)
	if err != nil {
		return Page{}, storeFailed("reading the order", err)
	}
	next, verdict := o.Retry(in, s.Now())
	switch verdict {
	case order.Replay:
		return Page{Order: o, Replayed: true}, nil
	case order.Mismatch:
		return Page{}, ErrMismatch
	case order.Busy:
		op, _ := o.Operation(string(order.CreatePage))
		return Page{}, &Busy{RetryAfter: op.LeaseUntil.Sub(s.Now())}
	}
	err = s.Store.Update(ctx, next)
	if errors.Is(err, ErrConflict) { // somebody else took the lease between our read and our write
		return Page{}, &Busy{RetryAfter: time.Second}
	}
	if err != nil {
		return Page{}, storeFailed("storing the attempt", err)
	}
	next.Version++
	return s.callForPage(ctx, next, r)
}

// callForPage calls DOKU for an order whose intent is stored, and writes the outcome.
func (s *Service) callForPage(ctx context.Context, o order.Order, r doku.CreatePageRequest) (Page, error) {
	op, _ := o.Operation(string(order.CreatePage))
	callCtx, cancel := calling(ctx)
	answer, callErr := s.DOKU.CreatePage(callCtx, op.RequestID, r)
	cancel()

	writeCtx, cancel := writing(ctx)
	defer cancel()
	written, err := s.change(writeCtx, o, func(o order.Order) (order.Order, bool) {
		return s.pageOutcome(o, op.Generation, answer, callErr), false
	})
	if err != nil { // DOKU's answer is known but not stored: the caller's repeat will bring it there
		return Page{Order: o, Unknown: errors.Join(callErr, err)}, nil
	}
	op, _ = written.Operation(string(order.CreatePage))
	var refused *doku.Error
	switch {
	case op.State == order.Done:
		return Page{Order: written}, nil
	case op.State == order.Refused && errors.As(callErr, &refused):
		return Page{}, refused
	}
	return Page{Order: written, Unknown: callErr}, nil
}

// pageOutcome applies what the call of DOKU ended in.
func (s *Service) pageOutcome(o order.Order, generation int, answer doku.CreatePageResponse, callErr error) order.Order {
	var refused *doku.Error
	switch {
	case callErr == nil:
		at := order.Stamp(s.Now())
		return o.PageIssued(generation, order.Page{URL: answer.CreditCardPaymentPage.URL, At: at, ExpiresAt: at.Add(s.PageLifetime)})
	case errors.As(callErr, &refused):
		return o.PageRefused(generation, order.Refusal{Code: refused.Code, Message: refused.Message}, refused.Unprocessed)
	default:
		return o.PageUnknown(generation)
	}
}

func (s *Service) intent(r doku.CreatePageRequest) order.Intent {
	in := order.Intent{
		Environment: s.Environment, ClientID: s.ClientID,
		Invoice: r.Order.InvoiceNumber, Amount: r.Order.Amount, Fingerprint: fingerprint(r),
	}
	for _, promo := range r.OverrideConfiguration.Promo {
		in.Discounts = append(in.Discounts, promo.DiscountAmount)
	}
	return in
}

// fingerprint identifies a body without keeping the customer's data that is in it.
func fingerprint(r doku.CreatePageRequest) string {
	body, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("a create-page request always encodes: %v", err)) // plain strings, numbers, booleans
	}
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
