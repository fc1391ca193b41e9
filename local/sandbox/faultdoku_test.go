package sandbox

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kasir/local/sandbox/faults"
)

//go:embed README.md
var readme string

const (
	createPath = "/credit-card/v1/payment-page"
	statusPath = "/orders/v1/status/"
)

// askStatus calls check status and accepts any answer.
func (b *bench) askStatus(id string) answer {
	b.t.Helper()
	return b.signedGet(statusPath+id, func(http.Header) {})
}

func said(a answer, text string) bool { return strings.Contains(string(a.body), text) }

// A fresh FAILED is signed. It is true after a first attempt and false after a repeat. Check status is right in both.
func TestAFreshFailedUnder200(t *testing.T) {
	b := newBench(t)
	body := refundBodyOf("INV-1", b.refundable("INV-1"), 30000)
	b.requestFault(faults.Refund, faults.FailedUnder200)
	if a := b.post(refundPath, "r1", body); a.status != 200 || !said(a, `"status":"FAILED"`) ||
		b.ledger("INV-1").Refunded != 0 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := b.post(refundPath, "r1", body); a.status != 200 || !said(a, `"status":"SUCCESS"`) {
		t.Errorf("it was remembered: %d %s", a.status, a.body)
	}
	b.requestFault(faults.Refund, faults.FailedUnder200)
	if a := b.post(refundPath, "r1", body); a.status != 200 || !said(a, `"status":"FAILED"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if e := b.ledger("INV-1"); e.Refunded != 30000 {
		t.Errorf("%+v", e)
	}
	if got := b.status("r1"); got.Refund == nil || got.Refund.Status != "SUCCESS" {
		t.Errorf("%+v", got.Refund)
	}
	id := b.authorize("INV-2")
	b.requestFault(faults.Capture, faults.FailedUnder200)
	if a := b.post(capturePath, "c1", captureBody(id, "")); !said(a, `"status":"FAILED"`) ||
		b.ledger("INV-2").Captured != 0 {
		t.Errorf("%s", a.body)
	}
}

// PENDING is decided later. Until then the money is neither refunded nor available.
func TestPendingFirst(t *testing.T) {
	for form, done := range map[string]bool{faults.BecomesSuccess: true, faults.BecomesFailed: false} {
		b := newBench(t)
		original := b.refundable("INV-1")
		b.requestForm(faults.Refund, faults.PendingFirst, form)
		a := b.post(refundPath, "r1", refundBodyOf("INV-1", original, 60000))
		if a.status != 200 || !said(a, `"status":"PENDING"`) || b.ledger("INV-1").Refunded != 0 {
			t.Errorf("%s: %d %s", form, a.status, a.body)
		}
		if got := b.status("r1"); got.Transaction.Status != "PENDING" || got.Refund.Status != "PENDING" {
			t.Errorf("%s: %+v", form, got)
		}
		if a := b.post(refundPath, "r2", refundBodyOf("INV-1", original, 60000)); !said(a, "exceeds") {
			t.Errorf("%s: another refund of the same money: %s", form, a.body)
		}
		b.advance(10 * time.Second)
		want := map[bool]int64{true: 60000, false: 0}[done]
		if e := b.ledger("INV-1"); e.Refunded != want {
			t.Errorf("%s: %+v", form, e)
		}
		if got := b.status("r1"); got.Transaction.Status != map[bool]string{true: "REFUNDED", false: "FAILED"}[done] {
			t.Errorf("%s: %+v", form, got)
		}
		if a := b.post(refundPath, "r1", refundBodyOf("INV-1", original, 60000)); a.status != 409 ||
			!said(a, "PENDING") {
			t.Errorf("%s, again: %d %s", form, a.status, a.body)
		}
		id := b.authorize("INV-2")
		b.requestForm(faults.Capture, faults.PendingFirst, form)
		if a := b.post(capturePath, "c1", captureBody(id, "")); !said(a, `"status":"PENDING"`) ||
			b.ledger("INV-2").Captured != 0 {
			t.Errorf("%s: %s", form, a.body)
		}
		if a := b.post(capturePath, "c2", captureBody(id, "")); !said(a, `"response_code":"94"`) {
			t.Errorf("%s: captured beside: %s", form, a.body)
		}
		b.advance(10 * time.Second)
		if e := b.ledger("INV-2"); e.Captured != map[bool]int64{true: 90000, false: 0}[done] {
			t.Errorf("%s: %+v", form, e)
		}
	}
}

// Each refusal of a repeat whose first call was done is signed, fresh, and wrong about the money. A first call never gets
// one.
func TestRepeatsAreRefused(t *testing.T) {
	for _, fault := range []string{faults.RefuseRepeat, faults.IdempotentRequest} {
		for _, endpoint := range []string{faults.CreatePage, faults.Capture, faults.Refund} {
			for i, form := range faults.Forms(endpoint, fault) {
				t.Run(strings.Join([]string{fault, endpoint, form}, " "), func(t *testing.T) {
					b := newBench(t)
					invoice := fmt.Sprint("INV-", i)
					path, body := b.callOf(endpoint, invoice)
					b.requestForm(endpoint, fault, form)
					if a := b.post(path, "same", body); a.status != 200 || said(a, "FAILED") {
						t.Fatalf("the first: %d %s", a.status, a.body)
					}
					before := b.ledger(invoice)
					a := b.post(path, "same", body)
					if refuses := a.status == 400 || said(a, "FAILED") || said(a, "DUPLICATE_TRANSACTION") ||
						said(a, "idempotent_request"); !refuses {
						t.Errorf("the repeat: %d %s", a.status, a.body)
					}
					if a.status == 200 && (!said(a, invoice) || !said(a, "90000") || said(a, "approval_code")) {
						t.Errorf("the repeat is not about the order: %s", a.body)
					}
					after := b.ledger(invoice)
					if after.Captured != before.Captured || after.Refunded != before.Refunded ||
						len(after.Pages) != len(before.Pages) {
						t.Errorf("%+v\n%+v", before, after)
					}
					if a := b.post(path, "same", body); a.status != 409 || a.code() != "" {
						t.Errorf("the next repeat: %d %s", a.status, a.body)
					}
				})
			}
		}
	}
}

// callOf returns a call that an endpoint executes at once, for a new invoice.
func (b *bench) callOf(endpoint, invoice string) (path, body string) {
	switch endpoint {
	case faults.Capture:
		return capturePath, captureBody(b.authorize(invoice), "")
	case faults.Refund:
		return refundPath, refundBodyOf(invoice, b.refundable(invoice), 90000)
	}
	return createPath, simple(invoice, 90000, "")
}

func TestMessagesAreLists(t *testing.T) {
	b := newBench(t)
	for form, c := range map[string]struct {
		status int
		says   string
		done   int64
	}{
		faults.MessageList:      {400, `{"message":["PAYMENT CHANNEL IS INACTIVE"]}`, 0},
		faults.ErrorMessageList: {400, `{"error_messages":["PAYMENT CHANNEL IS INACTIVE"`, 0},
		faults.RefundMessage:    {200, `"message":["Approved"]`, 90000},
	} {
		path, body := b.callOf(faults.Refund, "INV-"+form)
		b.requestForm(faults.Refund, faults.ListMessages, form)
		if a := b.post(path, form, body); a.status != c.status || !said(a, c.says) {
			t.Errorf("%s: %d %s", form, a.status, a.body)
		}
		if e := b.ledger("INV-" + form); e.Refunded != c.done {
			t.Errorf("%s: %+v", form, e)
		}
	}
}

// The answer names another amount or order than the request. The effect is that of the request.
func TestAnswersNameSomethingElse(t *testing.T) {
	b := newBench(t)
	for _, endpoint := range []string{faults.CreatePage, faults.Capture, faults.Refund} {
		for form, want := range map[string]string{"less": `"amount":45000`, "more": `"amount":91000`} {
			invoice := "INV-" + endpoint + form
			path, body := b.callOf(endpoint, invoice)
			b.requestForm(endpoint, faults.WrongAmount, form)
			if a := b.post(path, invoice, body); a.status != 200 || !said(a, want) {
				t.Errorf("%s %s: %d %s", endpoint, form, a.status, a.body)
			}
			b.requestFault(endpoint, faults.WrongInvoice)
			if a := b.post(path, invoice, body); a.status != 409 || !said(a, `"invoice_number":"OTHER-1"`) {
				t.Errorf("%s: %d %s", endpoint, a.status, a.body)
			}
			if e := b.ledger(invoice); endpoint != faults.CreatePage && e.Captured != 90000 || e.Refunded%90000 != 0 ||
				e.Amount != 90000 {
				t.Errorf("%s: %+v", endpoint, e)
			}
			b.requestForm(faults.Status, faults.WrongAmount, form)
			if a := b.askStatus(invoice); !said(a, want) {
				t.Errorf("status: %s", a.body)
			}
		}
	}
}

func TestBadPageURLs(t *testing.T) {
	b := newBench(t)
	for form, want := range map[string]string{
		"javascript": "javascript:alert(document.domain)", "http": "http://pay.example/pay/1",
		"data":     "data:text/html,<h1>Pay</h1>",
		"relative": "/pay/1", "empty": "", "missing": "",
	} {
		b.requestForm(faults.CreatePage, faults.BadPageURL, form)
		a := b.post(createPath, form, simple("INV-"+form, 90000, ""))
		var got createAnswer
		if err := json.Unmarshal(a.body, &got); err != nil || a.status != 200 || got.Page.URL != want {
			t.Errorf("%s: %d %s", form, a.status, a.body)
		}
		if has := said(a, `"url"`); has != (form != "missing") {
			t.Errorf("%s: %s", form, a.body)
		}
		if len(b.ledger("INV-"+form).Pages) != 1 {
			t.Errorf("%s: no page was opened", form)
		}
	}
}

func TestCheckStatusLags(t *testing.T) {
	b := newBench(t)
	b.faults(`{"calls":{"status":{"status_lag":1,"lag":"2m"}}}`)
	page := b.create(simple("INV-1", 90000, ""))
	if a := b.askStatus("INV-1"); a.status != 404 {
		t.Errorf("before it could know of the page: %d %s", a.status, a.body)
	}
	b.advance(time.Minute)
	b.pay(page, goodCard)
	b.next()
	b.advance(time.Minute + time.Second)
	if got := b.status("INV-1"); got.Order.Status != "ORDER_GENERATED" || got.Transaction != nil {
		t.Errorf("a minute after the payment: %+v", got)
	}
	b.advance(time.Minute)
	if got := b.status("INV-1"); got.Transaction.Status != "SUCCESS" {
		t.Errorf("two minutes after the payment: %+v", got)
	}
	b.control("POST", "/control/settle", `{}`, nil)
	b.post(refundPath, "r1", refundBodyOf("INV-1", b.payment("INV-1").RequestID, 90000))
	if got := b.status("INV-1"); got.Transaction.Status != "SUCCESS" || got.Refund != nil {
		t.Errorf("just after the refund: %+v", got)
	}
	if a := b.askStatus("r1"); a.status != 404 {
		t.Errorf("the refund, asked by its Request-Id: %d %s", a.status, a.body)
	}
	b.advance(3 * time.Minute)
	if got := b.status("INV-1"); got.Transaction.Status != "REFUNDED" || b.ledger("INV-1").Refunded != 90000 {
		t.Errorf("long after the refund: %+v", got)
	}
}

func TestCheckStatusFindsNothing(t *testing.T) {
	b := newBench(t)
	b.sale("INV-1")
	for form, says := range map[string]string{
		faults.NoAttempt:  `"code":"TRANSACTION_NOT_FOUND"`,
		faults.NoResource: `{"message":"No static resource orders/v1/status."}`,
	} {
		b.requestForm(faults.Status, faults.StatusNotFound, form)
		if a := b.askStatus("INV-1"); a.status != 404 || !said(a, says) {
			t.Errorf("%s: %d %s", form, a.status, a.body)
		}
	}
	if b.status("INV-1").Transaction.Status != "SUCCESS" {
		t.Error("and then it does not find it either")
	}
}

func TestCheckStatusAnswersWithAnotherOrder(t *testing.T) {
	b := newBench(t)
	b.sale("INV-1")
	b.requestFault(faults.Status, faults.StatusOtherOrder)
	if got := b.status("INV-1"); got.Order.InvoiceNumber != "OTHER-1" || got.Transaction.Status != "SUCCESS" {
		t.Errorf("%+v", got)
	}
	b.create(simple("INV-2", 50000, ""))
	b.requestFault(faults.Status, faults.StatusOtherOrder)
	if got := b.status("INV-2"); got.Order.InvoiceNumber != "INV-1" || got.Order.Amount != 90000 {
		t.Errorf("%+v", got)
	}
}

// A DOKU that asks for a later retry did nothing.
func TestRetryLater(t *testing.T) {
	waits := make(chan time.Duration, 1)
	b := newBench(t, func(c *Config) {
		c.after = func(d time.Duration) <-chan time.Time { waits <- d; return closedAlarm }
	})
	path, body := b.callOf(faults.Refund, "INV-1")
	for form, status := range map[string]int{"429": 429, "503": 503} {
		b.requestForm(faults.Refund, faults.RetryAfter, form)
		if a, genuine, _ := b.rough("POST", path, "r", body); a.status != status ||
			a.header.Get("Retry-After") != "120" || genuine {
			t.Errorf("%s: %d %v", form, a.status, a.header)
		}
	}
	b.requestFault(faults.Refund, faults.RateLimited)
	if a := b.post(path, "r", body); a.status != 429 || a.code() != "too_many_requests" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if e := b.ledger("INV-1"); e.Refunded != 0 || len(e.Refunds) != 0 {
		t.Errorf("%+v", e)
	}
	b.requestFault(faults.Refund, faults.Slow)
	a := b.post(path, "r", body)
	if d := <-waits; a.status != 200 || d < 15*time.Second || d > 20*time.Second ||
		b.ledger("INV-1").Refunded != 90000 {
		t.Errorf("%d after %s", a.status, d)
	}
}
