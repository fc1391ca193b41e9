package simulation

import (
	"context"
	"slices"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

var _ payment.BatchStore = (*Store)(nil)

// Batch reads a batch; see payment.BatchStore.
func (s *Store) Batch(ctx context.Context, id string) (payment.Batch, error) {
	return readStore(s, "batch", id, func() (payment.Batch, error) { return s.memory.Batch(ctx, id) })
}

// PutBatch writes a batch; see payment.BatchStore.
func (s *Store) PutBatch(ctx context.Context, b payment.Batch) error {
	return s.write("batch", order.Order{}, payment.ErrConflict, func() error { return s.memory.PutBatch(ctx, b) })
}

// Batches lists batches; see List.
func (s *Store) Batches(ctx context.Context, year int) ([]payment.Batch, error) {
	return s.memory.Batches(ctx, year)
}

// FirstBatch reads the time of a year's first report; see payment.BatchStore.
func (s *Store) FirstBatch(ctx context.Context, year int) (time.Time, error) {
	return s.memory.FirstBatch(ctx, year)
}

// PutDifferences keeps differences; see payment.BatchStore.
func (s *Store) PutDifferences(ctx context.Context, id string, part int, all []payment.Difference) (
	kept []payment.Difference, err error) {
	err = s.write("differences", order.Order{}, nil, func() (err error) {
		kept, err = s.memory.PutDifferences(ctx, id, part, all)
		return err
	})
	return kept, err
}

// Differences reads differences; see payment.BatchStore.
func (s *Store) Differences(ctx context.Context, id string, parts int) ([]payment.Difference, error) {
	return readStore(s, "differences", id, func() ([]payment.Difference, error) {
		return s.memory.Differences(ctx, id, parts)
	})
}

// spoilRows lets rows of the settlement reports be wrong, if the schedule has faults of that class.
func (w *World) spoilRows(batches [][]row) [][]row {
	rate := 0
	for _, a := range w.classRates {
		if a.class == Chargebacks {
			rate = a.rate
		}
	}
	for _, f := range faultsAt[settling][Chargebacks] {
		if f.name != w.schedule.Fault && !w.chance(rate) {
			continue
		}
		b := w.dice.IntN(len(batches))
		i := w.dice.IntN(len(batches[b]))
		r := batches[b][i]
		p := w.planOf(r.invoice)
		if p.oddRow || p.untold { // one for each order
			continue
		}
		w.hit(f)
		switch f.name {
		case "row_doubled":
			batches[b] = append(batches[b], r)
			p.oddRow, p.mustTell = true, r.word == rowSale
		case "row_in_two_batches":
			batches = append(batches, []row{r})
			p.oddRow, p.mustTell = true, r.word == rowSale
		case "row_other_amount":
			batches[b][i].amount += 500
			p.oddRow, p.untold, p.mustTell = true, true, r.word == rowSale
		case "row_missing":
			batches[b] = append(batches[b][:i:i], batches[b][i+1:]...)
			if p.untold = true; len(batches[b]) == 0 {
				batches = slices.Delete(batches, b, b+1)
			}
			if len(batches) == 0 {
				return nil
			}
		case "row_unknown_kind":
			batches[b][i].word = "Penyesuaian"
			p.oddRow, p.untold, p.mustTell = true, true, true
		}
	}
	return batches
}
