package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"kasir/shared/order"
)

// open counts operations that are neither done, refused nor parked, and orders that do not know of their money yet.
func (s *soak) open(ctx context.Context) (int, error) {
	open := 0
	err := s.orders.All(ctx, func(o order.Order) error {
		for _, op := range o.Operations {
			if op.State == order.Open && op.Kind != order.CreatePage {
				open++
			}
		}
		if o.Captured() == 0 && o.Facts.Authorized == nil {
			open++
		}
		return nil
	})
	return open, err
}

// books is what DOKU's ledger says of an invoice.
type books struct {
	Invoice        string `json:"invoice_number"`
	Captured       int64
	Refunded       int64
	Refunds        []struct{ Status string }
	DoubleCaptures int `json:"double_captures"`
	DoubleRefunds  int `json:"double_refunds"`
}

// compare holds DOKU's ledger against the orders.
func (s *soak) compare(ctx context.Context, begin time.Time) error {
	ledger, err := s.ledger(ctx)
	if err != nil {
		return err
	}
	var wrong []string
	orders, parked, conflicts, doubles, lost := 0, 0, 0, 0, 0
	err = s.orders.All(ctx, func(o order.Order) error {
		orders++
		parked += len(o.Review())
		conflicts += len(o.Facts.Conflicts)
		b := ledger[o.Invoice]
		delete(ledger, o.Invoice)
		refunds := 0
		for _, refund := range b.Refunds {
			if refund.Status == "SUCCESS" {
				refunds++
			}
		}
		done := 0
		for _, op := range o.Refunds() {
			if op.State == order.Done {
				done++
			}
		}
		if b.DoubleCaptures+b.DoubleRefunds > 0 || refunds > done+len(o.Review()) {
			doubles++
			wrong = append(wrong, fmt.Sprintf("%s: done twice at DOKU: %+v", o.Invoice, b))
		}
		if len(o.Review()) == 0 && (b.Captured != o.Captured() || b.Refunded != o.Refunded()) {
			lost++
			wrong = append(wrong, fmt.Sprintf("%s: DOKU has captured %d, refunded %d; the order %d, %d", o.Invoice, b.Captured, b.Refunded, o.Captured(), o.Refunded()))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for invoice := range ledger {
		wrong = append(wrong, invoice+": DOKU knows it, and no order does")
	}
	s.report(begin, orders, parked, conflicts, doubles, lost)
	slices.Sort(wrong)
	for _, line := range wrong[:min(len(wrong), 20)] {
		fmt.Fprintln(s.out, "  WRONG ", line)
	}
	if len(wrong)+conflicts > 0 || orders != s.Payments {
		return errors.New("the orders do not agree with DOKU's ledger")
	}
	return nil
}

func (s *soak) ledger(ctx context.Context) (map[string]books, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.stack.DOKU+"/control/ledger", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer struct{ Ledger []books }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, err
	}
	all := map[string]books{}
	for _, b := range answer.Ledger {
		all[b.Invoice] = b
	}
	return all, nil
}

func (s *soak) report(begin time.Time, orders, parked, conflicts, doubles, lost int) {
	invocations, killed := 0, 0
	for _, toll := range s.stack.Lambda.Kills() {
		invocations += toll.Invocations
		killed += toll.Killed()
	}
	fmt.Fprintf(s.out, "\n%d payments in %.0f s; seed %d\n", orders, time.Since(begin).Seconds(), s.Seed)
	fmt.Fprintf(s.out, "  %d of %d invocations killed; %.0f %% of DOKU's calls and notifications disturbed\n", killed, invocations, 100*s.Faults)
	s.mu.Lock()
	for _, what := range slices.Sorted(maps.Keys(s.tally)) {
		fmt.Fprintf(s.out, "  %6d  %s\n", s.tally[what], what)
	}
	s.mu.Unlock()
	fmt.Fprintf(s.out, "  DOKU's ledger and the orders: %d differ, %d done twice, %d conflicts, %d parked for a person\n", lost, doubles, conflicts, parked)
}
