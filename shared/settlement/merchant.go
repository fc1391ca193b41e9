package settlement

import (
	"context"

	"kasir/shared/payment"
)

// checkMerchant returns an error if the merchant's name in a new report is in no earlier report that had rows of our
// orders. Options.Merchants replaces this check. The first such report sets the name. Errors: *Invalid,
// payment.ErrStore.
func (s Settler) checkMerchant(ctx context.Context, r *Report) error {
	if len(r.options.Merchants) > 0 || r.Batch.Merchant == "" {
		return nil
	}
	others := false
	for _, year := range []int{0, -1} {
		at := s.Service.Now().In(jakarta).AddDate(year, 0, 0)
		batches, err := s.Service.Batches.Batches(ctx, at.Year())
		if err != nil {
			return storeFailed("reading the batches", err)
		}
		for _, b := range batches {
			if b.Merchant == r.Batch.Merchant && ofOurs(b) {
				return nil
			}
			others = others || b.Merchant != "" && ofOurs(b)
		}
	}
	if !others {
		return nil
	}
	invalid := &Invalid{}
	invalid.add(r.line, r.options.spelled(ColumnMerchant), "is another name than in the reports that were applied "+
		"before: it is a report of another merchant. If the name is yours, too, list all your names in SETTLE_MERCHANT")
	return invalid
}

// ofOurs reports whether a batch had rows of orders.
func ofOurs(b payment.Batch) bool {
	rows := 0
	for _, s := range b.Sums {
		if s.Kind != string(Other) && s.Kind != string(Unknown) {
			rows += s.Count
		}
	}
	for _, c := range b.Counts {
		if c.Kind == payment.DiffersMissing {
			rows -= c.Count
		}
	}
	return rows > 0
}
