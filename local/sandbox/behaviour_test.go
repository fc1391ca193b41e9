package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kasir/local/sandbox/faults"
)

// Each class of answers can be left unsigned alone.
func TestClassesOfAnswersAreUnsigned(t *testing.T) {
	for class := range map[string]bool{"success": true, "refusal": true, "get": true} {
		b := newBench(t)
		path, body := b.callOf(faults.Refund, "INV-1")
		b.faults(`{"unsigned_answers":{"` + class + `":true}}`)
		for i, c := range []struct {
			class, method, path, id, body string
			status                        int
		}{
			{"success", "POST", path, "r1", body, 200},
			{"success", "POST", path, "r1", body, 409},                                   // the first answer again
			{"refusal", "POST", path, "r2", body, 200},                                   // FAILED: nothing is left
			{"refusal", "POST", path, "r1", strings.Replace(body, "90000", "1", 1), 409}, // another body
			{"refusal", "POST", path, "r3", `{}`, 400},
			{"get", "GET", statusPath + "INV-1", "g1", "", 200},
			{"get", "GET", statusPath + "UNKNOWN", "g2", "", 404},
		} {
			a, genuine, err := b.rough(c.method, c.path, c.id, c.body)
			if err != nil || a.status != c.status {
				t.Fatalf("%d: %d %v %s", i, a.status, err, a.body)
			}
			if signed := a.header.Get("Signature") != ""; signed != (c.class != class) || signed && c.class != "get" &&
				!genuine {
				t.Errorf("unsigned %s: answer %d is signed: %t", class, i, signed)
			}
		}
	}
}

// A share of operations is left unsigned, each of them always or never.
func TestAShareOfAnswersIsUnsigned(t *testing.T) {
	b := newBench(t)
	b.faults(`{"unsigned_answers":{"success":true,"share":0.5}}`)
	without := 0
	for i := range 100 {
		id, body := fmt.Sprint("r", i), simple(fmt.Sprint("INV-", i), 90000, "")
		first, _, _ := b.rough("POST", createPath, id, body)
		again, _, _ := b.rough("POST", createPath, id, body)
		if first.header.Get("Signature") == "" != (again.header.Get("Signature") == "") {
			t.Errorf("%s is signed once in two", id)
		}
		if first.header.Get("Signature") == "" {
			without++
		}
	}
	if got := b.suffered().Unsigned["success"]; without < 30 || without > 70 || got != 2*without {
		t.Errorf("%d of 100 unsigned, counted %d", without, got)
	}
}

func TestAPageCanOutliveTheMerchants(t *testing.T) {
	b := newBench(t)
	b.faults(`{"page_lifetime":"48h"}`)
	page := b.create(simple("INV-1", 90000, ""))
	b.advance(47 * time.Hour)
	b.pay(page, goodCard)
	if e := b.ledger("INV-1"); e.Captured != 90000 {
		t.Errorf("%+v", e)
	}
}

// With refuse_repeats DOKU never gives the first answer again.
func TestRepeatsAreAlwaysRefused(t *testing.T) {
	b := newBench(t)
	path, body := b.callOf(faults.Refund, "INV-1")
	b.faults(`{"refuse_repeats":true}`)
	b.post(path, "r1", body)
	for range 3 {
		if a := b.post(path, "r1", body); a.status != 200 ||
			!said(a, `"message":"Refund exceeds the captured amount"`) {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if e := b.ledger("INV-1"); e.Refunded != 90000 || len(e.Refunds) != 1 {
		t.Errorf("%+v", e)
	}
	path, body = b.callOf(faults.Capture, "INV-2")
	b.post(path, "c1", body)
	if a := b.post(path, "c1", body); a.status != 200 || !said(a, `"response_message":"DUPLICATE CAPTURE"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestAmountsAreSpelledOtherwise(t *testing.T) {
	for how, want := range map[string]string{
		"text": `"amount":"90000"`, "decimals": `"amount":90000.0`, "text_decimals": `"amount":"90000.00"`,
		"exponent": `"amount":9E+4`,
	} {
		b := newBench(t)
		b.merchant.lenient = true
		path, body := b.callOf(faults.Refund, "INV-1")
		b.faults(`{"amounts":"` + how + `"}`)
		for range 2 { // the first answer, and the same again
			if a := b.post(path, "r1", body); !said(a, want) {
				t.Errorf("%s: %s", how, a.body)
			}
		}
		if a := b.askStatus("INV-1"); !said(a, want) {
			t.Errorf("%s: %s", how, a.body)
		}
		b.pay(b.create(simple("INV-2", 90000, "")), goodCard)
		b.advance(0)
		if n := b.notificationsOf("INV-2"); !strings.Contains(n, want) {
			t.Errorf("%s: %s", how, n)
		}
	}
}

// notificationsOf returns the control API's list of an invoice's notifications.
func (b *bench) notificationsOf(invoice string) string {
	b.t.Helper()
	return string(b.get(b.url + "/control/notifications?invoice_number=" + invoice).body)
}

func TestWordsAndDatesAreOdd(t *testing.T) {
	for setting, want := range map[string]string{
		`"words":"lower"`:     `"status":"success"`,
		`"words":"title"`:     `"type":"Sale"`,
		`"dates":"local_z"`:   `"date":"2026-08-27T17:00:00Z"`, // ten o'clock UTC is five in the afternoon in Jakarta
		`"dates":"year_2099"`: `"date":"2099-08-27T10:00:00Z"`,
		`"dates":"year_9999"`: `"date":"9999-12-31T23:59:59Z"`,
		`"dates":"year_0"`:    `"date":"0000-01-01T00:00:00Z"`,
	} {
		b := newBench(t)
		b.faults("{" + setting + "}")
		b.sale("INV-1")
		b.advance(0)
		if n := b.notificationsOf("INV-1"); !strings.Contains(n, want) {
			t.Errorf("%s: %s", setting, n)
		}
		if a := b.askStatus("INV-1"); !said(a, want) {
			t.Errorf("%s: %s", setting, a.body)
		}
	}
}

// The order is of 90000 less a promo of 10000, and 50000 are captured.
func TestAmountInACapturesAnswer(t *testing.T) {
	for names, want := range map[string]int64{"": 50000, "capture": 50000, "order": 90000, "promo": 80000} {
		b := newBench(t)
		b.faults(`{"capture_amount":"` + names + `"}`)
		more := `,"payment":{"type":"AUTHORIZE"},"override_configuration":{"promo":[{"bin":"557338","discount_amount":10000}]}`
		b.pay(b.create(simple("INV-1", 90000, more)), goodCard)
		var got captureAnswer
		b.call(capturePath, captureBody(b.next().body.CardPayment.AuthorizeID, "50000"), &got)
		if got.Order.Amount != want || got.Payment.Status != "SUCCESS" || b.ledger("INV-1").Captured != 50000 {
			t.Errorf("%q: %+v", names, got.Order)
		}
	}
}

func TestAPartialRefundIsCalledVoid(t *testing.T) {
	b := newBench(t)
	b.faults(`{"partial_as_void":true}`)
	var got refundAnswer
	b.call(refundPath, refundBodyOf("INV-1", b.refundable("INV-1"), 30000), &got)
	if got.Refund.Type != "VOID" || got.Refund.Status != "SUCCESS" || b.ledger("INV-1").Refunded != 30000 {
		t.Errorf("%+v", got.Refund)
	}
}

func TestCheckStatusKnowsNoUnpaidOrder(t *testing.T) {
	b := newBench(t)
	b.faults(`{"not_found_unpaid":true}`)
	page := b.create(simple("INV-1", 90000, ""))
	if a := b.askStatus("INV-1"); a.status != 404 || a.code() != "TRANSACTION_NOT_FOUND" {
		t.Errorf("%d %s", a.status, a.body)
	}
	b.pay(page, goodCard)
	if b.status("INV-1").Transaction.Status != "SUCCESS" {
		t.Error("nor the paid one")
	}
}

func TestRequestTargetIsDoubled(t *testing.T) {
	b := newBench(t)
	b.faults(`{"request_target":true}`)
	a := b.post(createPath, "r1", simple("INV-1", 90000, "")) // checks that it is signed for the first
	if got := a.header.Values("Request-Target"); fmt.Sprint(got) != "["+createPath+" /gateway"+createPath+"]" {
		t.Errorf("%q", got)
	}
}

// People refuse a refund that was accepted days ago. DOKU's books and check status then show the refusal.
func TestAManualRefundIsRejectedLater(t *testing.T) {
	b := newBench(t)
	original := b.refundable("INV-1")
	b.control("POST", "/control/manual-refunds", `{"on":true}`, nil)
	var got refundAnswer
	id := b.call(refundPath, refundBodyOf("INV-1", original, 30000), &got)
	if got.Refund.Type != "MANUAL_PARTIAL_REFUND" || got.Refund.Status != "SUCCESS" ||
		b.ledger("INV-1").Refunded != 30000 {
		t.Fatalf("%+v", got)
	}
	b.advance(72 * time.Hour)
	b.silent("before anybody rejected it")
	reject := func(body string) int { return b.control("POST", "/control/manual-refunds/reject", body, nil) }
	if status := reject(`{"invoice_number":"INV-1","request_id":"another"}`); status != 404 {
		t.Errorf("another's: %d", status)
	}
	if status := reject(`{"invoice_number":"INV-1","notify":true}`); status != 200 {
		t.Fatalf("rejecting: %d", status)
	}
	if e := b.ledger("INV-1"); e.Refunded != 0 || e.Refunds[0].Status != "FAILED" {
		t.Errorf("%+v", e)
	}
	if got := b.status(id); got.Transaction.Status != "FAILED" || got.Refund.Message != "Refund was rejected" {
		t.Errorf("%+v", got)
	}
	if n := b.next(); n.body.Transaction.Type != "REFUND" || n.body.Transaction.Status != "FAILED" ||
		!strings.Contains(string(n.raw), id) {
		t.Errorf("%s", n.raw)
	}
	if status := reject(`{"invoice_number":"INV-1"}`); status != http.StatusNotFound {
		t.Errorf("again: %d", status)
	}
}
