package promises

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"kasir/shared/order"
)

// checkKnown waits until kasir has every notification and its books agree with DOKU's, and checks the order. The books
// may agree before the first notification too: a chargeback that was won changes nothing in the end.
func (h *fixture) checkKnown(t *testing.T, invoice string, status order.Status, refundable int64) {
	t.Helper()
	differ := ""
	known := func() bool {
		told := h.allTold(t, invoice)
		differ = h.differences(t, invoice)
		return told && differ == ""
	}
	if !until(t, 20*time.Second, known) {
		t.Fatalf("%s: a notification is not acknowledged, or %s", invoice, differ)
	}
	shown := h.show(t, invoice)
	if shown["status"] != string(status) || number(shown, "refundable") != refundable {
		t.Errorf("%s: %s, want %s and %d refundable", invoice, brief(shown), status, refundable)
	}
}

// A payment of 90000, of which people gave back 50000: kasir gives back the other 40000 and no more.
func TestARefundInTheBackOfficeIsNotGivenBackAgain(t *testing.T) {
	t.Parallel()
	h, invoice := backOffice(t), freshInvoice("STORY")
	h.makeSale(t, invoice)
	h.click(t, invoice, "refund", 50000)
	h.checkKnown(t, invoice, order.PartiallyRefunded, 40000)
	if !h.hasCase(t, invoice, order.RemarkElsewhere) {
		t.Errorf("nobody is asked to look: %v", h.cases(t, invoice))
	}
	if got := h.refund(t, invoice, rand.Text(), 40000); got.status != 201 {
		t.Errorf("the refund of 40000: %d %s", got.status, got.text)
	}
	h.checkKnown(t, invoice, order.Refunded, 0)
	if got := h.refund(t, invoice, rand.Text(), 50000); got.status != 422 {
		t.Errorf("a further refund of 50000: %d %s", got.status, got.text)
	}
	if ids := h.doku.ids("refund", invoice); len(ids) != 1 {
		t.Errorf("kasir has sent %d refunds, want 1", len(ids))
	}
}

// Each act in the Back Office, and of a bank, ends with kasir's books as DOKU's.
func TestEachActElsewhereIsKnown(t *testing.T) {
	t.Parallel()
	h := backOffice(t)
	for name, c := range map[string]struct {
		reserved, unsettled bool
		do                  func(t *testing.T, invoice string)
		status              order.Status
		refundable          int64
	}{
		"void of a payment": {unsettled: true, status: order.Voided,
			do: func(t *testing.T, invoice string) { h.click(t, invoice, "void", 0) }},
		"void of an authorisation": {reserved: true, status: order.Voided,
			do: func(t *testing.T, invoice string) { h.click(t, invoice, "void", 0) }},
		"chargeback": {status: order.Paid,
			do: func(t *testing.T, invoice string) { h.click(t, invoice, "dispute", 0) }},
		"chargeback that was won": {status: order.Paid, refundable: 90000,
			do: func(t *testing.T, invoice string) {
				h.click(t, invoice, "dispute", 0)
				h.click(t, invoice, "dispute-won", 0)
			}},
		"two partial refunds": {status: order.PartiallyRefunded, refundable: 30000,
			do: func(t *testing.T, invoice string) {
				h.click(t, invoice, "refund", 30000)
				h.click(t, invoice, "refund", 30000)
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			invoice := freshInvoice("ACT")
			switch {
			case c.reserved:
				h.makeAuthorization(t, invoice, "")
			case c.unsettled:
				h.buy(t, invoice, "", "PAID")
			default:
				h.makeSale(t, invoice)
			}
			c.do(t, invoice)
			h.checkKnown(t, invoice, c.status, c.refundable)
			if len(h.cases(t, invoice)) == 0 {
				t.Errorf("%s: nobody is asked to look", invoice)
			}
		})
	}
}

// A manual refund that DOKU's people reject moves nothing, and its report is no refund elsewhere.
func TestARejectedManualRefundIsNoRefundElsewhere(t *testing.T) {
	t.Parallel()
	h, invoice := backOffice(t), freshInvoice("MANUAL")
	h.makeSale(t, invoice)
	h.control(t, "manual-refunds", fmt.Sprintf(`{"on":true,"invoice_number":%q}`, invoice))
	if got := h.refund(t, invoice, rand.Text(), 30000); got.status != 201 {
		t.Fatalf("the refund: %d %s", got.status, got.text)
	}
	h.click(t, invoice, "reject-manual", 0)
	o, err := h.orders.Get(t.Context(), invoice)
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"operation":%q,"outcome":"refused","note":"rejected"}`, o.Refunds()[0].ID)
	if got := h.request(t, "POST", "/payments/"+invoice+"/resolve", "", body); got.status != 200 {
		t.Fatalf("resolve: %d %s", got.status, got.text)
	}
	h.checkKnown(t, invoice, order.Paid, 90000)
}
