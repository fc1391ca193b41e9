package payment

import (
	"cmp"
	"context"
	"errors"
	"slices"
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
	Left     int // shards that the run did not finish; the next run continues

	Unanswered int // questions to check status without an answer

	Held int // captures and refunds that wait for the end of a recovery; their orders stay due

	Attention *int // orders with open cases, counted after the work on money; nil if they were not counted
}

// Part is a part of the due orders.
type Part string

const (
	Everything Part = ""      // money, then pages
	Money      Part = "money" // open captures and refunds, and authorisations
	Pages      Part = "pages" // pages that ended without a notification
)

// Share is a share of the due orders: a part, or some of its shards.
type Share struct {
	Part Part
	From int // the first shard
	End  int // the shard after the last one; 0: all that hold orders
}

// runReserve is left of the invocation for the orders in hand.
const runReserve = 8 * time.Second

// Reconcile finishes open work. Within the trust window it sends open operations again, and after it parks them. It
// asks DOKU about orders whose page or authorisation has ended, and joins the answers. It works in small batches until
// nothing is due or its time is nearly over. Two runs at the same time are safe: an operation is leased, and asking
// only reads. The first shard rotates every minute, so that under overload every shard is late but none starves.
// Errors: ErrStore, if a shard could not be listed and no order was due elsewhere.
func (s *Service) Reconcile(ctx context.Context) (ReconcileResult, error) {
	return s.ReconcileShare(ctx, Share{})
}

// ReconcileShare is Reconcile for a share of the due orders. Money has its own part, so that no number of pages delays
// it. If one run has not enough time for a part, several runs share its shards.
func (s *Service) ReconcileShare(ctx context.Context, share Share) (ReconcileResult, error) {
	var total ReconcileResult
	spread, failure := s.Store.Spread(ctx)
	if failure != nil {
		return total, storeFailed("reading the number of shards", failure)
	}
	if share.Part != Pages {
		failure = s.reconcileShards(ctx, Money, share.shards(spread), &total)
		s.countAttention(ctx, &total)
	}
	if share.Part != Money {
		failure = cmp.Or(s.reconcileShards(ctx, Pages, share.shards(spread), &total), failure)
	}
	if total.Looked == 0 && failure != nil {
		return total, storeFailed("listing what is due", failure)
	}
	return total, nil
}

// shards returns the share's shards, if orders are spread over a number of them.
func (s Share) shards(spread int) []int {
	var all []int
	for shard := s.From; shard < spread && (s.End == 0 || shard < s.End); shard++ {
		all = append(all, shard)
	}
	return all
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
	r.Held += other.Held
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
