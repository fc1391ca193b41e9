package recovery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// Recovery is one recovery. Every field is required.
type Recovery struct {
	Service    *payment.Service
	RestoredTo time.Time // the time to which the table was restored; the hold's name
	Since      time.Time // from which the archive is read
	Days       int       // orders whose money moved in so many days before the restore are asked about, too
	Skip       bool      // events whose order cannot be read are only counted; otherwise they are an error

	Archive func(ctx context.Context, since time.Time, see func(Event) error) error
	Scan    func(ctx context.Context, see func(payment.Stored) error, orphan func(invoice string)) error
	// Missing returns the rows of settlement reports that have no order.
	Missing   func(ctx context.Context) ([]payment.Difference, error)
	Reconcile func(ctx context.Context) error // runs reconcile once
	Pace      func(ctx context.Context) error // waits before each write
	Pause     func(ctx context.Context)       // between two runs of reconcile
	Patience  time.Duration                   // without an answer of DOKU, before it is given up
	Say       func(format string, args ...any)
	Clock     func() time.Time // for Patience
}

// Result is the result of a recovery.
type Result struct {
	Events    int       // of the archive
	Skipped   int       // events whose order cannot be read
	Lost      []string  // orders with lost events
	Asked     int       // orders about which DOKU was asked
	Attention []string  // of these, orders that need a person because of the restore
	Differ    []string  // other orders that have an open case since DOKU was asked
	Unknown   []Unknown // orders that are not in the table
	Orphans   []string  // invoice numbers of notifications without an order, except those in Unknown
	Silent    []string  // orders about which DOKU gave no answer; they are in Attention, too
	Newer     []string  // orders that this version cannot read
	Before    time.Time // orders whose money moved before were not asked about
}

// Unknown is an order that is not in the table, as its last event or a settlement report has it. Amounts are in whole
// rupiah.
type Unknown struct {
	Invoice  string `json:"invoice_number"`
	Source   string `json:"source"` // archive or settlement
	Status   string `json:"status,omitempty"`
	Amount   int64  `json:"amount"`
	Captured int64  `json:"captured,omitempty"`
	Back     int64  `json:"back,omitempty"`
}

// Run compares, and then ends the hold. It may be stopped at any time. Another run goes on: an order that was marked is
// not marked again, and DOKU is asked once about each.
func (r Recovery) Run(ctx context.Context) (Result, error) {
	done := Result{Before: r.RestoredTo.AddDate(0, 0, -r.Days)}
	marked := map[string]bool{}
	if err := r.readArchive(ctx, &done, marked); err != nil {
		return done, err
	}
	if err := r.readTable(ctx, &done, marked); err != nil {
		return done, err
	}
	if err := r.ask(ctx, &done, marked); err != nil {
		return done, err
	}
	if err := r.compare(ctx, &done, marked); err != nil {
		return done, err
	}
	missing, err := r.Missing(ctx)
	if err != nil {
		return done, fmt.Errorf("reading the settlements: %w", err)
	}
	for _, d := range missing {
		if _, err := r.Service.Find(ctx, d.Invoice); errors.Is(err, payment.ErrNotFound) {
			done.Unknown = append(done.Unknown, Unknown{Invoice: d.Invoice, Source: "settlement", Amount: d.Theirs})
		}
	}
	return done, r.Service.EndRecovery(ctx, r.RestoredTo)
}

// readArchive marks the orders that have lost events.
func (r Recovery) readArchive(ctx context.Context, done *Result, marked map[string]bool) error {
	archive := histories{}
	err := r.Archive(ctx, r.Since, func(e Event) error {
		done.Events++
		r.Say("read %d events of the archive", done.Events)
		if !archive.add(e) {
			done.Skipped++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the archive: %w", err)
	}
	if done.Skipped > 0 && !r.Skip {
		return fmt.Errorf("%d of %d events of the archive cannot be read, not even their invoice numbers "+
			"(--skip-unreadable goes on without them)", done.Skipped, done.Events)
	}
	for _, invoice := range slices.Sorted(maps.Keys(archive)) {
		if err := r.readHistory(ctx, invoice, archive[invoice], done, marked); err != nil {
			return err
		}
	}
	return nil
}

// readHistory marks an order if it has lost events. Of an order that is not in the table, they are kept until it is
// made again, since its refunds would then be unknown.
func (r Recovery) readHistory(
	ctx context.Context, invoice string, of history, done *Result, marked map[string]bool,
) error {
	o, err := r.Service.Find(ctx, invoice)
	missing := errors.Is(err, payment.ErrNotFound)
	switch {
	case errors.Is(err, payment.ErrNewerFormat), err == nil && o.Newer():
		done.Newer = append(done.Newer, invoice)
		return nil
	case err != nil && !missing:
		return err
	}
	lost, ok, err := of.lost(o, r.RestoredTo)
	if err != nil {
		return err
	}
	switch paid := lost.Captured > 0 || lost.Authorized > 0 || len(lost.Lost) > 0; {
	case missing && !paid:
		done.Unknown = append(done.Unknown, of.unknown(invoice))
		return nil
	case missing:
		err := r.Service.KeepRestored(ctx, invoice, lost)
		if !errors.Is(err, payment.ErrExists) { // otherwise it was made again just now
			done.Unknown = append(done.Unknown, of.unknown(invoice))
			return err
		}
	case !ok:
		return nil
	}
	done.Lost = append(done.Lost, invoice)
	return r.mark(ctx, invoice, lost, marked)
}

// readTable marks the orders of which something may have been lost without an event: those with an open capture or
// refund, and those whose money may still move. It counts those that an earlier run has marked.
func (r Recovery) readTable(ctx context.Context, done *Result, marked map[string]bool) error {
	var found []string
	err := r.Scan(ctx, func(s payment.Stored) error {
		o := s.Order
		switch {
		case s.Err != nil || o.Newer():
			done.Newer = append(done.Newer, s.Invoice)
		case o.Facts.Restored != nil && o.Facts.Restored.To.Equal(r.RestoredTo): // perhaps by an earlier run
			marked[o.Invoice] = true
		case mayHaveMoved(o, done.Before):
			found = append(found, o.Invoice)
		}
		return nil
	}, func(invoice string) { done.Orphans = append(done.Orphans, invoice) })
	if err != nil {
		return fmt.Errorf("reading the table: %w", err)
	}
	for i, invoice := range found {
		r.Say("marked %d of %d orders whose money may have moved", i, len(found))
		if err := r.mark(ctx, invoice, order.Restored{To: r.RestoredTo}, marked); err != nil {
			return err
		}
	}
	slices.Sort(done.Newer)
	done.Newer = slices.Compact(done.Newer)
	done.Orphans = slices.DeleteFunc(done.Orphans, func(invoice string) bool {
		return slices.ContainsFunc(done.Unknown, func(u Unknown) bool { return u.Invoice == invoice })
	})
	slices.Sort(done.Orphans)
	return nil
}

// mayHaveMoved reports whether a capture or refund of an order may have been lost.
func mayHaveMoved(o order.Order, since time.Time) bool {
	for _, op := range o.Operations {
		if op.State == order.Open && op.Kind != order.KindCreatePage {
			return true
		}
	}
	held := o.Facts.Authorized != nil && o.Captured() == 0
	switch {
	case held && o.Facts.Released.IsZero():
		return true
	case o.Captured() > 0 && o.Refundable() > 0:
		return !o.CapturedAt().Before(since)
	}
	return false
}

func (r Recovery) mark(ctx context.Context, invoice string, lost order.Restored, marked map[string]bool) error {
	if err := r.Pace(ctx); err != nil {
		return err
	}
	if _, _, err := r.Service.MarkRestored(ctx, invoice, lost); err != nil {
		return fmt.Errorf("marking %s: %w", invoice, err)
	}
	marked[invoice] = true
	return nil
}

// ask runs reconcile until it has asked DOKU about every marked order. If DOKU gives no answer for long, the orders
// that are left need a person.
func (r Recovery) ask(ctx context.Context, done *Result, marked map[string]bool) error {
	waiting := slices.Sorted(maps.Keys(marked))
	progress := r.Clock()
	for {
		var left []string
		for _, invoice := range waiting {
			o, err := r.Service.Find(ctx, invoice)
			if err != nil {
				return err
			}
			if o.AwaitsRecheck() {
				left = append(left, invoice)
			}
		}
		if len(left) < len(waiting) {
			progress = r.Clock()
		}
		waiting, done.Asked = left, len(marked)-len(left)
		r.Say("DOKU was asked about %d of %d orders", done.Asked, len(marked))
		switch {
		case len(waiting) == 0:
			return nil
		case r.Clock().Sub(progress) > r.Patience:
			done.Silent = waiting
			return r.giveUp(ctx, waiting)
		}
		if err := r.Reconcile(ctx); err != nil {
			r.Say("reconcile: %v", err) // its schedule runs it, too
		}
		if r.Pause(ctx); ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (r Recovery) giveUp(ctx context.Context, waiting []string) error {
	for _, invoice := range waiting {
		if _, err := r.Service.GiveUpRecheck(ctx, invoice); err != nil {
			return fmt.Errorf("giving up %s: %w", invoice, err)
		}
	}
	return nil
}

// compare lists the marked orders that need a person.
func (r Recovery) compare(ctx context.Context, done *Result, marked map[string]bool) error {
	for _, invoice := range slices.Sorted(maps.Keys(marked)) {
		o, err := r.Service.Find(ctx, invoice)
		if err != nil {
			return err
		}
		open := o.Cases()
		switch {
		case slices.ContainsFunc(open, func(c order.Case) bool { return c.Kind == order.ReasonRestored }):
			done.Attention = append(done.Attention, invoice)
		case slices.ContainsFunc(open, func(c order.Case) bool { return c.Since.After(r.RestoredTo) }):
			done.Differ = append(done.Differ, invoice)
		}
	}
	return nil
}
