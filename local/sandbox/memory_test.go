package sandbox

import (
	"testing"
	"time"
)

// A DOKU that forgets executes the call again, and the ledger shows it.
func TestAForgottenCaptureCapturesAgain(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Faults.ForgetAfter = Duration(time.Hour) })
	id := b.authorize("INV-1")
	first := b.post(capturePath, "cap", captureBody(id, ""))
	b.advance(time.Hour - time.Second)
	if again := b.post(capturePath, "cap", captureBody(id, "")); again.status != 409 ||
		string(again.body) != string(first.body) {
		t.Errorf("while it is remembered: %d %s", again.status, again.body)
	}
	b.advance(time.Second)
	if again := b.post(capturePath, "cap", captureBody(id, "")); again.status != 200 {
		t.Errorf("forgotten: %d %s", again.status, again.body)
	}
	e := b.ledger("INV-1")
	if e.DoubleCaptures != 1 || e.Captured != 180000 || len(e.Captures) != 2 || e.Captures[0].RequestID != "cap" ||
		e.Captures[1].RequestID != "cap" {
		t.Errorf("%+v", e)
	}
	// It was executed a minute ago, and is remembered from then.
	if again := b.post(capturePath, "cap", captureBody(id, "")); again.status != 409 {
		t.Errorf("again: %d", again.status)
	}
	// Under another Request-Id DOKU still knows that the authorisation was captured.
	var got captureAnswer
	b.call(capturePath, captureBody(id, ""), &got)
	if e := b.ledger("INV-1"); got.Payment.ResponseCode != "94" || e.DoubleCaptures != 1 {
		t.Errorf("%+v", e)
	}
}

func TestAForgottenRefundIsRefundedAgain(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Faults.ForgetAfter = Duration(time.Hour) })
	body := refundBodyOf("INV-1", b.refundable("INV-1"), 40000)
	for range 3 {
		if a := b.post(refundPath, "ref", body); a.status != 200 {
			t.Errorf("%d %s", a.status, a.body)
		}
		b.advance(time.Hour)
	}
	e := b.ledger("INV-1")
	if e.DoubleRefunds != 1 || e.Refunded != 80000 || len(e.Refunds) != 3 || e.Refunds[2].Status != "FAILED" {
		t.Errorf("%+v", e)
	}
}

func TestAForgottenPageIsOpenedAgain(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Faults.ForgetAfter, c.PageLifetime = Duration(time.Minute), 24*time.Hour })
	pages := []string{}
	for range 3 {
		b.requests = 0 // the same Request-Id
		pages = append(pages, b.create(simple("INV-1", 90000, "")))
		b.advance(time.Minute)
	}
	b.pay(pages[1], goodCard) // neither the first nor the newest
	b.next()
	e := b.ledger("INV-1")
	if e.DoublePages != 2 || len(e.Pages) != 3 || e.Pages[1].Status != statusPaid || e.Status != statusPaid ||
		len(e.Notifications) != 1 {
		t.Errorf("%+v", e)
	}
	// The Request-Id stands for the page that was paid.
	b.control("POST", "/control/settle", "", nil)
	var got refundAnswer
	b.call(refundPath, refundBodyOf("INV-1", "create-1", 90000), &got)
	if got.Refund.Status != "SUCCESS" || b.ledger("INV-1").Refunded != 90000 {
		t.Errorf("%+v", got)
	}
}

func TestDoubleCapturesUnderAnotherRequestID(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Faults.DoubleCaptures = true })
	id := b.authorize("INV-1")
	var got captureAnswer
	b.call(capturePath, captureBody(id, "30000"), &got)
	b.call(capturePath, captureBody(id, "30000"), &got)
	if e := b.ledger("INV-1"); got.Payment.Status != "SUCCESS" || e.DoubleCaptures != 1 || e.Captured != 60000 {
		t.Errorf("%+v", e)
	}
	b.advance(7 * 24 * time.Hour)
	b.call(capturePath, captureBody(id, "30000"), &got)
	if e := b.ledger("INV-1"); got.Payment.Status != "FAILED" || e.Captured != 60000 {
		t.Errorf("after it was released: %+v", e)
	}
}

func TestLedger(t *testing.T) {
	b := newBench(t)
	b.create(simple("INV-open", 10000, ""))
	b.refundable("INV-sale")
	body := refundBodyOf("INV-sale", b.payment("INV-sale").RequestID, 50000)
	b.post(refundPath, "r1", body)
	b.post(refundPath, "r1", body) // told again, not done again
	b.post(refundPath, "r2", body) // too much
	id := b.authorize("INV-auth")
	b.post(capturePath, "c1", captureBody(id, "60000"))
	b.advance(0)

	var got struct {
		Ledger []ledgerEntry
		Sum    ledgerSum
	}
	b.control("GET", "/control/ledger", "", &got)
	if len(got.Ledger) != 3 || got.Sum != (ledgerSum{Invoices: 3, Captured: 150000, Refunded: 50000}) {
		t.Errorf("%+v", got)
	}
	sale, auth := got.Ledger[1], got.Ledger[2]
	if sale.InvoiceNumber != "INV-sale" || sale.Status != statusPartly || sale.Paid != 90000 ||
		sale.Captured != 90000 ||
		len(sale.Refunds) != 2 || sale.Refunds[0].RequestID != "r1" || sale.Refunds[0].Amount != 50000 ||
		sale.Refunds[1].Status != "FAILED" ||
		len(sale.Captures) != 0 || len(sale.Notifications) != 1 || !sale.Notifications[0].Acknowledged ||
		sale.Notifications[0].State != delivered {
		t.Errorf("%+v", sale)
	}
	if auth.Paid != 90000 || auth.Captured != 60000 || len(auth.Captures) != 1 || auth.Captures[0] != (ledgerCapture{
		At: auth.Captures[0].At, RequestID: "c1", AuthorizeID: id, Amount: 60000, Status: "SUCCESS",
		ResponseCode: "00"}) {
		t.Errorf("%+v", auth)
	}
}
