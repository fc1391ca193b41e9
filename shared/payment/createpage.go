package payment

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

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
	o, err := s.create(ctx, in)
	if errors.Is(err, ErrExists) { // after a crash, a lost answer, a refusal, a double click, or the end of a page
		return s.repeatPage(ctx, o, in, r)
	}
	if err != nil {
		return Answer{}, storeFailed("storing the order", err)
	}
	s.announce(ctx, order.Order{}, o)
	if err := o.CheckPageAllowed(); err != nil { // it was paid, or a person must look, before it was here
		return Answer{}, err
	}
	return s.attempt(ctx, o, string(order.KindCreatePage), s.askForPage(r))
}

// create stores a new order, with the reports that came before it.
func (s *Service) create(ctx context.Context, in order.Intent) (order.Order, error) {
	var orphans []Orphan
	for try := 0; ; try++ {
		o := order.New(in, s.Now())
		for _, orphan := range orphans {
			o, _ = o.ApplyNotification(s.orphanFacts(o, orphan), orphan.RequestID, s.Now())
		}
		stored, err := s.Store.Create(ctx, o.Schedule(in.Policy), orphans)
		if !errors.Is(err, ErrOrphans) || !s.pause(ctx, try, s.retryDeadline(ctx, intentReserve)) {
			return stored, err
		}
		if orphans, err = s.Store.Orphans(ctx, in.Invoice); err != nil {
			return order.Order{}, err
		}
	}
}

func (s *Service) repeatPage(ctx context.Context, o order.Order, in order.Intent, r doku.CreatePageRequest) (Answer, error) {
	asked := false
	decide := func(o order.Order) (order.Order, order.Verdict, error) {
		return o.Retry(in, asked, s.Now())
	}
	if _, verdict, err := decide(o); err == nil && verdict == order.AskFirst && checkFormat(o) == nil {
		if o, err = s.askWhetherPaid(ctx, o); err != nil {
			return Answer{}, err
		}
		asked = true
	}
	return s.carryOut(ctx, o, string(order.KindCreatePage), decide, s.askForPage(r))
}

// askWhetherPaid asks check status about an order whose page has ended, and joins the answer. Errors: doku.ErrUnknown when
// there is no answer that counts, since the next page might be paid beside the last; ErrStore. A refusal of the question is
// no refusal of the page: its *doku.Error is not in the error, except when DOKU turned it away.
func (s *Service) askWhetherPaid(ctx context.Context, o order.Order) (order.Order, error) {
	callCtx, cancel := boundedContext(ctx, min(statusTimeout, cmp.Or(s.DOKUTimeout, LongestCall)))
	st, callErr := s.DOKU.Status(callCtx, s.NewID(), o.Invoice)
	cancel()
	var refused *doku.Error
	notFound := errors.As(callErr, &refused) && refused.NotFound
	switch {
	case callErr == nil, notFound:
	case refused != nil && !refused.Unprocessed:
		return o, fmt.Errorf("asking whether the last page was paid: %w: %v", doku.ErrUnknown, callErr)
	default:
		return o, fmt.Errorf("asking whether the last page was paid: %w", errors.Join(callErr, doku.ErrUnknown))
	}
	o, err := s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		if notFound {
			return o.ApplyStatus(order.Facts{}, s.Now()), false
		}
		return s.joinStatus(st, o), false
	})
	if err == nil && callErr == nil && st.InvoiceNumber != o.Invoice {
		return o, fmt.Errorf("asking whether the last page was paid: DOKU answered for another invoice: %w", doku.ErrUnknown)
	}
	if err == nil && callErr == nil && paymentUnderWay(st) && s.mayStillBePaid(o) {
		return o, fmt.Errorf("a payment of the last page is under way: %w", doku.ErrUnknown)
	}
	return o, err
}

// underWay reports whether an answer of check status tells of a payment that has not ended: it may yet succeed. A PENDING
// AUTHORIZE has.
func paymentUnderWay(st doku.Status) bool {
	switch strings.ToUpper(st.TransactionStatus) {
	case "PENDING":
		return !strings.EqualFold(st.Type, string(doku.Authorize))
	case "REDIRECT", "TIMEOUT":
		return true
	}
	return false
}

// abandoned is how long after its page's end a payment that was under way is taken for abandoned.
const abandonedAfter = 24 * time.Hour

func (s *Service) mayStillBePaid(o order.Order) bool {
	page := o.Facts.Page
	return page != nil && o.Captured() == 0 && o.Facts.Authorized == nil && s.Now().Before(page.ExpiresAt.Add(abandonedAfter))
}

func (s *Service) askForPage(r doku.CreatePageRequest) dokuCall {
	return func(ctx context.Context, _ order.Order, op order.Operation) (order.Outcome, error) {
		answer, err := s.DOKU.CreatePage(ctx, op.RequestID, r)
		at := order.Stamp(s.Now())
		page := order.Page{URL: order.PageURL(answer.CreditCardPaymentPage.URL), At: at, ExpiresAt: at.Add(s.PageLifetime)}
		if op.Generation > 1 {
			page.Generation = op.Generation
		}
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
