package payment

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// ReconcileResult counts the work of one run of Reconcile.
type ReconcileResult struct {
	Looked   int // orders that were due
	Settled  int // operations whose outcome became known
	Parked   int // operations that a person must decide about
	Paid     int // payments that became known through check status only
	Expiring int // authorisations about to lapse
	Failed   int // orders that could not be processed; they stay due
	Left     int // shards that the run had no time to finish; the next run continues

	Unanswered int // questions to check status without an answer

	Attention *int // orders with open cases, counted after the work on money; nil if they were not counted
}

// Part is a part of the due orders.
type Part string

const (
	Everything Part = ""      // money, then pages
	Money      Part = "money" // open captures and refunds, and authorisations
	Pages      Part = "pages" // pages that ended without a notification
)

const (
	dueBatch   = 25
	runReserve = 8 * time.Second // of the invocation, for the order in hand
)

// Reconcile finishes open work. Within the trust window it sends open operations again, and after it parks them. It
// asks DOKU about orders whose page or authorisation has ended, and joins the answers. It works in small batches until
// nothing is due or its time is nearly over. Two runs at the same time are safe: an operation is leased, and asking
// only reads. The first shard rotates every minute, so that under overload every shard is late but none starves.
// Errors: ErrStore, if a shard could not be listed and no order was due elsewhere.
func (s *Service) Reconcile(ctx context.Context) (ReconcileResult, error) {
	return s.ReconcilePart(ctx, Everything)
}

// ReconcilePart is Reconcile for a part of the due orders. Money has its own part, so that no number of pages delays
// it.
func (s *Service) ReconcilePart(ctx context.Context, part Part) (ReconcileResult, error) {
	var total ReconcileResult
	var failure error
	if part != Pages {
		failure = s.reconcileShards(ctx, 0, &total)
		s.countAttention(ctx, &total)
	}
	if part != Money {
		failure = cmp.Or(s.reconcileShards(ctx, MoneyShards, &total), failure)
	}
	if total.Looked == 0 && failure != nil {
		return total, storeFailed("listing what is due", failure)
	}
	return total, nil
}

// reconcileShards works on the MoneyShards shards from base on.
func (s *Service) reconcileShards(ctx context.Context, base int, total *ReconcileResult) error {
	first := int(s.Now().Unix()/60) % MoneyShards
	var done [MoneyShards]ReconcileResult
	var failures [MoneyShards]error
	var running sync.WaitGroup
	// A panic in a goroutine cannot be recovered by the caller: it would end the process and print unmasked data.
	var panics [MoneyShards]any
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
			panic(p) // after the other shards are done
		}
	}
	var failure error
	for i := range MoneyShards {
		if failures[i] != nil {
			failure = failures[i] // one stands for all
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

// reconcileShard works on the due orders of a shard, batch by batch.
func (s *Service) reconcileShard(ctx context.Context, shard int, total *ReconcileResult) error {
	seen := map[string]bool{}
	for {
		if s.nearlyOver(ctx) {
			total.Left++
			return nil
		}
		limit := dueBatch + total.Failed // failed orders stay due, before all others; the list must reach beyond them
		invoices, err := s.Store.Due(ctx, shard, s.Now(), limit)
		if err != nil {
			return err
		}
		fresh := 0
		for _, invoice := range invoices {
			if seen[invoice] { // the index may lag, or the order failed before
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

// nearlyOver reports whether too little time is left for another order.
func (s *Service) nearlyOver(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !s.Now().Add(runReserve).Before(end)
}

// reconcileOrder does the due work for one order: first its operations, then check status.
func (s *Service) reconcileOrder(ctx context.Context, invoice string, total *ReconcileResult) error {
	o, err := s.Store.Get(ctx, invoice)
	if err != nil {
		return err
	}
	if err := checkFormat(o); err != nil { // it stays due, for a version that knows the format
		return err
	}
	if o.DueAt.IsZero() || o.DueAt.After(s.Now()) { // another run was faster
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
	if o, err = s.lookAtSettlement(ctx, o); err != nil {
		return err
	}
	if o.WantsStatus(s.policy(), s.Now()) {
		return s.askStatus(ctx, o, total)
	}
	// The due work is done, or its time has moved: update the index.
	return s.reschedule(ctx, o)
}

// askStatus asks check status about an order and joins the answer.
func (s *Service) askStatus(ctx context.Context, o order.Order, total *ReconcileResult) error {
	st, callErr := s.status(ctx, o)
	if callErr != nil && !unknownOrder(callErr, o) {
		total.Unanswered++
	}
	before := o.Captured()
	written, err := s.joinAnswer(ctx, o, st, callErr)
	if err == nil && before == 0 && written.Captured() > 0 {
		total.Paid++
	}
	return err
}

// joinStatus joins an answer of check status. An answer about another invoice counts as no answer.
func (s *Service) joinStatus(st doku.Status, o order.Order) order.Order {
	news := s.statusFacts(st, o)
	if op, _ := o.Operation(string(order.KindCapture)); !st.Signed &&
		(op.State == order.Open || op.State == order.Parked) {
		news.Captured = nil // only a signed answer settles an operation in doubt
	}
	if !st.Signed {
		news.Movements = slices.DeleteFunc(news.Movements, func(m order.Movement) bool { return o.Asked(m.Refund) })
	}
	if st.InvoiceNumber == o.Invoice {
		return o.ApplyStatus(news, s.Now())
	}
	o, _ = o.Learn(news)
	return o.RecordNoStatus(s.Now())
}

// reschedule writes the order if the time of its next look has moved.
func (s *Service) reschedule(ctx context.Context, o order.Order) error {
	if o.Schedule(s.policy()).DueAt.Equal(o.DueAt) {
		return nil
	}
	err := s.update(ctx, o)
	if errors.Is(err, ErrConflict) {
		return nil // another writer has just written it
	}
	return err
}

// log writes a warning about an order.
func (s *Service) log(message, invoice, detail string) {
	if s.Log != nil {
		s.Log.Warn(message, "invoice_number", doku.ScrubInvoice(invoice), "detail", detail)
	}
}
