package payment_test

import (
	"strings"
	"testing"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// The first caller's reason is kept, with possible card numbers masked. A repeat with another reason is the same
// request. DOKU gets no reason.
func TestTheFirstReasonOfACaptureAndARefundIsKept(t *testing.T) {
	sari := order.Act{By: "sub-of-sari", Username: "sari", Note: "broken, card 4111111111111111"}
	budi := order.Act{By: "sub-of-budi", Username: "budi", Note: "another reason"}
	for id, ask := range map[string]func(*bench, order.Act) (payment.Answer, error){
		"capture": func(b *bench, who order.Act) (payment.Answer, error) {
			return b.Capture(t.Context(), "INV-1", 50000, who)
		},
		order.RefundID("k"): func(b *bench, who order.Act) (payment.Answer, error) {
			return b.Refund(t.Context(),
				payment.RefundRequest{Invoice: "INV-1", Key: "k", Amount: 30000, Expected: -1, Act: who})
		},
	} {
		b := bought(t)
		if id == "capture" {
			b = held(t)
		}
		if _, err := ask(b, sari); err != nil {
			t.Fatal(id, err)
		}
		if again, err := ask(b, budi); err != nil || !again.Replayed {
			t.Errorf("%s with another reason: %v, replayed %v", id, err, again.Replayed)
		}
		op, _ := b.order(t).Operation(id)
		if op.By != sari.By || op.Username != sari.Username || !strings.HasPrefix(op.Note, "broken, card ") ||
			strings.Contains(op.Note, "4111111111111111") {
			t.Errorf("%s: %+v", id, op)
		}
		for _, body := range b.doku.bodies {
			if strings.Contains(body, "broken") {
				t.Errorf("DOKU got %s", body)
			}
		}
	}
}
