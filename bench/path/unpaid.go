package path

import (
	"context"
	"fmt"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// waiting is the store, in which one order is due when it was last written to be. What is due is not asked of DynamoDB: the run of
// each minute asks, whether there is an order or not.
type waiting struct {
	payment.Store
	order order.Order
}

func (s *waiting) Update(ctx context.Context, o order.Order) error {
	s.order = o
	return s.Store.Update(ctx, o)
}

func (s *waiting) Due(_ context.Context, shard int, now time.Time, _ int) ([]string, error) {
	if shard != 0 || s.order.DueAt.After(now) {
		return nil, nil
	}
	return []string{s.order.Invoice}, nil
}

// waitInVain lets reconcile look at an order whenever it is due, until it is no more.
func (w *walk) waitInVain(ctx context.Context) error {
	kept := w.Service.Store
	defer func() { w.Service.Store = kept }()
	store := &waiting{Store: kept, order: order.Order{Invoice: open, DueAt: w.now.Add(w.Service.PageLifetime + 2*time.Minute)}}
	w.Service.Store = store
	for !store.order.DueAt.IsZero() {
		w.now = store.order.DueAt
		report, err := w.Service.Reconcile(ctx)
		if err == nil && (report.Looked != 1 || report.Failed > 0) {
			err = fmt.Errorf("it was due, and not all was done: %+v", report)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
