package payment_test

import (
	"fmt"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

func (b *bench) ack(t *testing.T, kind order.AttentionKind, subject, by string) error {
	t.Helper()
	_, err := b.Acknowledge(t.Context(), payment.AcknowledgeRequest{Invoice: "INV-1", Kind: kind, Subject: subject,
		Act: order.Act{By: by, Note: "seen"}})
	return err
}

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
			t.Errorf("%s: after the second: cases %+v, events %+v, status %s, refundable %d", kind, got, *told, o.Status(), o.Refundable())
		}
	}
}

// An order with more remarks than are kept says so.
func TestMoreRemarksThanAreKeptAreNotHidden(t *testing.T) {
	b := pending(t)
	b.hear(t, sale())
	for i := range 12 {
		b.hear(t, sale().with(func(r *report) {
			r.kind, r.status, r.amount, r.date = "CHARGEBACK", "CHARGEBACK", fmt.Sprint(1000+i), "2026-08-27T11:00:00Z"
		}))
		for _, c := range b.order(t).Cases() {
			if err := b.ack(t, c.Kind, c.Subject, "sari"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := len(b.order(t).Acknowledgements()); n != 12 {
		t.Errorf("%d of 12 chargebacks were ever a case", n)
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
