package payment_test

import (
	"testing"
	"time"

	"kasir/shared/order"
)

// Two partial refunds of one amount in DOKU's Back Office, on two days: the first is acknowledged.
func TestASecondRefundElsewhereOpensACase(t *testing.T) {
	for _, kind := range []string{"PARTIAL_REFUND", "CHARGEBACK"} {
		b := pending(t)
		b.hear(t, sale())
		back := func(date string) {
			b.hear(t, sale().with(func(r *report) { r.kind, r.status, r.amount, r.date = kind, "REFUNDED", "30000", date }))
		}
		back("2026-08-27T11:00:00Z")
		if got := b.order(t).Cases(); len(got) != 1 {
			t.Fatalf("%+v", got)
		}
		must := b.ack(t, order.RemarkElsewhere, "", "sari")
		if must != nil {
			t.Fatal(must)
		}
		b.now = b.now.Add(48 * time.Hour)
		told := b.listen()
		back("2026-08-29T11:00:00Z")
		o := b.order(t)
		if got := o.Cases(); len(got) != 1 {
			t.Errorf("%s: after the second: cases %+v, events %+v, %s", kind, got, *told, o.Status())
		}
	}
}

// A person acknowledges a case, and the answer is lost. The repeat must not acknowledge another, which came meanwhile.
func TestARepeatedAcknowledgementEndsNoOtherCase(t *testing.T) {
	b := pending(t)
	b.hear(t, sale())
	back := func(amount string) {
		b.hear(t, sale().with(func(r *report) { r.kind, r.status, r.amount = "CHARGEBACK", "CHARGEBACK", amount }))
	}
	back("30000")
	if err := b.ack(t, order.RemarkElsewhere, "", "sari"); err != nil {
		t.Fatal(err)
	}
	back("60000")
	err := b.ack(t, order.RemarkElsewhere, "", "sari") // the repeat
	if got := b.order(t).Cases(); len(got) != 1 {
		t.Errorf("the chargeback of 60000 was acknowledged unseen: %v, %+v", err, got)
	}
}
