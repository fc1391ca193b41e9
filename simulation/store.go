package simulation

import (
	"context"
	"errors"
	"strconv"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

var errStoreDown = errors.New("simulated: the store failed")

// Store is the store in memory with a boundary at every call.
type Store struct {
	w      *World
	memory store.Memory
	newer  map[string]bool  // invoices whose items are in the format of the next version
	shards map[shardKey]int // known shards; a search through all of them would take long
}

var _ payment.Store = (*Store)(nil)

func newStore(w *World) *Store { return &Store{w: w, shards: map[shardKey]int{}} }

// Create stores a new order; see payment.Store.
func (s *Store) Create(ctx context.Context, o order.Order, joined []payment.Orphan) (order.Order, error) {
	var stored order.Order
	err := s.write("create", o, payment.ErrExists, func() (err error) {
		stored, err = s.memory.Create(ctx, o, joined)
		if err == nil {
			s.checkFormat(o.Invoice)
			s.w.checkWrite(order.Order{}, stored)
		}
		stored = s.asReadByVersion(stored)
		return err
	})
	if err != nil && !errors.Is(err, payment.ErrExists) {
		return order.Order{}, err
	}
	if s.w.current != nil && s.w.current.old {
		stored = asOldVersion(stored)
	}
	return stored, err
}

// Update replaces an order; see payment.Store.
func (s *Store) Update(ctx context.Context, o order.Order) error {
	if s.w.current != nil && s.w.current.old {
		o = s.w.writtenByOld(o)
		if p := s.w.planOf(o.Invoice); p != nil {
			p.erased = true
		}
	}
	return s.write("update", o, payment.ErrConflict, func() error {
		before := s.peek(o.Invoice)
		err := s.memory.Update(ctx, o)
		if err == nil {
			s.checkFormat(o.Invoice)
			s.w.checkWrite(before, s.peek(o.Invoice))
		}
		return err
	})
}

// PutOrphan keeps a notification without an order; see payment.Store.
func (s *Store) PutOrphan(ctx context.Context, orphan payment.Orphan) error {
	return s.write("orphan", order.Order{Invoice: orphan.Invoice}, nil, func() error {
		if s.tooNew(orphan.Invoice) {
			return payment.ErrNewerFormat
		}
		return s.memory.PutOrphan(ctx, orphan)
	})
}

// Claim gives a name to an owner; see payment.Store.
func (s *Store) Claim(ctx context.Context, name, owner string) (holder string, err error) {
	err = s.write("claim", order.Order{Invoice: owner}, nil, func() (err error) {
		holder, err = s.memory.Claim(ctx, name, owner)
		return err
	})
	return holder, err
}

// Get reads an order; see payment.Store.
func (s *Store) Get(ctx context.Context, invoice string) (order.Order, error) {
	return readStore(s, "get", invoice, func() (order.Order, error) {
		o, err := s.memory.Get(ctx, invoice)
		return s.asReadByVersion(o), err
	})
}

// EarlierOrphans lists nothing; see payment.Store.
func (s *Store) EarlierOrphans(context.Context, string) ([]payment.Orphan, error) { return nil, nil }

// Orphans lists the notifications that PutOrphan kept; see payment.Store.
func (s *Store) Orphans(ctx context.Context, invoice string) ([]payment.Orphan, error) {
	return readStore(s, "orphans", invoice, func() ([]payment.Orphan, error) {
		if s.tooNew(invoice) {
			return nil, payment.ErrNewerFormat
		}
		return s.memory.Orphans(ctx, invoice)
	})
}

// Due lists orders that are due; see payment.Store. A shard without any is passed over without a boundary, since
// nothing can go wrong between two of them. The index may lag: it misses an order that has just become due, or lists
// one that is no longer due.
func (s *Store) Due(ctx context.Context, shard int, now time.Time, limit int) ([]string, error) {
	if s.noneDue(shard, now) {
		return nil, nil
	}
	due, err := s.memory.Due(ctx, shard, now, limit)
	if err != nil || len(due) == 0 {
		return due, err
	}
	s.learnShard(shard, due)
	return readStore(s, "due", strconv.Itoa(shard), func() ([]string, error) {
		lag := time.Duration(0)
		f := s.w.strike(indexRead, nil)
		if f != nil && f.name == "index_empty" {
			s.w.note("the index has an empty page")
			return nil, nil
		}
		if f != nil || !s.w.calm() && s.w.schedule.Fault == "" && s.w.chance(100) {
			lag = pick(s.w, -time.Minute, -5*time.Minute, time.Hour)
			s.w.note("the index lags")
		}
		return s.memory.Due(ctx, shard, now.Add(lag), limit)
	})
}

// List lists places; see payment.Store. No simulated process reads a list, so it has no boundary.
func (s *Store) List(ctx context.Context, r payment.Range, limit int) ([]payment.Place, bool, error) {
	return s.memory.List(ctx, r, limit)
}

// Orders reads orders; see payment.Store. Only the reader of settlement reports calls it.
func (s *Store) Orders(ctx context.Context, invoices []string) ([]payment.Stored, payment.Coverage, error) {
	all, err := readStore(s, "orders", "", func() ([]payment.Stored, error) {
		all, _, err := s.memory.Orders(ctx, invoices)
		return all, err
	})
	return all, payment.Coverage{}, err
}

// CountAttention counts the orders with an open case; see List.
func (s *Store) CountAttention(ctx context.Context) (int, error) { return s.memory.CountAttention(ctx) }

// shardKey holds the properties that decide the shard of an order.
type shardKey struct {
	invoice string
	money   bool
}

// noneDue reports whether no order of a shard is known to be due.
func (s *Store) noneDue(shard int, now time.Time) bool {
	for _, p := range s.w.plans {
		if p.due.IsZero() || p.due.After(now) {
			continue
		}
		if known, ok := s.shards[shardKey{p.invoice, p.dueMoney}]; !ok || known == shard {
			return false
		}
	}
	return true
}

// Spread returns the number of shards, which does not change; see payment.Store.
func (s *Store) Spread(ctx context.Context) (int, error) { return s.memory.Spread(ctx) }

func (s *Store) learnShard(shard int, due []string) {
	for _, invoice := range due {
		if p := s.w.planOf(invoice); p != nil {
			s.shards[shardKey{invoice, p.dueMoney}] = shard
		}
	}
}

// write carries out a write with its fate. raced is the error of a write that was sent twice.
func (s *Store) write(call string, o order.Order, raced error, effect func() error) error {
	w := s.w
	f := w.fateOf(storeWrite)
	w.wait(w.storeTime())
	if f == killBefore {
		w.kill("before " + call + " " + o.Invoice)
	}
	if f == failBefore || f == failLate {
		if f == failLate {
			author := w.current
			w.queue.put(w.now.Add(time.Duration(w.dice.IntN(5000))*time.Millisecond), func() {
				w.author = author
				w.note("store.", call, o.Invoice, outcome(effect()), "late")
			})
		}
		w.note("store.", call, o.Invoice, fateNames[f])
		return errStoreDown
	}
	w.author = w.current
	err := effect()
	w.note("store.", call, o.Invoice, version(o), outcome(err), fateNames[f])
	if w.trace.keep {
		w.remark(s.describe(o.Invoice))
	}
	switch {
	case f == killAfter:
		w.kill("after " + call + " " + o.Invoice)
	case f == failAfter:
		return errStoreDown
	case f == twice && err == nil:
		err = raced
	}
	w.wait(w.storeTime())
	return err
}

func readStore[T any](s *Store, call, of string, effect func() (T, error)) (T, error) {
	w := s.w
	var none T
	f := w.fateOf(storeRead)
	w.wait(w.storeTime())
	if f == killBefore || f == killAfter {
		w.kill("at " + call + " " + of)
	}
	if f == failBefore {
		w.note("store.", call, of, fateNames[f])
		return none, errStoreDown
	}
	out, err := effect()
	w.note("store.", call, of, outcome(err))
	w.wait(w.storeTime())
	return out, err
}

// peek reads the durable state without a boundary.
func (s *Store) peek(invoice string) order.Order {
	o, _ := s.memory.Get(context.Background(), invoice)
	return o
}

// describe returns the state of an order, for the trace.
func (s *Store) describe(invoice string) string {
	o := s.peek(invoice)
	text := "v" + strconv.FormatInt(o.Version, 10) + " " + string(o.Status())
	for _, op := range o.Operations {
		text += " " + op.ID + ":" + string(op.State) + "/" + strconv.Itoa(op.Generation) + "." +
			strconv.Itoa(op.Attempts)
	}
	for _, m := range o.Facts.Movements {
		text += " " + string(m.Kind) + ":" + strconv.FormatInt(m.Amount, 10) + "/" + string(m.Source)
		if m.Refund != "" {
			text += "/" + brief(m.Refund)
		}
		if _, withdrawn := o.Withdrawn(m.ID()); withdrawn {
			text += "/withdrawn"
		}
	}
	return text
}

func version(o order.Order) string { return "(v" + strconv.FormatInt(o.Version, 10) + ") →" }

func outcome(err error) string {
	if err == nil {
		return ""
	}
	return "= " + err.Error()
}

// UpdateAbove, EndRecovery and Recovered are for a restored table. No simulated process uses them.
func (s *Store) UpdateAbove(ctx context.Context, o order.Order, version int64) error {
	return s.memory.UpdateAbove(ctx, o, version)
}

// EndRecovery ends a hold; see UpdateAbove.
func (s *Store) EndRecovery(ctx context.Context, to time.Time) error {
	return s.memory.EndRecovery(ctx, to)
}

// Recovered reports whether a hold has ended; see UpdateAbove.
func (s *Store) Recovered(ctx context.Context, to time.Time) (bool, error) {
	return s.memory.Recovered(ctx, to)
}
