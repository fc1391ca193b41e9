package sandbox

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// call posts to the API under a fresh Request-Id and decodes a 200 into out.
func (b *bench) call(target, body string, out any) (requestID string) {
	b.t.Helper()
	b.requests++
	requestID = fmt.Sprintf("call-%d", b.requests)
	a := b.post(target, requestID, body)
	if a.status != 200 {
		b.t.Fatalf("%s: %d %s", target, a.status, a.body)
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		b.t.Fatal(err)
	}
	return requestID
}

// authorize reserves 90000 and returns the authorize_id of the notification.
func (b *bench) authorize(invoice string) string {
	b.t.Helper()
	b.pay(b.create(simple(invoice, 90000, `,"payment":{"type":"AUTHORIZE"}`)), goodCard)
	return b.next().body.CardPayment.AuthorizeID
}

func captureBody(id string, amount string) string {
	if amount != "" {
		amount = `,"capture_amount":` + amount
	}
	return `{"payment":{"authorize_id":"` + id + `"` + amount + `}}`
}

const capturePath = "/credit-card/capture"

func TestCapture(t *testing.T) {
	b := newBench(t)
	for i, c := range []struct {
		amount string
		taken  int64
		code   string
	}{
		{"", 90000, "00"}, {"90000", 90000, "00"}, {"60000", 60000, "00"}, {`"60000"`, 60000, "00"}, {"90001", 0, "N8"},
	} {
		invoice := fmt.Sprintf("INV-%d", i)
		id := b.authorize(invoice)
		var got captureAnswer
		requestID := b.call(capturePath, captureBody(id, c.amount), &got)
		want := map[bool]string{true: "SUCCESS", false: "FAILED"}[c.code == "00"]
		if got.Payment.Status != want || got.Payment.ResponseCode != c.code || got.Payment.AuthorizeID != id ||
			got.Payment.RequestID != requestID || got.Payment.Type != "CAPTURE" || got.Order.InvoiceNumber != invoice {
			t.Errorf("%q: %+v", c.amount, got)
		}
		p := b.payment(invoice)
		if p.Captured != c.taken || (p.Status == statusPaid) != (c.taken > 0) {
			t.Errorf("%q: %+v", c.amount, p)
		}
	}
}

func TestCaptureOnceAndInTime(t *testing.T) {
	b := newBench(t)
	id := b.authorize("INV-1")
	var got captureAnswer
	b.call(capturePath, captureBody(id, "10000"), &got)
	b.call(capturePath, captureBody(id, "10000"), &got)
	if got.Payment.Status != "FAILED" || b.payment("INV-1").Captured != 10000 {
		t.Errorf("a second capture: %+v", got)
	}

	early, late := b.authorize("INV-2"), b.authorize("INV-3")
	b.advance(7*24*time.Hour - time.Second)
	b.call(capturePath, captureBody(early, ""), &got)
	if got.Payment.Status != "SUCCESS" {
		t.Errorf("a second before seven days: %+v", got)
	}
	b.advance(time.Second)
	b.call(capturePath, captureBody(late, ""), &got)
	if got.Payment.Status != "FAILED" {
		t.Errorf("after seven days: %+v", got)
	}
	if p := b.payment("INV-3"); p.Status != statusReleased || p.Captured != 0 {
		t.Errorf("%+v", p)
	}
}

func TestCaptureRefusals(t *testing.T) {
	b := newBench(t)
	id := b.authorize("INV-1")
	for body, code := range map[string]string{
		captureBody("123", ""):  "TRANSACTION_NOT_FOUND",
		captureBody("", ""):     "INVALID_PARAMETER",
		captureBody(id, "0"):    "INVALID_PARAMETER",
		captureBody(id, "1.5"):  "INVALID_PARAMETER",
		captureBody(id, `"x"`):  "INVALID_PARAMETER",
		captureBody(id, "true"): "INVALID_PARAMETER",
		`{}`:                    "INVALID_PARAMETER",
	} {
		if a := b.post(capturePath, body, body); a.code() != code {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
}

// The same Request-Id never takes money twice. It gets the first answer with 409.
func TestCaptureAndRefundAreIdempotent(t *testing.T) {
	b := newBench(t)
	id := b.authorize("INV-1")
	first := b.post(capturePath, "cap", captureBody(id, ""))
	again := b.post(capturePath, "cap", captureBody(id, ""))
	if first.status != 200 || again.status != 409 || string(first.body) != string(again.body) {
		t.Errorf("%s\n%d %s", first.body, again.status, again.body)
	}
	b.control("POST", "/control/settle", "", nil)
	body := refundBodyOf("INV-1", "create-1", 30000)
	first, again = b.post(refundPath, "ref", body), b.post(refundPath, "ref", body)
	if first.status != 200 || again.status != 409 || string(first.body) != string(again.body) {
		t.Errorf("%s\n%d %s", first.body, again.status, again.body)
	}
	if p := b.payment("INV-1"); p.Refunded != 30000 || len(p.Refunds) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestAutoCapture(t *testing.T) {
	b := newBench(t)
	b.pay(b.create(simple("INV-1", 90000, `,"payment":{"type":"AUTHORIZE","auto_capture":true}`)), goodCard)
	n := b.next().body
	if n.Transaction.Type != "SALE" || n.Transaction.Status != "SUCCESS" || n.CardPayment.AuthorizeID != "" {
		t.Errorf("%+v", n)
	}
	if p := b.payment("INV-1"); p.Status != statusPaid || p.Captured != 90000 {
		t.Errorf("%+v", p)
	}
}

const refundPath = "/cancellation/credit-card/refund"

func refundBodyOf(invoice, original string, amount int) string {
	return fmt.Sprintf(`{"order":{"invoice_number":%q},"payment":{"original_request_id":%q},"refund":{"amount":%d}}`,
		invoice, original, amount)
}

// Each case is one payment of 90000 and a row of refunds: amount, type and status of the answer.
func TestRefunds(t *testing.T) {
	type step struct {
		amount       int
		kind, status string
	}
	b := newBench(t)
	for i, c := range []struct {
		name    string
		settled bool
		manual  bool
		steps   []step
		ends    string
	}{
		{"void in full", false, false, []step{{90000, "VOID", "SUCCESS"}, {90000, "VOID", "FAILED"}}, statusVoided},
		{"no void in part", false, false, []step{{30000, "VOID", "FAILED"}, {90001, "VOID", "FAILED"}}, statusPaid},
		{"full", true, false, []step{{90000, "FULL_REFUND", "SUCCESS"}, {1, "PARTIAL_REFUND", "FAILED"}},
			statusRefunded},
		{"parts", true, false, []step{
			{30000, "PARTIAL_REFUND", "SUCCESS"}, {60001, "PARTIAL_REFUND", "FAILED"}, {90000, "FULL_REFUND", "FAILED"},
		}, statusPartly},
		{"parts up to all", true, false, []step{
			{30000, "PARTIAL_REFUND", "SUCCESS"}, {60000, "PARTIAL_REFUND", "SUCCESS"}, {1, "PARTIAL_REFUND", "FAILED"},
		}, statusRefunded},
		{"manual in part", true, true, []step{{1, "MANUAL_PARTIAL_REFUND", "SUCCESS"}}, statusPartly},
		{"manual in full", true, true, []step{{90000, "MANUAL_FULL_REFUND", "SUCCESS"}}, statusRefunded},
		{"unsettled is void, though refunds are manual", false, true, []step{{90000, "VOID", "SUCCESS"}}, statusVoided},
	} {
		invoice := fmt.Sprintf("INV-%d", i)
		b.pay(b.create(simple(invoice, 90000, "")), goodCard)
		original := b.payment(invoice).RequestID
		if c.manual {
			b.control("POST", "/control/manual-refunds", `{"on":true,"invoice_number":"`+invoice+`"}`, nil)
		}
		if c.settled {
			b.control("POST", "/control/settle", `{"invoice_number":"`+invoice+`"}`, nil)
		}
		for _, s := range c.steps {
			var got refundAnswer
			b.call(refundPath, refundBodyOf(invoice, original, s.amount), &got)
			if got.Refund.Type != s.kind || got.Refund.Status != s.status || got.Refund.Amount != int64(s.amount) ||
				got.Order.InvoiceNumber != invoice || got.Payment.OriginalRequestID != original ||
				got.Refund.Message == "" {
				t.Errorf("%s, %d: %+v", c.name, s.amount, got)
			}
			online := s.status == "SUCCESS" && !strings.HasPrefix(s.kind, "MANUAL")
			if (got.Refund.ApprovalCode != "") != online {
				t.Errorf("%s, %d: approval code %q", c.name, s.amount, got.Refund.ApprovalCode)
			}
		}
		if p := b.payment(invoice); p.Status != c.ends || p.Refunded > p.Captured {
			t.Errorf("%s ends %s: %+v", c.name, p.Status, p)
		}
	}
}

func TestRefundOfAPartialCapture(t *testing.T) {
	b := newBench(t)
	id := b.authorize("INV-1")
	var r refundAnswer
	b.call(refundPath, refundBodyOf("INV-1", "create-1", 90000), &r)
	if r.Refund.Status != "FAILED" {
		t.Errorf("nothing was captured yet: %+v", r)
	}
	var got captureAnswer
	b.call(capturePath, captureBody(id, "60000"), &got)
	b.control("POST", "/control/settle", "{}", nil)
	b.call(refundPath, refundBodyOf("INV-1", "create-1", 60001), &r)
	if r.Refund.Status != "FAILED" {
		t.Errorf("more than was captured: %+v", r)
	}
	b.call(refundPath, refundBodyOf("INV-1", "create-1", 60000), &r)
	if r.Refund.Status != "SUCCESS" || r.Refund.Type != "FULL_REFUND" {
		t.Errorf("%+v", r)
	}
}

func TestRefundRefusals(t *testing.T) {
	b := newBench(t)
	b.pay(b.create(simple("INV-1", 90000, "")), goodCard)
	b.create(simple("INV-2", 90000, ""))
	for i, c := range []struct{ body, code string }{
		{refundBodyOf("INV-1", "unknown", 1), "TRANSACTION_NOT_FOUND"},
		{refundBodyOf("INV-2", "create-1", 1), "TRANSACTION_NOT_FOUND"},
		{refundBodyOf("INV-1", "create-1", 0), "INVALID_PARAMETER"},
		{refundBodyOf("", "create-1", 1), "INVALID_PARAMETER"},
		{refundBodyOf("INV-1", "", 1), "INVALID_PARAMETER"},
		{`{"order":{"invoice_number":"INV-1"},"payment":{"original_request_id":"create-1"}}`, "INVALID_PARAMETER"},
	} {
		if a := b.post(refundPath, fmt.Sprint("bad-", i), c.body); a.code() != c.code {
			t.Errorf("%s: %d %s", c.body, a.status, a.body)
		}
	}
	var r refundAnswer
	b.call(refundPath, refundBodyOf("INV-2", "create-2", 90000), &r)
	if r.Refund.Status != "FAILED" {
		t.Errorf("an unpaid order: %+v", r)
	}
}

func TestManualRefundsEverywhere(t *testing.T) {
	b := newBench(t)
	b.pay(b.create(simple("INV-1", 90000, "")), goodCard)
	b.control("POST", "/control/manual-refunds", `{"on":true}`, nil)
	b.control("POST", "/control/settle", "", nil)
	var r refundAnswer
	b.call(refundPath, refundBodyOf("INV-1", "create-1", 1000), &r)
	b.control("POST", "/control/manual-refunds", `{"on":false}`, nil)
	var online refundAnswer
	b.call(refundPath, refundBodyOf("INV-1", "create-1", 1000), &online)
	if r.Refund.Type != "MANUAL_PARTIAL_REFUND" || online.Refund.Type != "PARTIAL_REFUND" {
		t.Errorf("%+v, then %+v", r, online)
	}
}

func TestControlRefusals(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		path, body string
		status     int
	}{
		{"/control/settle", `{"invoice":"INV-1"}`, 400}, {"/control/settle", `{"invoice_number":"INV-1"}`, 404},
		{"/control/settle", `[`, 400}, {"/control/settle", ``, 200},
		{"/control/manual-refunds", `{"on":1}`, 400},
		{"/control/manual-refunds", `{"on":true,"invoice_number":"x"}`, 404},
		{"/control/clock", `{"advance":"-1h"}`, 400}, {"/control/clock", `{"advance":"soon"}`, 400},
		{"/control/clock", `{"advance":"99999h"}`, 400}, {"/control/clock", `{"ahead":"1h"}`, 400},
	} {
		if status := b.control("POST", c.path, c.body, nil); status != c.status {
			t.Errorf("%s %s: %d, want %d", c.path, c.body, status, c.status)
		}
	}
}

// The button on the first page settles one payment. Only a payment that can be settled has it.
func TestSettlingOnTheFirstPage(t *testing.T) {
	b := newBench(t)
	for _, invoice := range []string{"INV-1", "INV-2", "INV-3"} {
		b.pay(b.create(simple(invoice, 90000, "")), goodCard)
	}
	b.create(simple("INV-4", 90000, ""))
	var void refundAnswer
	b.call(refundPath, refundBodyOf("INV-3", b.payment("INV-3").RequestID, 90000), &void)
	has := func(invoice string) bool {
		return strings.Contains(string(b.get(b.url+"/").body), `<button name="invoice_number" value="`+invoice+
			`">Settle</button>`)
	}
	if !has("INV-1") || !has("INV-2") || has("INV-3") || has("INV-4") {
		t.Errorf("%t %t %t %t: paid, paid, voided, open", has("INV-1"), has("INV-2"), has("INV-3"), has("INV-4"))
	}
	if a := b.submit(b.url+"/settle", url.Values{"invoice_number": {"INV-1"}}); a.status != 200 ||
		!strings.Contains(string(a.body), "<td>settled</td>") {
		t.Errorf("the button leads to %d %s", a.status, a.body)
	}
	if has("INV-1") || !has("INV-2") || !b.payment("INV-1").Settled || b.payment("INV-2").Settled {
		t.Errorf("%+v %+v", b.payment("INV-1"), b.payment("INV-2"))
	}
}
