package payment_test

import (
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

// A person lets the authorisation of a closed order lapse, and acknowledges that. The policy takes the money after all.
func TestMoneyTakenAfterAnAcknowledgedAuthorisationIsACase(t *testing.T) {
	b := pending(t)
	b.AutoCaptureBefore = 12 * time.Hour
	if _, err := b.Close(t.Context(), "INV-1", order.Act{By: "sari"}); err != nil {
		t.Fatal(err)
	}
	b.hear(t, authorize())
	if err := b.ack(t, order.ReasonClosedPaid, "", "sari"); err != nil {
		t.Fatal(err)
	}
	told := b.listen()
	b.run(t, 6*24*time.Hour+13*time.Hour)
	if n := heard(*told, order.ChangeAttention, order.ReasonClosedPaid); n != 1 {
		t.Errorf("%d events about the money that was taken", n)
	}
	got := b.order(t)
	if cases := got.Cases(); got.Captured() == 0 || len(cases) != 1 || cases[0].Kind != order.ReasonClosedPaid {
		t.Errorf("%s, captured %d, cases %+v", got.Status(), got.Captured(), cases)
	}
}
