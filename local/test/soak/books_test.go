package soak

import (
	"fmt"
	"testing"
	"time"

	"kasir/shared/order"
)

// paid returns an order of which 90000 were paid, with refunds in states, by amount.
func paid(p *plan, refunds map[int64]order.State) order.Order {
	o := order.Order{Invoice: p.invoice}
	o.Facts.Paid = &order.Payment{Amount: 90000}
	for amount, state := range refunds {
		o.Operations = append(o.Operations, order.Operation{
			ID: fmt.Sprint(amount), Kind: order.KindRefund, Amount: amount, State: state, Attempts: 2,
		})
	}
	return o
}

func refunded(effects ...effect) books {
	b := books{Captured: 90000, Paid: 90000, Refunds: effects}
	for _, e := range effects {
		b.Refunded += e.Amount
	}
	return b
}

// Each difference between DOKU's ledger and an order has its own count.
func TestHoldOne(t *testing.T) {
	p := &plan{invoice: "SOAK-1", refunds: [2]int64{25000, 65000}}
	first := effect{"r1", 25000, "SUCCESS"}
	anew := effect{"r2", 25000, "SUCCESS"}
	in := func(state order.State) order.Order { return paid(p, map[int64]order.State{25000: state}) }
	failed := books{Captured: 90000, Paid: 90000, Refunds: []effect{{"r1", 25000, "FAILED"}}}
	none := order.Order{Invoice: "SOAK-1"}
	for name, c := range map[string]struct {
		b      books
		o      order.Order
		memory time.Duration
		want   result
		wrong  int
	}{
		"agree":               {refunded(first), in(order.Done), 0, result{}, 0},
		"refused by the bank": {failed, paid(p, nil), 0, result{}, 0},
		"twice under two ids": {refunded(first, anew), in(order.Done), 0, result{twice: 1, differ: 1}, 2},
		"twice under one id":  {refunded(first, first), in(order.Done), 0, result{twice: 1, differ: 1}, 2},
		"forgotten":           {refunded(first, first), in(order.Done), 1, result{extra: 1, resends: 1, known: 1}, 0},
		"thrice for one resend": {refunded(first, first, first), in(order.Done), 1,
			result{extra: 2, resends: 1, known: 1}, 1},
		"anew, forgotten":   {refunded(first, anew), in(order.Done), 1, result{twice: 1, differ: 1}, 2},
		"refusal believed":  {refunded(first), in(order.Refused), 0, result{believed: 1, differ: 1}, 2},
		"never asked":       {refunded(first), paid(p, nil), 0, result{believed: 1, differ: 1}, 2},
		"in doubt":          {refunded(first), in(order.Open), 0, result{question: 1}, 0},
		"parked":            {refunded(first), in(order.Parked), 0, result{parked: 1, known: 1}, 0},
		"payment not known": {refunded(), none, 0, result{differ: 1}, 1},
	} {
		s := &soak{Config: Config{Memory: c.memory}}
		var got result
		wrong := 0
		s.compareOrder(&got, p, c.b, c.o, func(string, ...any) { wrong++ })
		if c.want.orders = 1; got != c.want || wrong != c.wrong {
			t.Errorf("%s: %+v and %d lines, want %+v and %d", name, got, wrong, c.want, c.wrong)
		}
	}
}

// The sandbox accepts the faults of a run as settings, and ending them leaves the behaviour.
func TestTheFaultsOfARunAreAccepted(t *testing.T) {
	for _, unsigned := range []string{"none", "success", "refusal", "get", "mixed"} {
		for _, rate := range []float64{0, 0.25, 0.5} {
			c := Config{Faults: rate, Unsigned: unsigned, Memory: time.Minute, Seed: 1}
			if err := c.faults().Check(); err != nil {
				t.Errorf("%s, %v: %v", unsigned, rate, err)
			}
			if b := c.behaviour(); time.Duration(b.ForgetAfter) != time.Minute || c.faults().Behaviour != b {
				t.Errorf("%s: %+v", unsigned, b)
			}
		}
	}
	if s := (Config{Memory: 2 * time.Minute}).settings(); s["RESEND_AFTER"] != "2m10s" || s["TRUST_WINDOW"] != "3m40s" {
		t.Errorf("%v", s)
	}
}
