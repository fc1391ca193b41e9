package order_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"kasir/shared/order"
)

var trusting = order.Policy{Merchant: order.Merchant{Environment: "sandbox", ClientID: "MCH-1"}, TrustWindow: time.Hour}

// paidOrder returns a paid order of 90000.
func paidOrder() order.Order {
	in := order.Intent{Policy: trusting, Lifetime: time.Hour, Invoice: "INV-1", Amount: 90000, Fingerprint: "fp"}
	o := order.New(in, noon)
	o, _ = o.Learn(order.Facts{Paid: &order.Payment{At: noon, Amount: 90000}})
	return o
}

// ended returns an order after a refund of 1 that was settled.
func ended(o order.Order, i int, state order.State) (order.Order, error) {
	id := order.RefundID(fmt.Sprint("key ", i))
	next, verdict, err := o.Refund(trusting, id, 1, -1, noon)
	if err != nil || verdict != order.Call {
		return o, errors.Join(err, fmt.Errorf("verdict %v", verdict))
	}
	op, _ := next.Operation(id)
	outcome := order.Outcome{State: state, Attempt: op.Attempts, Signed: true, At: noon, Type: order.PartialRefund}
	outcome.Refusal = order.Refusal{Code: "05", Message: "DO NOT HONOUR"}
	return next.Settle(trusting, id, op.Generation, outcome), nil
}

// An order has at most 100 refunds that were not refused, and 200 in all. The texts of the last 20 refusals are kept.
func TestSeen7LimitsOfRefunds(t *testing.T) {
	o, err := paidOrder(), error(nil)
	for i := range 100 {
		if o, err = ended(o, i, order.Refused); err != nil {
			t.Fatalf("refund %d, before which all were refused: %v", i, err)
		}
	}
	for i := 100; i < 200; i++ {
		if o, err = ended(o, i, order.Done); err != nil {
			t.Fatalf("refund %d, after 100 refusals: %v", i, err)
		}
	}
	var denied *order.NotAllowed
	if _, err = ended(o, 200, order.Done); !errors.As(err, &denied) {
		t.Errorf("the refund after 200: %v, want NotAllowed", err)
	}
	texts := 0
	for _, op := range o.Refunds() {
		if op.Refusal.Message != "" {
			texts++
		}
	}
	if last, _ := o.Operation(order.RefundID("key 99")); texts != 20 || last.Refusal.Message == "" {
		t.Errorf("%d texts of refusals are kept, want those of the last 20: %+v", texts, last.Refusal)
	}
	o = paidOrder()
	for i := range 100 {
		if o, err = ended(o, i, order.Done); err != nil {
			t.Fatalf("refund %d: %v", i, err)
		}
	}
	if _, err = ended(o, 100, order.Done); !errors.As(err, &denied) {
		t.Errorf("the refund after 100 that were not refused: %v, want NotAllowed", err)
	}
}
