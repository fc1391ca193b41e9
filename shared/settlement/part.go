package settlement

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

const defaultAtOnce = 16

// about are the rows of a part that are about one invoice number.
type about struct {
	rows   []Row
	stored *payment.Stored // nil: there is no such order
	found  []payment.Difference
}

// settle applies the rows of a part to their orders, and returns the differences by row. It reads the orders in one
// call, and writes each once.
func (r *run) settle(ctx context.Context, rows []Row) ([]payment.Difference, error) {
	all := map[string]*about{}
	var invoices []string
	for _, row := range rows {
		if !r.report.options.ours(row.Channel) {
			continue
		}
		a := all[row.Invoice]
		if a == nil {
			a = &about{}
			all[row.Invoice] = a
			if doku.ValidInvoiceNumber(row.Invoice) {
				invoices = append(invoices, row.Invoice)
			}
		}
		a.rows = append(a.rows, row)
	}
	if len(invoices) > 0 {
		stored, _, err := r.Service.Store.Orders(ctx, invoices)
		if err != nil {
			return nil, storeFailed("reading the orders", err)
		}
		for _, s := range stored {
			all[s.Invoice].stored = &s
		}
	}
	if err := r.write(ctx, all); err != nil {
		return nil, err
	}
	var found []payment.Difference
	for _, a := range all {
		found = append(found, a.found...)
	}
	slices.SortFunc(found, func(a, b payment.Difference) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind))
	})
	return found, nil
}

// write applies the rows to the orders, several at the same time unless AtOnce is 1. After an error it begins no
// further one.
func (r *run) write(ctx context.Context, all map[string]*about) error {
	writing, ctx := errgroup.WithContext(ctx)
	writing.SetLimit(cmp.Or(r.AtOnce, defaultAtOnce))
	if r.dry != nil {
		writing.SetLimit(1)
	}
	for _, invoice := range slices.Sorted(maps.Keys(all)) {
		a := all[invoice]
		if r.AtOnce == 1 {
			if err := r.one(ctx, a); err != nil {
				return err
			}
			continue
		}
		writing.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return r.one(ctx, a)
		})
	}
	return writing.Wait()
}

// one applies the rows that are about one invoice number.
func (r *run) one(ctx context.Context, a *about) error {
	switch {
	case a.stored == nil:
		a.found = r.withoutOrder(a.rows, payment.DiffersMissing, "There is no order with this invoice number.")
		return nil
	case errors.Is(a.stored.Err, payment.ErrNewerFormat):
		return storeFailed("reading the orders", a.stored.Err)
	case a.stored.Err != nil:
		a.found = r.withoutOrder(a.rows, payment.DiffersUnreadable, "The order cannot be read.")
		return nil
	}
	o := a.stored.Order
	now := order.Stamp(r.Service.Now())
	news := func(o order.Order) order.Facts { return r.facts(o, a.rows, now) }
	if r.dry != nil {
		o, _ = o.Learn(r.dry.facts[o.Invoice])
		facts := news(o)
		r.dry.facts[o.Invoice] = order.Join(r.dry.facts[o.Invoice], facts)
		o, _ = o.Learn(facts)
	} else {
		var err error
		if o, err = r.Service.Settle(ctx, o, r.batch.ID, news); err != nil {
			return err
		}
	}
	a.found = r.compare(o, a.rows)
	return nil
}

// withoutOrder returns the differences of rows without an order. A row that is not understood is a difference of its
// own kind.
func (r *run) withoutOrder(rows []Row, kind payment.DifferenceKind, note string) []payment.Difference {
	var all []payment.Difference
	for _, row := range rows {
		if row.Kind == Unknown {
			all = append(all, row.differs(payment.DiffersUnknownKind, 0, note+" "+unknownNote))
			continue
		}
		all = append(all, row.differs(kind, 0, note))
	}
	return all
}
