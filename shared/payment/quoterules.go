package payment

import (
	"context"

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
	var keys []doku.Secret
	if s.QuoteKeys != nil {
		keys = s.QuoteKeys(ctx)
	}
	terms, err := quote.Verify(p.Quote, s.Now(), keys...)
	if err != nil {
		return []doku.Violation{{Pointer: pointer, Detail: err.Error()}}
	}
	return terms.Check(p.CreatePageRequest)
}
