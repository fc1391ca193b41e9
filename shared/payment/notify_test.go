package payment_test

import (
	"errors"
	"testing"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

func pending(t *testing.T) *bench {
	t.Helper()
	b := newBench()
	if _, err := b.CreatePage(t.Context(), request()); err != nil {
		t.Fatal(err)
	}
	return b
}

// Each case is a series of notifications with the effect of each, and the final status.
func TestNotifications(t *testing.T) {
	type step struct {
		amount              any
		transaction, status string
		extra               string
		want                payment.Effect
	}
	const authorizeID = `,"authorize_id":"17"`
	for _, test := range []struct {
		name  string
		steps []step
		want  order.Status
	}{
		{"paid", []step{{90000, "SALE", "SUCCESS", "", payment.Applied}}, order.Paid},
		{"paid, amount as text", []step{{`"90000.00"`, "SALE", "SUCCESS", "", payment.Applied}}, order.Paid},
		{"twice", []step{{90000, "SALE", "SUCCESS", "", payment.Applied},
			{90000, "SALE", "SUCCESS", "", payment.Duplicate}}, order.Paid},
		{"failed, then paid", []step{{90000, "SALE", "FAILED", "", payment.Applied},
			{90000, "SALE", "SUCCESS", "", payment.Applied}}, order.Paid},
		{"paid, then failed", []step{{90000, "SALE", "SUCCESS", "", payment.Applied},
			{90000, "SALE", "FAILED", "", payment.Applied}}, order.Paid},
		{"failed", []step{{90000, "SALE", "FAILED", "", payment.Applied}}, order.Failed},
		{"authorised", []step{{90000, "AUTHORIZE", "PENDING", authorizeID, payment.Applied}}, order.Authorized},
		{"authorised, as the text has it", []step{{90000, "AUTHORIZE", "SUCCESS", authorizeID, payment.Applied}},
			order.Authorized},
		{"pending", []step{{90000, "SALE", "PENDING", "", payment.Ignored}}, order.Pending},
		{"authorised without id", []step{{90000, "AUTHORIZE", "PENDING", "", payment.Applied}}, order.Failed},
		{"installment", []step{{90000, "INSTALLMENT", "SUCCESS", "", payment.Applied}}, order.Paid},
		{"another amount", []step{{1, "SALE", "SUCCESS", "", payment.Applied}}, order.NeedsReview},
		{"an unreadable amount", []step{{`"ninety"`, "SALE", "SUCCESS", "", payment.Applied}}, order.NeedsReview},
		{"a refund", []step{{90000, "FULL_REFUND", "REFUNDED", "", payment.Applied},
			{90000, "VOID", "FAILED", "", payment.Ignored}}, order.NeedsReview},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := pending(t)
			for i, s := range test.steps {
				n, err := b.notify(t, "INV-1", s.amount, s.transaction, s.status, s.extra)
				if err != nil || n.Effect != s.want {
					t.Errorf("notification %d: %s, %v, want %s", i+1, n.Effect, err, s.want)
				}
			}
			if got := b.status(t); got != test.want {
				t.Errorf("status %s, want %s", got, test.want)
			}
		})
	}
}

func TestAForgedNotificationChangesNothing(t *testing.T) {
	b := pending(t)
	body := `{"order":{"invoice_number":"INV-1","amount":90000},"transaction":{"type":"SALE","status":"SUCCESS"}}`
	if _, err := b.Notify(t.Context(), sign(body+" "), []byte(body)); !errors.Is(err, doku.ErrSignature) {
		t.Errorf("%v, want ErrSignature", err)
	}
	if b.status(t) != order.Pending {
		t.Errorf("status %s", b.status(t))
	}
}

// A 2xx is answered only after the payment is stored. Every failure of the store is an error, and DOKU's next try
// brings the payment.
func TestAStoreThatFailsMakesDOKUTryAgain(t *testing.T) {
	for _, afterWrite := range []bool{false, true} {
		b := pending(t)
		b.store.update, b.store.afterWrite = errStore, afterWrite
		if _, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); !errors.Is(err, payment.ErrStore) {
			t.Fatalf("%v, want ErrStore", err)
		}
		b.store.update = nil
		if _, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); err != nil || b.status(t) != order.Paid {
			t.Errorf("the next try: %v, %s", err, b.status(t))
		}
	}
	b := newBench()
	b.store.orphan = errStore
	if _, err := b.notify(t, "INV-404", 90000, "SALE", "SUCCESS", ""); !errors.Is(err, payment.ErrStore) {
		t.Errorf("an orphan that was not kept: %v, want ErrStore", err)
	}
}

func TestANotificationForAnUnknownOrderIsKept(t *testing.T) {
	b := newBench()
	for range 2 {
		n, err := b.notify(t, "INV-404", 90000, "SALE", "SUCCESS", "")
		if err != nil || n.Effect != payment.Orphaned {
			t.Fatalf("%+v, %v", n, err)
		}
	}
	orphans, err := b.store.Orphans(t.Context(), "INV-404")
	if err != nil || len(orphans) != 1 || orphans[0].News.Paid == nil || orphans[0].News.Paid.Amount != 90000 {
		t.Errorf("%+v, %v", orphans, err)
	}
}
