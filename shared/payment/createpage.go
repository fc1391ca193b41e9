package payment

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// PageRequest is what a caller wants a payment page for.
type PageRequest struct {
	doku.CreatePageRequest
	Caller Caller
	Quote  string // the merchant's, for callers that may not name prices; see package quote
}

// CreatePage asks DOKU for a payment page, once per order however often it is called. The order is stored
// before DOKU is called, so that no page exists without an order here. Errors: *Invalid, *order.NotAllowed, ErrMismatch,
// *Busy, *doku.Error, ErrStore.
func (s *Service) CreatePage(ctx context.Context, p PageRequest) (Answer, error) {
	p.Normalize()
	if violations := s.Check(ctx, p); len(violations) > 0 {
		return Answer{}, &Invalid{Violations: violations}
	}
	in, r := s.intent(p), p.CreatePageRequest
	o := order.New(in, s.Now())
	o, err := s.Store.Create(ctx, o.Schedule(in.Policy))
	if errors.Is(err, ErrExists) { // after a crash, a lost answer, a refusal, or a double click
		return s.repeatPage(ctx, o, in, r)
	}
	if err != nil {
		return Answer{}, storeFailed("storing the order", err)
	}
	s.changed(ctx, order.Order{}, o)
	return s.attempt(ctx, o, string(order.CreatePage), s.askForPage(r))
}

func (s *Service) repeatPage(ctx context.Context, o order.Order, in order.Intent, r doku.CreatePageRequest) (Answer, error) {
	decide := func(o order.Order) (order.Order, order.Verdict, error) {
		return o.Retry(in, s.Now())
	}
	return s.carryOut(ctx, o, string(order.CreatePage), decide, s.askForPage(r))
}

func (s *Service) askForPage(r doku.CreatePageRequest) request {
	return func(ctx context.Context, _ order.Order, op order.Operation) (order.Outcome, error) {
		answer, err := s.DOKU.CreatePage(ctx, op.RequestID, r)
		at := order.Stamp(s.Now())
		page := order.Page{URL: order.PageURL(answer.CreditCardPaymentPage.URL), At: at, ExpiresAt: at.Add(s.PageLifetime)}
		return order.Outcome{News: order.Facts{Page: &page}}, err
	}
}

// Check lists every rule of DOKU's, of this installation's and of the merchant's quote that a request breaks.
func (s *Service) Check(ctx context.Context, p PageRequest) []doku.Violation {
	p.Normalize()
	found := append(p.Validate(), s.hostRules(p.CreatePageRequest)...)
	return append(found, s.callerRules(ctx, p)...)
}

func (s *Service) intent(p PageRequest) order.Intent {
	r := p.CreatePageRequest
	in := order.Intent{
		Policy: s.policy(), Lifetime: s.PageLifetime, Invoice: r.Order.InvoiceNumber, Amount: r.Order.Amount,
		Readers: p.readers(), Fingerprint: fingerprint(p),
		Plan: order.Plan{Type: string(r.Payment.Type), AutoCapture: r.Payment.AutoCapture, Acquirer: r.Payment.Acquirer, Tenor: r.Payment.Tenor},
	}
	for _, promo := range r.OverrideConfiguration.Promo {
		in.Discounts = append(in.Discounts, promo.DiscountAmount)
	}
	return in
}

// fingerprint identifies a request without keeping the customer's data that is in it. Of a browser's request its subject
// is a part: another's repeat is another request. Back ends of one merchant may repeat each other's. A quote is no part of
// it: a repeat may bring a fresh one.
func fingerprint(p PageRequest) string {
	body, err := json.Marshal(p.CreatePageRequest)
	if err != nil {
		panic(fmt.Sprintf("a create-page request always encodes: %v", err)) // plain strings, numbers, booleans
	}
	if !p.Caller.Prices {
		body = append(body, p.Caller.Subject...)
	}
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
