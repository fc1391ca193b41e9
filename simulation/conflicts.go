package simulation

import (
	"context"
	"errors"
	"slices"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// handleConflict schedules the decision of a person about a new conflict. Often somebody decides soon, as DOKU's books
// show it. A fault makes the decision wrong, late or double, or adds a different one.
func (w *World) handleConflict(p *plan, c order.Conflict) {
	f := w.strike(deciding, nil)
	if f == nil {
		if w.chance(500) {
			at := w.now.Add(pick(w, time.Minute, 10*time.Minute, 3*time.Hour, 30*time.Hour))
			w.queue.put(at, func() { w.decideRightly(p, c.ID, "first") })
		}
		return
	}
	at := w.now.Add(pick(w, time.Minute, time.Minute, 20*time.Minute, 5*time.Hour))
	if f.name == "decide_late" {
		at = w.now.Add(time.Duration(2+w.dice.IntN(8)) * 24 * time.Hour)
	}
	w.queue.put(at, func() {
		o := w.store.peek(p.invoice)
		right := w.shouldCount(o, c.ID)
		switch f.name {
		case "decide_wrong":
			p.misdecided = true
			w.decide(p, c.ID, !right, "first")
		case "decide_twice":
			w.decide(p, c.ID, right, "first")
			w.decide(p, c.ID, right, "second")
		case "decide_apart":
			p.misdecided = true
			w.decide(p, c.ID, right, "first")
			w.decide(p, c.ID, !right, "second")
		default:
			w.decide(p, c.ID, right, "first")
		}
	})
}

func (w *World) decideRightly(p *plan, id, by string) {
	w.decide(p, id, w.shouldCount(w.store.peek(p.invoice), id), by)
}

// shouldCount reports whether DOKU's books show that the payment of a conflict belongs to the order and can count.
func (w *World) shouldCount(o order.Order, id string) bool {
	i := slices.IndexFunc(o.Conflicts(), func(c order.Conflict) bool { return c.ID == id })
	l := w.gateway.ledgers[o.Invoice]
	if i < 0 || l == nil {
		return false
	}
	n := o.Conflicts()[i].News
	switch {
	case n == nil, n.Money() <= 0, n.Money() > o.Amount, o.Captured() > 0,
		o.Facts.Authorized != nil && n.Captured == nil:
		return false
	case n.Paid != nil:
		m, code := l.paid(), n.Paid.ApprovalCode
		// DOKU may have reported the order's only payment with another code.
		alone := len(l.payments) == 1 && slices.Contains(w.planOf(o.Invoice).reasons, order.ConflictSecondPayment)
		return m != nil && (n.Paid.Amount == m.amount || n.Paid.Amount == m.full) &&
			(code == "" || code == m.approval || alone)
	case n.Authorized != nil:
		m := l.authorized()
		return m != nil && n.Authorized.ID == m.id
	}
	return len(l.captures) > 0 && l.captures[0].amount == n.Captured.Amount
}

// decide lets a person decide about a conflict. It checks I19: the first of several decisions wins, and a decision that
// was confirmed to a person is stored.
func (w *World) decide(p *plan, id string, counts bool, by string) {
	w.start("decide "+p.invoice, func(ctx context.Context) {
		word := payment.DecideRequest{Invoice: p.invoice, Conflict: id, Counts: counts,
			Act: order.Act{By: by, Note: "simulated"}}
		_, err := w.service.Decide(ctx, word)
		w.note("answered", outcome(err))
		if err != nil || p.erased {
			return
		}
		made, ok := w.store.peek(p.invoice).Decision(id)
		if !ok || made.Counts != counts {
			w.violate("I19", "%s: a person was told of a decision that is not stored", p.invoice)
		}
	}, nil)
}

// checkDecisions checks I19: no later write loses or changes a decision.
func (w *World) checkDecisions(p *plan, before, after order.Order) {
	w.stats.Decisions += int64(max(len(after.Facts.Decisions)-len(before.Facts.Decisions), 0))
	if before.Facts.Closed == nil && after.Facts.Closed != nil {
		w.stats.Closed++
	}
	if p.erased {
		return
	}
	for _, was := range before.Facts.Decisions {
		if is, ok := after.Decision(was.ID); !ok || is != was {
			w.violate("I19", "%s lost or changed the decision about %s", p.invoice, was.ID)
		}
	}
	if was := before.Facts.Closed; was != nil && (after.Facts.Closed == nil || *after.Facts.Closed != *was) {
		w.violate("I19", "%s is no longer closed as it was", p.invoice)
	}
}

// decideAll lets a person rightly decide all conflicts that are open at rest. It reports whether there were any.
func (w *World) decideAll(p *plan) bool {
	any := false
	for _, c := range w.store.peek(p.invoice).OpenConflicts() {
		if c.Kind == order.ConflictOverflow {
			continue
		}
		any = true
		w.decideAtRest(p, c)
	}
	return any
}

func (w *World) decideAtRest(p *plan, c order.Conflict) {
	again := false
	counts := w.shouldCount(w.store.peek(p.invoice), c.ID)
	w.start("decide "+p.invoice, func(ctx context.Context) {
		word := payment.DecideRequest{Invoice: p.invoice, Conflict: c.ID, Counts: counts, Act: order.Act{By: "last"}}
		_, err := w.service.Decide(ctx, word)
		w.note("answered", outcome(err))
		again = errors.Is(err, payment.ErrStore)
		now := w.store.peek(p.invoice)
		// A decision or a result that came first may have ended a conflict that follows from the facts.
		open := slices.ContainsFunc(now.OpenConflicts(), func(other order.Conflict) bool { return other.ID == c.ID })
		if err != nil && !again && open && counts == w.shouldCount(now, c.ID) {
			w.violate("I8", "the conflict %s of %s cannot be decided: %v", c.Kind, p.invoice, err)
		}
	}, func(bool) {
		if again {
			w.decideAtRest(p, c)
		}
	})
}
