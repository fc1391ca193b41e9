package soak

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"kasir/local/aws/lambda"
	"kasir/shared/order"
)

// result is the comparison of DOKU's ledger with the orders.
type result struct {
	orders, parked, conflicts int
	twice                     int // further effects of one intent under another Request-Id, or any if DOKU forgets none
	extra                     int // further effects of one intent after DOKU forgot it
	resends                   int // of the intents with extra effects
	believed                  int // effects that the order holds as refused
	differ                    int // orders that differ without attention
	known                     int // orders that differ with attention
	question                  int // orders with an operation that is not decided yet
}

// calm ends all faults and waits, at most Patience, until no operation is open and the ledger agrees with the orders.
func (s *soak) calm(ctx context.Context) error {
	if err := s.stack.Lambda.SetKill(lambda.Kill{}); err != nil {
		return err
	}
	if err := s.endFaults(ctx); err != nil {
		return err
	}
	for limit := time.Now().Add(s.Patience); time.Now().Before(limit) && ctx.Err() == nil; pause(ctx, 5*time.Second) {
		r, err := s.compareOrders(ctx, func(string, ...any) {})
		if err != nil {
			return err
		}
		if r.question+r.differ == 0 {
			return nil
		}
		s.mu.Lock()
		s.steps = map[string]int{"orders in question": r.question, "orders that differ": r.differ}
		s.mu.Unlock()
	}
	return ctx.Err()
}

// compare compares DOKU's ledger with the orders.
func (s *soak) compare(ctx context.Context) (*Report, error) {
	r, err := s.compareOrders(ctx, s.broken)
	if err != nil {
		return nil, err
	}
	if len(s.wrong) > 0 {
		return s.report(r), ErrBroken
	}
	return s.report(r), nil
}

// compareOrders compares each order with the ledger. It calls broken for each broken promise.
func (s *soak) compareOrders(ctx context.Context, broken func(string, ...any)) (r result, err error) {
	ledger, err := s.ledger(ctx)
	if err != nil {
		return r, err
	}
	plans := map[string]*plan{}
	for _, p := range s.plans {
		plans[p.invoice] = p
	}
	err = s.orders.All(ctx, func(o order.Order) error {
		p := plans[o.Invoice]
		if p == nil {
			broken("%s: an order without a plan", o.Invoice)
			return nil
		}
		s.compareOrder(&r, p, ledger[o.Invoice], o, broken)
		delete(ledger, o.Invoice)
		return nil
	})
	for invoice := range ledger {
		broken("%s: DOKU has this invoice, but there is no order", invoice)
	}
	return r, err
}

func (s *soak) compareOrder(r *result, p *plan, b books, o order.Order, broken func(string, ...any)) {
	r.orders++
	r.parked += len(o.Review())
	r.conflicts += len(o.OpenConflicts())
	for _, in := range p.intents(b, o) {
		twice, extra := in.doubled(), in.repeated()
		if s.Memory == 0 {
			twice, extra = twice+extra, 0
		}
		if twice > 0 {
			r.twice += twice
			broken("%s: done twice at DOKU: %s: %+v; the order says %s", o.Invoice, in.name, in.done, in.op.State)
		}
		if resends := in.op.Attempts - 1; extra > 0 {
			r.extra, r.resends = r.extra+extra, r.resends+resends
			if extra > resends {
				broken("%s: %d more effects of %s for %d resends", o.Invoice, extra, in.name, resends)
			}
		}
		if in.refusalBelieved() {
			r.believed++
			broken("%s: a refusal was believed: DOKU did %s: %+v", o.Invoice, in.name, in.done)
		}
	}
	switch {
	case hasOpenMoney(o):
		r.question++
	case agrees(b, o):
	case attention(o):
		r.known++
	case s.Memory > 0 && excused(p.intents(b, o)):
		r.known++
	default:
		r.differ++
		broken("%s differs, and no person is asked to look: DOKU has captured %d, refunded %d; the order %d, %d",
			o.Invoice, b.Captured, b.Refunded, o.Captured(), o.Refunded())
	}
}

// excused reports whether DOKU repeated an intent because it had forgotten it, which kasir cannot detect.
func excused(intents []intent) bool {
	for _, in := range intents {
		if in.repeated() > 0 && in.doubled() == 0 {
			return true
		}
	}
	return false
}

// endFaults ends the faults and keeps their counts. The permanent behaviour of this DOKU stays.
func (s *soak) endFaults(ctx context.Context) error {
	if err := s.control(ctx, http.MethodGet, "/control/faults", "", &s.faults); err != nil {
		return err
	}
	body, err := asJSON(s.behaviour())
	if err != nil {
		return err
	}
	var answer struct {
		Error *struct{ Message string }
	}
	if err := s.control(ctx, http.MethodPost, "/control/faults", body, &answer); err != nil {
		return err
	}
	if answer.Error != nil {
		return fmt.Errorf("ending the faults: %s", answer.Error.Message)
	}
	return nil
}
