package payment

import (
	"context"
	"errors"
	"slices"

	"kasir/shared/doku"
	"kasir/shared/quote"
)

// quoteRules checks a request against the quote that it must bring, and brings at its own risk when it need not. What the
// request says is compared, never filled in from the quote: what was asked for is what is stored.
func (s *Service) quoteRules(ctx context.Context, p PageRequest) []doku.Violation {
	const pointer = "/quote"
	if p.Quote == "" {
		return []doku.Violation{{Pointer: pointer, Detail: "is required: your token does not have the scope payments:price, so the merchant's back end must sign the price"}}
	}
	terms, err := s.terms(ctx, p.Quote)
	if err != nil {
		return []doku.Violation{{Pointer: pointer, Detail: err.Error()}}
	}
	return terms.Check(p.CreatePageRequest, p.Caller.Subject)
}

// terms reads a quote. One that no key matches is tried once more with the keys of now: they may have been rotated.
func (s *Service) terms(ctx context.Context, token string) (quote.Terms, error) {
	if s.QuoteKeys == nil {
		return quote.Terms{}, quote.ErrQuote
	}
	known := s.QuoteKeys(ctx, false)
	terms, err := quote.Verify(token, s.Now(), known...)
	if !errors.Is(err, quote.ErrQuote) {
		return terms, err
	}
	newer := s.QuoteKeys(ctx, true)
	if slices.Equal(newer, known) {
		return terms, err
	}
	return quote.Verify(token, s.Now(), newer...)
}
