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
	"kasir/shared/jsonbody"
	"kasir/shared/order"
)

// PageRequest is a caller's request for a payment page.
type PageRequest struct {
	doku.CreatePageRequest
	Metadata order.Metadata // kept with the order and never sent to DOKU; nil if the caller sent none
	Caller   Caller
	Quote    string               // signed by the merchant, for callers that may not set prices; see package quote
	Misread  []jsonbody.Violation // fields of the body that could not be read; such a request is Invalid
}

// CreatePage asks DOKU for a payment page. It does so once per order, even if it is called again. The order is stored
// before DOKU is called, so that no page exists without an order. Errors: *Invalid, *order.NotAllowed, ErrMismatch,
// *Busy, *Slow, *doku.Error, ErrStore.
func (s *Service) CreatePage(ctx context.Context, r PageRequest) (Answer, error) {
	r.Normalize()
	if violations := s.pageRules(ctx, r); len(violations) > 0 {
		return Answer{}, &Invalid{Violations: violations}
	}
	in := s.intent(r)
	if wait := s.Brake.wait(s.Now()); wait > 0 {
		return s.answerWhileSlow(ctx, in, wait)
	}
	o, err := s.create(ctx, in)
	if errors.Is(err, ErrExists) { // after a crash, a lost answer, a refusal, a double click, or the end of a page
		return s.repeatPage(ctx, o, in, r)
	}
	if err != nil {
		return Answer{}, storeFailed("storing the order", err)
	}
	s.announce(ctx, order.Order{}, o)
	// Reports that came before the order show that it is paid, or need a person.
	if err := o.CheckPageAllowed(); err != nil {
		return Answer{}, err
	}
	return s.attempt(ctx, o, string(order.KindCreatePage), s.askForPage(r))
}

// answerWhileSlow answers a request for a page without calling DOKU. A page that is there is shown.
func (s *Service) answerWhileSlow(ctx context.Context, in order.Intent, wait time.Duration) (Answer, error) {
	o, err := s.Store.Get(ctx, in.Invoice)
	if errors.Is(err, ErrNotFound) {
		return Answer{}, &Slow{RetryAfter: wait}
	}
	if err != nil {
		return Answer{}, storeFailed("reading the order", err)
	}
	if err := checkFormat(o); err != nil {
		return Answer{}, err
	}
	next, verdict, err := o.Retry(in, false, s.Now())
	switch {
	case err != nil:
		return Answer{}, err
	case verdict == order.Call, verdict == order.AskFirst:
		return Answer{}, &Slow{RetryAfter: wait}
	}
	op, _ := next.Operation(string(order.KindCreatePage))
	return s.answerWithoutCall(o, op, verdict)
}

// create stores a new order together with the reports that came before it.
func (s *Service) create(ctx context.Context, in order.Intent) (order.Order, error) {
	var orphans []Orphan
	owner := s.newOwner()
	for try := 0; ; try++ {
		o := order.New(in, s.Now()).WithOwner(string(order.KindCreatePage), owner)
		for _, orphan := range orphans {
			if lost := orphan.News.Restored; lost != nil {
				o, _ = o.AfterRestore(*lost, s.Now())
				continue
			}
			o, _ = o.ApplyNotification(s.orphanFacts(o, orphan), orphan.RequestID, s.Now())
		}
		stored, err := s.Store.Create(ctx, o.Schedule(in.Policy), orphans)
		if errors.Is(err, ErrExists) && stored.HeldBy(string(order.KindCreatePage), owner) { // its answer was lost
			return stored, nil
		}
		if !errors.Is(err, ErrOrphans) || !s.pause(ctx, try, s.retryDeadline(ctx, intentReserve)) {
			return stored, err
		}
		if orphans, err = s.Store.Orphans(ctx, in.Invoice); err != nil {
			return order.Order{}, err
		}
	}
}

// repeatPage asks for a page of an order that is stored already.
func (s *Service) repeatPage(ctx context.Context, o order.Order, in order.Intent, r PageRequest) (Answer, error) {
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

// askWhetherPaid asks check status about an order whose page has ended, and joins the answer. Errors: ErrStore;
// doku.ErrUnknown if there is no usable answer, since the next page might be paid in addition to the last. If DOKU
// refuses the question, the *doku.Error is left out of the error, because the page is not refused. It is kept if DOKU
// turned the question away.
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
		return o, fmt.Errorf("asking whether the last page was paid: DOKU answered for another invoice: %w",
			doku.ErrUnknown)
	}
	if err == nil && callErr == nil && paymentUnderWay(st) && s.mayStillBePaid(o) {
		return o, fmt.Errorf("a payment of the last page is under way: %w", doku.ErrUnknown)
	}
	return o, err
}

// paymentUnderWay reports whether an answer of check status shows a payment that has not ended and may yet succeed. A
// PENDING AUTHORIZE has ended.
func paymentUnderWay(st doku.Status) bool {
	switch strings.ToUpper(st.TransactionStatus) {
	case "PENDING":
		return !strings.EqualFold(st.Type, string(doku.Authorize))
	case "REDIRECT", "TIMEOUT":
		return true
	}
	return false
}

// abandonedAfter is the time after a page's end when a payment under way counts as abandoned.
const abandonedAfter = 24 * time.Hour

// mayStillBePaid reports whether a payment under way may still pay the order's page.
func (s *Service) mayStillBePaid(o order.Order) bool {
	page := o.Facts.Page
	return page != nil && o.Captured() == 0 && o.Facts.Authorized == nil &&
		s.Now().Before(page.ExpiresAt.Add(abandonedAfter))
}

// askForPage returns the call of DOKU for a page. Unlike a capture or refund, it needs the caller's request, which is
// not stored.
func (s *Service) askForPage(r PageRequest) dokuCall {
	return func(ctx context.Context, _ order.Order, op order.Operation) (order.Outcome, error) {
		begin := s.Now()
		answer, err := s.DOKU.CreatePage(ctx, op.RequestID, r.CreatePageRequest)
		s.Brake.saw(s.Now().Sub(begin), cmp.Or(s.DOKUTimeout, LongestCall), s.Now())
		at := order.Stamp(s.Now())
		page := order.Page{URL: order.PageURL(answer.CreditCardPaymentPage.URL), At: at,
			ExpiresAt: at.Add(s.PageLifetime)}
		if op.Generation > 1 {
			page.Generation = op.Generation
		}
		return order.Outcome{News: order.Facts{Page: &page}}, err
	}
}

// intent returns the terms of a request that the order keeps.
func (s *Service) intent(r PageRequest) order.Intent {
	in := order.Intent{
		Policy: s.policy(), Lifetime: s.PageLifetime, Invoice: r.Order.InvoiceNumber, Amount: r.Order.Amount,
		Readers: r.readers(), Metadata: r.Metadata, Fingerprint: fingerprint(r),
		Plan: order.Plan{Type: string(r.Payment.Type), AutoCapture: r.Payment.AutoCapture, Acquirer: r.Payment.Acquirer,
			Tenor: r.Payment.Tenor},
	}
	for _, promo := range r.OverrideConfiguration.Promo {
		in.Discounts = append(in.Discounts, promo.DiscountAmount)
	}
	return in
}

// readers returns the digests of those who may read the order: the caller and, if a back end asks, the customer that
// it names.
func (r PageRequest) readers() []string {
	readers := []string{order.ReaderOf(r.Caller.Subject)}
	if r.Caller.Prices && r.Customer.ID != "" && r.Customer.ID != r.Caller.Subject {
		readers = append(readers, order.ReaderOf(r.Customer.ID))
	}
	return readers
}

// fingerprint returns a digest that identifies a request without keeping the customer's data in it. It includes the
// subject of a browser's request, so that another subject's request is a different one. Back ends of one merchant may
// repeat each other's requests. The quote is left out, since a repeat may bring a fresh one. Without metadata the
// digest is the one that earlier versions made.
func fingerprint(r PageRequest) string {
	body := mustEncode(r.CreatePageRequest)
	if !r.Caller.Prices {
		body = append(body, r.Caller.Subject...)
	}
	if len(r.Metadata) > 0 {
		body = append(append(body, "|metadata|"...), mustEncode(r.Metadata)...)
	}
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// mustEncode returns the JSON of a value of plain strings, numbers and booleans.
func mustEncode(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("a create-page request always encodes: %v", err))
	}
	return text
}
