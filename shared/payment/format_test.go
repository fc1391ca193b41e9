package payment_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

var fiveBack = payment.RefundRequest{Invoice: "INV-1", Key: "a key of a refund", Amount: 5, Expected: -1}

// This version reads an order that a newer one wrote. It neither calls DOKU for it nor writes it.
func TestAnOrderOfANewerFormatIsOnlyRead(t *testing.T) {
	for name, do := range map[string]func(*testing.T, *bench) error{
		"createpage": func(t *testing.T, b *bench) error { _, err := b.CreatePage(t.Context(), request()); return err },
		"capture": func(t *testing.T, b *bench) error {
			_,
				err := b.Capture(t.Context(), "INV-1", 0, tester)
			return err
		},
		"refund": func(t *testing.T, b *bench) error { _, err := b.Refund(t.Context(), fiveBack); return err },
		"notify": func(t *testing.T, b *bench) error {
			_, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", "")
			return err
		},
		"notify, known already": func(t *testing.T, b *bench) error {
			_, err := b.notify(t, "INV-1", 90000, "AUTHORIZE", "PENDING", `,"authorize_id":"17"`)
			return err
		},
		"notify, not understood": func(t *testing.T, b *bench) error {
			_, err := b.notify(t, "INV-1", 90000, "CHARGEBACK", "SUCCESS", "")
			return err
		},
		"resolve": func(t *testing.T, b *bench) error {
			found := payment.ResolveRequest{Invoice: "INV-1", Operation: "capture", Done: true,
				Act: order.Act{By: "Sari", Note: "seen"}}
			_, err := b.Resolve(t.Context(), found)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := pending(t)
			if _, err := b.notify(t, "INV-1", 90000, "AUTHORIZE", "PENDING", `,"authorize_id":"17"`); err != nil {
				t.Fatal(err)
			}
			b.store.SetFormat("INV-1", order.LastFormat+1)
			before, asked := b.order(t), len(b.doku.asked)
			if err := do(t, b); !errors.Is(err, payment.ErrNewerFormat) || !errors.Is(err, payment.ErrStore) {
				t.Errorf("%v, want ErrNewerFormat as an ErrStore", err)
			}
			if diff := cmp.Diff(before, b.order(t)); diff != "" {
				t.Errorf("the order was changed:\n%s", diff)
			}
			if len(b.doku.asked) > asked {
				t.Errorf("DOKU was asked for %q", b.doku.bodies[asked:])
			}
		})
	}
}

// Reconciliation counts such an order as failed and finishes the others.
func TestReconciliationLeavesANewerFormatAndGoesOn(t *testing.T) {
	b := newBench()
	for _, invoice := range []string{"INV-1", "INV-2"} {
		r := request()
		r.Order.InvoiceNumber = invoice
		if _, err := b.CreatePage(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	b.store.SetFormat("INV-1", order.LastFormat+1)
	before := b.order(t)
	asked := map[string]bool{}
	b.doku.told = func(invoice string) (doku.Status, error) {
		asked[invoice] = true
		return told("SALE", "SUCCESS", 90000)(invoice)
	}
	b.now = b.now.Add(2 * time.Hour)
	done, err := b.Reconcile(t.Context())
	if err != nil || done.Failed != 1 || done.Paid != 1 || asked["INV-1"] || !asked["INV-2"] {
		t.Errorf("%+v, %v, asked %v; want one failed and one paid", done, err, asked)
	}
	if diff := cmp.Diff(before, b.order(t)); diff != "" {
		t.Errorf("the order was changed:\n%s", diff)
	}
}

// A newer version wrote the order during a call of DOKU. The answer cannot be written. The operation stays open for a
// version that can write it.
func TestAFormatThatRisesDuringACallLeavesTheOperationOpen(t *testing.T) {
	b := pending(t)
	if _, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); err != nil {
		t.Fatal(err)
	}
	b.doku.money = func() (string, error) {
		o := b.order(t)
		if err := b.store.Update(t.Context(), o); err != nil { // the newer version's write
			t.Error(err)
		}
		b.store.SetFormat("INV-1", order.LastFormat+1)
		return "PARTIAL_REFUND", nil
	}
	_, err := b.Refund(t.Context(), fiveBack)
	if !errors.Is(err, payment.ErrStore) || !errors.Is(err, payment.ErrNewerFormat) {
		t.Errorf("%v, want ErrNewerFormat as an ErrStore", err)
	}
	if refunds := b.order(t).Refunds(); len(refunds) != 1 || refunds[0].State != order.Open {
		t.Errorf("%+v, want one open refund", refunds)
	}
}

// Only a newer version adds to the notifications that it keeps without order.
func TestOrphansOfANewerFormatAreRefused(t *testing.T) {
	b := newBench()
	if n, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); err != nil || n.Effect != payment.Orphaned {
		t.Fatal(n.Effect, err)
	}
	b.store.SetFormat("INV-1", order.LastFormat+1)
	_, err := b.notify(t, "INV-1", 90000, "SALE", "FAILED", "")
	if !errors.Is(err, payment.ErrNewerFormat) || !errors.Is(err, payment.ErrStore) {
		t.Errorf("%v, want ErrNewerFormat as an ErrStore", err)
	}
}
