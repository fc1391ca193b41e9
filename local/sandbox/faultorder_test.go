package sandbox

import (
	"net/http"
	"strings"
	"testing"

	"kasir/local/sandbox/faults"
)

// Faults of an order strike its calls and notifications, and those of no other. The order has no others.
func TestFaultsOfAnOrder(t *testing.T) {
	b := newBench(t)
	own := func(invoice, text string) {
		t.Helper()
		if status := b.control("POST", "/control/faults/order",
			`{"invoice_number":"`+invoice+`","faults":`+text+`}`, nil); status != http.StatusOK {
			t.Fatal(status)
		}
	}
	b.requestFault("createpage", faults.ErrorBefore)
	own("ONE", `{"page_lifetime":"720h","refuse_repeats":true,"notifications":{"other_channel":1},
		"calls":{"status":{"lose_before":1},"refund":{"lose_after":1},"capture":{"lose_before":1}}}`)
	b.create(simple("ONE", 90000, ""))
	a, _, err := b.rough("POST", createPath, "create-other", simple("OTHER", 90000, ""))
	if err != nil || a.status < 500 {
		t.Errorf("the other order has not the requested fault: %d, %v", a.status, err)
	}
	b.create(simple("OTHER", 90000, ""))
	if life := b.payment("ONE").ExpiresAt; life <= b.payment("OTHER").ExpiresAt {
		t.Errorf("the page ends at %s", life)
	}
	// Check status by the invoice number and by the Request-Id, a capture by its authorisation.
	id := b.authorize("ONE-2")
	own("ONE-2", `{"calls":{"capture":{"lose_before":1}}}`)
	if a, _, err := b.rough("POST", capturePath, "capture", captureBody(id, "")); err == nil {
		t.Errorf("the capture was answered %d", a.status)
	}
	for _, of := range []string{"ONE", b.payment("ONE").RequestID} {
		if a, _, err := b.rough("GET", "/orders/v1/status/"+of, "status", ""); err == nil {
			t.Errorf("check status of %s was answered %d", of, a.status)
		}
	}
	b.status("OTHER")
	original := b.refundable("THREE")
	own("THREE", `{"refuse_repeats":true,"calls":{"refund":{}}}`)
	body := refundBodyOf("THREE", original, 90000)
	b.post(refundPath, "refund", body)
	if a := b.post(refundPath, "refund", body); !said(a, "FAILED") {
		t.Errorf("the repeat: %d %s", a.status, a.body)
	}
	if got := b.suffered(); len(got.Orders) != 3 || len(got.Next) != 0 {
		t.Errorf("%+v", got)
	}
	for _, invoice := range []string{"ONE", "ONE-2", "THREE"} {
		own(invoice, `{}`)
	}
	if b.status("ONE"); len(b.suffered().Orders) != 0 {
		t.Errorf("%+v", b.suffered().Orders)
	}
}

// The notification of another order is as usual.
func TestNotificationsOfAnOrderWithFaults(t *testing.T) {
	b := newBench(t)
	b.control("POST", "/control/faults/order",
		`{"invoice_number":"ONE","faults":{"notifications":{"other_channel":1}}}`, nil)
	b.sale("OTHER")
	if n := b.next(); n.body.Channel.ID != "CREDIT_CARD" {
		t.Errorf("the other order was notified of %s", n.raw)
	}
	b.sale("ONE")
	if n := b.next(); n.body.Channel.ID != "VIRTUAL_ACCOUNT_BCA" {
		t.Errorf("the order was notified of %s", n.raw)
	}
}

func TestWrongFaultsOfAnOrderAreNamed(t *testing.T) {
	b := newBench(t)
	for body, want := range map[string]string{
		`{"faults":{"lose_after":1}}`:                                           "invoice_number",
		`{"invoice_number":"ONE"}`:                                              "faults",
		`{"invoice_number":"ONE","faults":{"lose_aftr":1}}`:                     "lose_aftr",
		`{"invoice_number":"ONE","faults":{"lose_after":2}}`:                    "faults: lose_after",
		`{"invoice_number":"ONE","invoice":"TWO","faults":{"lose_after":0.25}}`: "invoice",
	} {
		var answer errorBody
		status := b.control("POST", "/control/faults/order", body, &answer)
		if status != http.StatusBadRequest || answer.Error == nil || !strings.Contains(answer.Error.Message, want) {
			t.Errorf("%s: %d %+v", body, status, answer.Error)
		}
	}
	if own := b.suffered().Orders; len(own) != 0 {
		t.Errorf("%+v", own)
	}
}
