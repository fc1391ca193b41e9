package payment

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Reconciled counts what one run of Reconcile did.
type ReconcileResult struct {
	Looked   int // orders that were due
	Settled  int // operations whose outcome was learned
	Parked   int // operations that a person must decide about
	Paid     int // payments that only check status told
	Expiring int // authorisations about to lapse
	Failed   int // orders that could not be looked at now; they stay due
	Left     int // shards that time did not allow to finish; the next run goes on

	Unanswered int // questions to check status that had no answer
}

// Part is a part of what is due.
type Part string

const (
	Everything Part = ""      // money, then pages
	Money      Part = "money" // open captures and refunds, and authorisations
	Pages      Part = "pages" // pages that ended without a notification
)

const (
	dueBatch   = 25
	runReserve = 8 * time.Second // of the invocation, left for the order in hand
)

// Reconcile finishes what was left open: it sends open operations again within the trust window and parks them after it, asks
// DOKU about orders whose page or authorisation has ended, and joins what it learns. It works in small batches until nothing
// is due or its time is nearly over. Two runs at once are safe: an operation is leased, and asking only reads. Each minute
// another shard is the first: when there is more than time for, all of them are late, and none is left for good. Errors:
// ErrStore, when nothing at all could be listed.
func (s *Service) Reconcile(ctx context.Context) (ReconcileResult, error) {
	return s.ReconcilePart(ctx, Everything)
}

// ReconcilePart is Reconcile for a part of what is due. Money has a part of its own, so that no number of pages delays it.
func (s *Service) ReconcilePart(ctx context.Context, part Part) (ReconcileResult, error) {
	var total ReconcileResult
	var failure error
	if part != Pages {
		failure = s.reconcileShards(ctx, 0, &total)
	}
	if part != Money {
		failure = cmp.Or(s.reconcileShards(ctx, MoneyShards, &total), failure)
	}
	if total.Looked == 0 && failure != nil {
		return total, storeFailed("listing what is due", failure)
	}
	return total, nil
}

// reconcileShards goes through the MoneyShards shards from base on.
func (s *Service) reconcileShards(ctx context.Context, base int, total *ReconcileResult) error {
	first := int(s.Now().Unix()/60) % MoneyShards
	var done [MoneyShards]ReconcileResult
	var failures [MoneyShards]error
	var running sync.WaitGroup
	var panics [MoneyShards]any // nobody could recover them in a goroutine: the process would end, and its last words be printed as they are
	for i := range MoneyShards {
		look := func() {
			defer func() { panics[i] = recover() }()
			failures[i] = s.reconcileShard(ctx, base+(first+i)%MoneyShards, &done[i])
		}
		if s.AtOnce {
			running.Go(look)
		} else {
			look()
		}
	}
	running.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p) // once the other shards are done
		}
	}
	var failure error
	for i := range MoneyShards {
		if failures[i] != nil {
			failure = failures[i] // one says as much as all
			done[i].Left++
		}
		total.add(done[i])
	}
	return failure
}

func (r *ReconcileResult) add(other ReconcileResult) {
	r.Looked += other.Looked
	r.Settled += other.Settled
	r.Parked += other.Parked
	r.Paid += other.Paid
	r.Expiring += other.Expiring
	r.Failed += other.Failed
	r.Left += other.Left
	r.Unanswered += other.Unanswered
}

func (s *Service) reconcileShard(ctx context.Context, shard int, total *ReconcileResult) error {
	seen := map[string]bool{}
	for {
		if s.nearlyOver(ctx) {
			total.Left++
			return nil
		}
		limit := dueBatch + total.Failed // those stay due, before all others: what comes behind them must be seen too
		invoices, err := s.Store.Due(ctx, shard, s.Now(), limit)
		if err != nil {
			return err
		}
		fresh := 0
		for _, invoice := range invoices {
			if seen[invoice] { // the index may lag, or the order could not be looked at
				continue
			}
			seen[invoice], fresh = true, fresh+1
			if s.nearlyOver(ctx) {
				total.Left++
				return nil
			}
			total.Looked++
			if err := s.reconcileOrder(ctx, invoice, total); err != nil {
				total.Failed++
				s.log("reconcile failed", invoice, Describe(err))
			}
		}
		if fresh == 0 || len(invoices) < limit {
			return nil
		}
	}
}

func (s *Service) nearlyOver(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !s.Now().Add(runReserve).Before(end)
}

// reconcileOrder does for one order what is due: first the operations, then the question.
func (s *Service) reconcileOrder(ctx context.Context, invoice string, total *ReconcileResult) error {
	o, err := s.Store.Get(ctx, invoice)
	if err != nil {
		return err
	}
	if err := checkFormat(o); err != nil { // it stays due, for a version that knows
		return err
	}
	if o.DueAt.IsZero() || o.DueAt.After(s.Now()) { // somebody else was faster
		return nil
	}
	for _, op := range o.Operations {
		if op.State != order.Open || op.Kind == order.KindCreatePage {
			continue
		}
		if op.HaltedAt.IsZero() {
			o, err = s.resume(ctx, o, op, total)
		} else {
			o, err = s.lookAtHalted(ctx, o, op, total)
		}
		if err != nil {
			return err
		}
	}
	if o, err = s.lookAtAuthorization(ctx, o, total); err != nil {
		return err
	}
	if o.WantsStatus(s.policy(), s.Now()) {
		return s.askStatus(ctx, o, total)
	}
	// What was due is done, or its time has moved: the index must know.
	return s.reschedule(ctx, o)
}

// ask asks DOKU what became of an order and joins the answer, and what was notified before the order was there.
func (s *Service) askStatus(ctx context.Context, o order.Order, total *ReconcileResult) error {
	callCtx, cancel := s.callContext(ctx)
	st, callErr := s.DOKU.Status(callCtx, s.NewID(), o.Invoice)
	cancel()
	orphans, err := s.Store.EarlierOrphans(ctx, o.Invoice)
	if err != nil {
		return err
	}
	var refused *doku.Error
	notFound := errors.As(callErr, &refused) && refused.NotFound && o.Facts.Authorized == nil && o.Captured() == 0
	if callErr != nil && !notFound {
		total.Unanswered++
	}
	before := o.Captured()
	written, err := s.change(ctx, o, func(o order.Order) (order.Order, bool) {
		for _, orphan := range orphans {
			o, _ = o.ApplyNotification(s.orphanFacts(o, orphan), orphan.RequestID, s.Now())
		}
		switch {
		case callErr == nil:
			return s.joinStatus(st, o), false
		case notFound: // DOKU knows of no such order: nothing was paid
			return o.ApplyStatus(order.Facts{}, s.Now()), false
		default:
			return o.RecordNoStatus(s.Now()), false
		}
	})
	if err == nil && before == 0 && written.Captured() > 0 {
		total.Paid++
	}
	return err
}

// joinStatus joins an answer of check status. One about another invoice says nothing of this order.
func (s *Service) joinStatus(st doku.Status, o order.Order) order.Order {
	news := s.statusFacts(st, o)
	if op, _ := o.Operation(string(order.KindCapture)); !st.Signed && (op.State == order.Open || op.State == order.Parked) {
		news.Captured = nil // only what DOKU signed settles what is in doubt
	}
	if st.InvoiceNumber == o.Invoice {
		return o.ApplyStatus(news, s.Now())
	}
	o, _ = o.Learn(news)
	return o.RecordNoStatus(s.Now())
}

// reschedule writes the order's next time when it has moved.
func (s *Service) reschedule(ctx context.Context, o order.Order) error {
	if o.Schedule(s.policy()).DueAt.Equal(o.DueAt) {
		return nil
	}
	err := s.update(ctx, o)
	if errors.Is(err, ErrConflict) {
		return nil // somebody else has just written it
	}
	return err
}

func (s *Service) log(what, invoice, detail string) {
	if s.Log != nil {
		s.Log.Warn(what, "invoice_number", doku.ScrubInvoice(invoice), "detail", detail)
	}
}
