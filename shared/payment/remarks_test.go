package payment_test

import (
	"fmt"
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
			b.hear(t, sale().with(func(r *report) {
				r.kind, r.status, r.amount, r.date = kind, "REFUNDED", "30000",
					date
			}))
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

// An order keeps a limited number of remarks. Money that went back beyond it is a case too, and is told.
func TestMoreRemarksThanAreKeptAreACase(t *testing.T) {
	b := pending(t)
	b.hear(t, sale())
	told := b.listen()
	for i := range 25 {
		b.hear(t, sale().with(func(r *report) {
			r.kind, r.status, r.amount = "CHARGEBACK", "PENDING",
				fmt.Sprint(1000+i)
		}))
		for _, c := range b.order(t).Cases() {
			if err := b.ack(t, c.Kind, c.Subject, "sari"); err != nil {
				t.Fatal(err)
			}
		}
	}
	all, notKept := b.order(t).Acknowledgements(), 0
	for _, a := range all {
		if a.Subject == "overflow" {
			notKept++
		}
	}
	if len(all) != 21 || notKept != 1 {
		t.Errorf("%d cases, %d about those that were not kept", len(all), notKept)
	}
	if n := heard(*told, order.ChangeAttention, order.RemarkElsewhere); n != 21 {
		t.Errorf("%d events", n)
	}
}
