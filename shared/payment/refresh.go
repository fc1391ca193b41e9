package payment

import (
	"context"
	"errors"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Refresh asks check status about an order now, and joins the answer. A caller that may read every payment may ask
// about any order. Another caller may ask about its own; if that is paid, DOKU is not asked. wait is the time after
// which the caller may ask, and DOKU is not asked before. Errors: ErrNotFound, *doku.Error and doku.ErrUnknown (DOKU
// gave no answer), ErrStore.
func (s *Service) Refresh(
	ctx context.Context, c Caller, invoice string,
) (o order.Order, wait time.Duration, err error) {
	o, err = s.Read(ctx, c, invoice)
	if err != nil || !c.ReadsAll && o.Captured() > 0 {
		return o, 0, err
	}
	// The time is written first, so that of two callers at the same time one asks.
	o, err = s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		wait = o.RefreshWait(c.ReadsAll, s.Now())
		o.Watch.AskedAt = order.Stamp(s.Now())
		return o, wait > 0
	})
	if err != nil || wait > 0 {
		return o, wait, err
	}
	st, callErr := s.status(ctx, o)
	if callErr != nil && !unknownOrder(callErr, o) {
		return o, 0, callErr
	}
	o, err = s.joinAnswer(ctx, o, st, callErr)
	return o, 0, err
}

// status asks check status about an order.
func (s *Service) status(ctx context.Context, o order.Order) (doku.Status, error) {
	callCtx, cancel := s.callContext(ctx)
	defer cancel()
	return s.DOKU.Status(callCtx, s.NewID(), o.Invoice)
}

// unknownOrder reports whether DOKU knows no such order: nothing was paid.
func unknownOrder(err error, o order.Order) bool {
	var refused *doku.Error
	return errors.As(err, &refused) && refused.NotFound && o.Facts.Authorized == nil && o.Captured() == 0
}

// joinAnswer joins an answer of check status, or that there was none. It also joins the orphans that earlier versions
// kept.
func (s *Service) joinAnswer(ctx context.Context, o order.Order, st doku.Status, callErr error) (order.Order, error) {
	orphans, err := s.Store.EarlierOrphans(ctx, o.Invoice)
	if err != nil {
		return o, err
	}
	return s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		for _, orphan := range orphans {
			o, _ = o.ApplyNotification(s.orphanFacts(o, orphan), orphan.RequestID, s.Now())
		}
		swept := o.Swept(s.policy(), callErr == nil && st.InvoiceNumber == o.Invoice, s.Now())
		switch {
		case callErr == nil:
			return s.joinStatus(st, swept), false
		case unknownOrder(callErr, o):
			return o.ApplyStatus(order.Facts{}, s.Now()), false
		default:
			return swept.RecordNoStatus(s.Now()), false
		}
	})
}
