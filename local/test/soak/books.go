package soak

import (
	"context"
	"net/http"
	"slices"

	"kasir/shared/order"
)

// books is an invoice in DOKU's ledger.
type books struct {
	Invoice  string `json:"invoice_number"`
	Captured int64  `json:"captured"`
	Refunded int64  `json:"refunded"`
	Paid     int64  `json:"paid"`
	Disputed int64  `json:"charged_back"`
	Captures []effect
	Refunds  []effect
}

// effect is one execution at DOKU, or one that the bank refused.
type effect struct {
	RequestID string `json:"request_id"`
	Amount    int64  `json:"amount"`
	Status    string `json:"status"`
}

func (s *soak) ledger(ctx context.Context) (map[string]books, error) {
	var answer struct{ Ledger []books }
	if err := s.control(ctx, http.MethodGet, "/control/ledger", "", &answer); err != nil {
		return nil, err
	}
	all := map[string]books{}
	for _, b := range answer.Ledger {
		all[b.Invoice] = b
	}
	return all, nil
}

// intent is one request of the merchant: the capture of an order, or the refund under one Idempotency-Key.
type intent struct {
	name   string
	amount int64 // 0 for any amount, because an order has one capture
	done   []effect
	op     order.Operation // of the order; State is "" if there is none
}

// intents pairs the requests of a plan with DOKU's effects and the order's operations.
func (p *plan) intents(b books, o order.Order) []intent {
	all := []intent{{name: "capture"}}
	for i, refund := range p.refunds {
		if refund != 0 {
			all = append(all, intent{name: p.key(i), amount: refund})
		}
	}
	for i := range all {
		effects, kind := b.Refunds, order.KindRefund
		if all[i].amount == 0 {
			effects, kind = b.Captures, order.KindCapture
		}
		for _, e := range effects {
			if e.Status == "SUCCESS" && (all[i].amount == 0 || all[i].amount == e.Amount) {
				all[i].done = append(all[i].done, e)
			}
		}
		for _, op := range o.Operations {
			if op.Kind == kind && (all[i].amount == 0 || op.Amount == all[i].amount) {
				all[i].op = op
			}
		}
	}
	return all
}

// doubled counts effects under more than one Request-Id: an operation that was done was requested again as a new one.
func (in intent) doubled() int {
	ids := map[string]bool{}
	for _, e := range in.done {
		ids[e.RequestID] = true
	}
	return max(0, len(ids)-1)
}

// repeated counts further effects under the same Request-Id: DOKU had forgotten it.
func (in intent) repeated() int { return max(0, len(in.done)-1) - in.doubled() }

// refusalBelieved reports whether DOKU did an operation that the order holds as refused or never requested.
func (in intent) refusalBelieved() bool {
	return len(in.done) > 0 && (in.op.State == order.Refused || in.op.State == "")
}

// attention reports whether an order asks a person to look at it.
func attention(o order.Order) bool {
	return slices.ContainsFunc(o.Cases(), func(c order.Case) bool {
		switch c.Kind {
		case order.ReasonParked, order.ReasonRefusedInDoubt, order.ReasonConflict, order.RemarkElsewhere,
			order.ReasonUnaccounted, order.ReasonOverdrawn, order.RemarkSettlement:
			return true
		}
		return false
	})
}

// hasOpenMoney reports whether an order has a capture or refund that is not decided.
func hasOpenMoney(o order.Order) bool {
	for _, op := range o.Operations {
		if op.State == order.Open && op.Kind != order.KindCreatePage {
			return true
		}
	}
	return false
}

// agrees reports whether an order has the amounts of DOKU's ledger.
func agrees(b books, o order.Order) bool {
	reserved := o.Facts.Authorized != nil
	return b.Captured == o.Captured() && b.Refunded == o.Refunded()+o.ElsewhereRefunded() &&
		b.Disputed == o.ChargedBack() && (b.Paid == 0 || reserved || o.Captured() > 0)
}
