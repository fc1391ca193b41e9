package payment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// ErrHeld means that captures and refunds are held: the table was restored to an earlier time, and the orders were not
// compared with DOKU yet. Nothing was stored or sent.
var ErrHeld = errors.New("captures and refunds are held until the recovery has ended")

// checkHeld returns ErrHeld while captures and refunds are held. The setting is in force from the first request with
// the restored table, since it comes with the table's name. The end of the recovery is in the table.
func (s *Service) checkHeld(ctx context.Context) error {
	if s.RestoredTo.IsZero() {
		return nil
	}
	ended, err := s.Store.Recovered(ctx, s.RestoredTo)
	if err != nil {
		return storeFailed("reading whether the recovery has ended", err)
	}
	if !ended {
		return ErrHeld
	}
	return nil
}

// MarkRestored records in an order what was lost when the table was restored, and has check status asked about it. The
// order's next version is above every version whose event was lost, so that events of the order stay in sequence.
// marked is false if all of it was recorded before. Errors: ErrNotFound, ErrStore.
func (s *Service) MarkRestored(
	ctx context.Context, invoice string, lost order.Restored,
) (o order.Order, marked bool, err error) {
	return s.changeAbove(ctx, invoice, lost.Sequence, func(o order.Order) (order.Order, bool) {
		return o.AfterRestore(lost, s.Now())
	})
}

// KeepRestored keeps what was lost of an order that is not in the restored table, as MarkRestored records it, until the
// order is made again. Keeping it twice has no further effect. Errors: ErrStore; ErrExists if the order is stored.
func (s *Service) KeepRestored(ctx context.Context, invoice string, lost order.Restored) error {
	if !doku.ValidInvoiceNumber(invoice) {
		return nil // no order can have it
	}
	sum := sha256.Sum256(mustEncode(lost))
	err := s.Store.PutOrphan(ctx, Orphan{Invoice: invoice, RequestID: "restored", Body: hex.EncodeToString(sum[:8]),
		ReceivedAt: order.Stamp(s.Now()), News: order.Facts{Restored: &lost}})
	if err != nil && !errors.Is(err, ErrExists) {
		return storeFailed("keeping what was lost of an order", err)
	}
	return err
}

// GiveUpRecheck records that DOKU gave no answer about a restored order. Errors: ErrNotFound, ErrStore.
func (s *Service) GiveUpRecheck(ctx context.Context, invoice string) (order.Order, error) {
	o, _, err := s.changeAbove(ctx, invoice, 0, func(o order.Order) (order.Order, bool) {
		if !o.AwaitsRecheck() {
			return o, true
		}
		return o.GiveUpRecheck(s.Now()), false
	})
	return o, err
}

// changeAbove changes an order and raises its version above a version.
func (s *Service) changeAbove(
	ctx context.Context, invoice string, version int64, apply rule,
) (o order.Order, changed bool, err error) {
	for {
		if o, err = s.Find(ctx, invoice); err != nil {
			return o, false, err
		}
		if err := checkFormat(o); err != nil {
			return o, false, err
		}
		next, unchanged := apply(o)
		if unchanged {
			return o, false, nil
		}
		next = next.Schedule(s.policy())
		err = s.Store.UpdateAbove(ctx, next, version)
		if err == nil {
			next.Version = max(next.Version, version) + 1
			s.announce(ctx, o, next)
			return next, true, nil
		}
		if !errors.Is(err, ErrConflict) {
			return o, false, storeFailed("updating the order", err)
		}
	}
}

// EndRecovery ends the hold after a restore to a time.
func (s *Service) EndRecovery(ctx context.Context, to time.Time) error {
	if err := s.Store.EndRecovery(ctx, to); err != nil {
		return storeFailed("ending the recovery", err)
	}
	return nil
}
