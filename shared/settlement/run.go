package settlement

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// run applies the rows of one report, in parts of payment.MostOrders rows. The differences of a part are kept before
// the batch counts the part as applied. A run that dies in between applies the part again, which changes nothing.
type run struct {
	Settler
	report *Report
	batch  payment.Batch
	dry    *dryRun // nil: the rows are applied
	again  bool    // the batch is done, and stays as it is
	place  int     // the number of rows before those of the next part
	rows   []Row   // of the next part
}

// dryRun holds what a run would have written.
type dryRun struct {
	facts       map[string]order.Facts // by invoice number
	differences []payment.Difference
}

// whole applies the rows from batch.Next on, or all of them again.
func (r *run) whole(ctx context.Context) error {
	if !r.again {
		r.place = r.batch.Next
	}
	place := r.place
	err := r.report.each(place, func(row Row) error {
		if place++; place <= r.place { // another run has applied it meanwhile
			return nil
		}
		if r.rows = append(r.rows, row); len(r.rows) == payment.MostOrders {
			return r.part(ctx)
		}
		return ctx.Err()
	})
	if err == nil && len(r.rows) > 0 {
		err = r.part(ctx)
	}
	if err != nil || r.dry != nil || r.again {
		return err
	}
	return r.end(ctx)
}

// part applies the collected rows.
func (r *run) part(ctx context.Context) error {
	rows := r.rows
	r.rows = r.rows[:0]
	found, err := r.settle(ctx, rows)
	if err != nil {
		return err
	}
	if r.again {
		r.place += len(rows)
	} else if err := r.count(ctx, rows, found); err != nil {
		return err
	}
	if r.Progress != nil {
		r.Progress(r.place, r.batch.Rows)
	}
	return nil
}

// count keeps the differences of a part, and counts the part in the batch.
func (r *run) count(ctx context.Context, rows []Row, found []payment.Difference) (err error) {
	next := r.batch
	if next.Next+len(rows) > next.Rows {
		return errors.New("the report has more rows than it had before")
	}
	if r.dry == nil {
		if found, err = r.Service.Batches.PutDifferences(ctx, next.ID, next.Parts, found); err != nil {
			return storeFailed("keeping the differences", err)
		}
	} else {
		r.dry.differences = append(r.dry.differences, found...)
	}
	next.Next, next.Parts = next.Next+len(rows), next.Parts+1
	next.Sums, next.Counts = slices.Clone(next.Sums), slices.Clone(next.Counts)
	for _, row := range rows {
		addSum(&next, r.report.options.sumKind(row), row)
	}
	for _, d := range found {
		addCount(&next, d.Kind)
	}
	err = r.put(ctx, next)
	r.place = r.batch.Next
	return err
}

// put writes the next state of the batch. If another run was faster, it takes the state of that one.
func (r *run) put(ctx context.Context, next payment.Batch) error {
	if r.dry != nil {
		r.batch = next
		return nil
	}
	err := r.Service.Batches.PutBatch(ctx, next)
	if err == nil {
		next.Version++
		r.batch = next
		return nil
	}
	if !errors.Is(err, payment.ErrConflict) {
		return storeFailed("writing the batch", err)
	}
	stored, err := r.Service.Batches.Batch(ctx, next.ID)
	if err != nil {
		return storeFailed("reading the batch", err)
	}
	if stored.SHA256 != next.SHA256 || stored.Next < next.Next {
		return fmt.Errorf("%w: batch %s went back to row %d while it was applied", payment.ErrStore, next.Name,
			stored.Next)
	}
	r.batch = stored
	return nil
}

// end marks the batch as done.
func (r *run) end(ctx context.Context) error {
	if r.batch.State == payment.BatchDone { // by another run
		return nil
	}
	next := r.batch
	next.State, next.EndedAt = payment.BatchDone, order.Stamp(r.Service.Now())
	return r.put(ctx, next)
}

// sumKind returns the kind under which a row is summed.
func (o Options) sumKind(row Row) string {
	if !o.ours(row.Channel) {
		return string(Other)
	}
	return string(row.Kind)
}

func addSum(b *payment.Batch, kind string, row Row) {
	i := slices.IndexFunc(b.Sums, func(s payment.Sum) bool { return s.Kind == kind })
	if i < 0 {
		b.Sums = append(b.Sums, payment.Sum{Kind: kind})
		i = len(b.Sums) - 1
	}
	s := &b.Sums[i]
	s.Count, s.Amount, s.Fee = s.Count+1, s.Amount+row.Amount, s.Fee+row.Fee
	s.Discount, s.Net = s.Discount+row.Discount, s.Net+row.Net
}

func addCount(b *payment.Batch, kind payment.DifferenceKind) {
	i := slices.IndexFunc(b.Counts, func(c payment.DifferenceCount) bool { return c.Kind == kind })
	if i < 0 {
		b.Counts = append(b.Counts, payment.DifferenceCount{Kind: kind})
		i = len(b.Counts) - 1
	}
	b.Counts[i].Count++
}
