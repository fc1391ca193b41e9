package sandbox

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	goodCard  = "5573381011111101"
	poorCard  = "4000 0000 0000 0051"
	no3DCard  = "4000000000033003"
	refusedBy = "4000000000070005"
)

func TestSaleEndsPaidAndIsNotified(t *testing.T) {
	b := newBench(t)
	page := b.create(`{"order":{"invoice_number":"INV-1","amount":90000},
		"customer":{"id":"CUST-1","name":"Anton Budiman","email":"anton@example.com"}}`)
	if got := b.payment("INV-1").Status; got != statusOpen {
		t.Errorf("before paying: %s", got)
	}
	a := b.pay(page, goodCard)
	if !strings.Contains(string(a.body), "Payment successful") {
		t.Errorf("no success page: %s", a.body)
	}
	n := b.next()
	if len(n.requestID) != 75 || !strings.HasPrefix(n.requestID, "CREDIT_CARD") {
		t.Errorf("Request-Id %q", n.requestID)
	}
	got := n.body
	if got.Order.InvoiceNumber != "INV-1" || got.Order.Amount != 90000 ||
		got.Transaction.Type != "SALE" || got.Transaction.Status != "SUCCESS" ||
		got.Transaction.OriginalRequestID != "create-1" || got.Transaction.Date != "2026-08-27T10:00:00Z" ||
		got.Customer.ID != "CUST-1" || got.Service.ID != "CREDIT_CARD" || got.Channel.ID != "CREDIT_CARD" ||
		got.Acquirer.ID != "BANK_MANDIRI" || got.CardPayment.Masked != "557338******1101" ||
		got.CardPayment.ResponseCode != "00" || len(got.CardPayment.ApprovalCode) != 6 ||
		got.CardPayment.AuthorizeID != "" {
		t.Errorf("notified %s", n.raw)
	}
	if got := b.payment("INV-1").Status; got != statusPaid {
		t.Errorf("after paying: %s", got)
	}
	if again := b.get(page); !strings.Contains(string(again.body), "Payment successful") || again.status != 200 {
		t.Errorf("a paid page shown again: %d %s", again.status, again.body)
	}
}

func TestAuthorizeIsNotifiedPendingWithAnID(t *testing.T) {
	b := newBench(t)
	a := b.pay(b.create(simple("INV-2", 90000, `,"payment":{"type":"AUTHORIZE"}`)), goodCard)
	if !strings.Contains(string(a.body), "Payment authorised") {
		t.Errorf("%s", a.body)
	}
	got := b.next().body
	if got.Transaction.Type != "AUTHORIZE" || got.Transaction.Status != "PENDING" ||
		got.CardPayment.ResponseCode != "00" || len(got.CardPayment.AuthorizeID) != 17 {
		t.Errorf("notified %+v", got)
	}
	if got := b.payment("INV-2").Status; got != statusAuthorized {
		t.Error(got)
	}
}

func TestDeclinesAreNotifiedAndAnotherCardPays(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-3", 50000, `,"payment":{"type":"SALE"}`))
	for _, c := range []struct{ number, code, message, threeD, said string }{
		{poorCard, "51", "INSUFFICIENT FUNDS", "TRUE", "not enough money"},
		{"4000000000070054", "54", "EXPIRED CARD", "TRUE", "expired"},
		{refusedBy, "05", "DO NOT HONOUR", "TRUE", "did not approve"},
		{no3DCard, "05", "3D SECURE AUTHENTICATION FAILED", "FALSE", "could not confirm"},
	} {
		a := b.pay(page, c.number)
		if s := string(a.body); !strings.Contains(s, c.said) || !strings.Contains(s, "Try another card") {
			t.Errorf("%s: the page says %s", c.code, s)
		}
		got := b.next().body
		if got.Transaction.Status != "FAILED" || got.CardPayment.ResponseCode != c.code ||
			got.CardPayment.ResponseMessage != c.message || got.CardPayment.ThreeDSecure != c.threeD ||
			got.CardPayment.ApprovalCode != "" {
			t.Errorf("%s notified as %+v", c.number, got)
		}
		if got := b.payment("INV-3").Status; got != statusFailed {
			t.Error(got)
		}
	}
	b.pay(page, goodCard)
	if got := b.next().body.Transaction.Status; got != "SUCCESS" {
		t.Error(got)
	}
	if p := b.payment("INV-3"); p.Status != statusPaid || len(p.Attempts) != 5 {
		t.Errorf("%+v", p)
	}
}

func TestThreeWrongPasswordsFailTheAttempt(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-4", 50000, ""))
	b.submit(page, cardValues(goodCard))
	otp := stepOf(page, "/otp")
	for i, said := range []string{"2 tries left", "One try left"} {
		if a := b.submit(otp, url.Values{"otp": {"000000"}}); a.status != 422 ||
			!strings.Contains(string(a.body), said) {
			t.Errorf("wrong password %d: %d %s", i+1, a.status, a.body)
		}
	}
	if a := b.submit(otp, url.Values{"otp": {"000000"}}); !strings.Contains(string(a.body), "Payment declined") {
		t.Errorf("third: %s", a.body)
	}
	if n := b.next().body; n.Transaction.Status != "FAILED" || n.CardPayment.ThreeDSecure != "FALSE" {
		t.Errorf("%+v", n)
	}
	// The right password comes too late for this attempt.
	b.submit(otp, url.Values{"otp": {OTP}})
	if got := b.payment("INV-4").Status; got != statusFailed {
		t.Error(got)
	}
}

func TestOTPSentManyTimesPaysOnce(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-5", 50000, ""))
	b.submit(page, cardValues(goodCard))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if a := b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}}); !strings.Contains(string(a.body),
				"Payment successful") {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
	all.Wait()
	b.next()
	if p := b.payment("INV-5"); len(p.Attempts) != 1 {
		t.Errorf("%d attempts", len(p.Attempts))
	}
	var list struct{ Notifications []controlNotification }
	b.control("GET", "/control/notifications?invoice_number=INV-5", "", &list)
	if len(list.Notifications) != 1 {
		t.Errorf("%d notifications", len(list.Notifications))
	}
}

func TestPasswordOfAReplacedCardDecidesNothing(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-6", 50000, ""))
	first := b.submit(page, cardValues(poorCard))
	id := regexp.MustCompile(`name="attempt" value="(\w+)"`).FindSubmatch(first.body)
	b.submit(page, cardValues(goodCard))
	a := b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}, "attempt": {string(id[1])}})
	if p := b.payment("INV-6"); p.Status != statusOpen || p.Attempts[0].Status != "ABANDONED" {
		t.Errorf("%+v after %s", p, a.body)
	}
}

func TestSecondPageOfAnInvoice(t *testing.T) {
	b := newBench(t)
	first, second := b.create(simple("INV-7", 50000, "")), b.create(simple("INV-7", 50000, ""))
	if first == second {
		t.Error("two Request-Ids share a page")
	}
	b.submit(second, cardValues(goodCard)) // left waiting for its one-time password
	b.pay(first, goodCard)
	if a := b.submit(stepOf(second, "/otp"), url.Values{"otp": {OTP}}); !strings.Contains(string(a.body),
		"paid already") {
		t.Errorf("second page: %s", a.body)
	}
	a := b.post("/credit-card/v1/payment-page", "third", simple("INV-7", 50000, ""))
	if a.status != 409 || a.code() != "DUPLICATE_TRANSACTION" {
		t.Errorf("a page for a paid invoice: %d %s", a.status, a.body)
	}
}

func TestExpiredPage(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-8", 50000, ""))
	b.submit(page, cardValues(goodCard))
	b.advance(time.Hour - time.Second)
	if a := b.get(page); a.status != 200 {
		t.Errorf("a second before: %d", a.status)
	}
	b.advance(time.Second)
	for _, a := range []answer{
		b.get(page), b.submit(page, cardValues(goodCard)), b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}}),
	} {
		if a.status != 410 || !strings.Contains(string(a.body), "has expired") {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if got := b.payment("INV-8").Status; got != statusExpired {
		t.Error(got)
	}
}

func TestIdempotency(t *testing.T) {
	b := newBench(t)
	const path = "/credit-card/v1/payment-page"
	first := b.post(path, "same", simple("INV-9", 50000, ""))
	again := b.post(path, "same", simple("INV-9", 50000, ""))
	if first.status != 200 || again.status != 409 || string(first.body) != string(again.body) {
		t.Errorf("%d %s\n%d %s", first.status, first.body, again.status, again.body)
	}
	other := b.post(path, "same", simple("INV-9", 50001, ""))
	if other.status != 409 || other.code() != "DUPLICATE_TRANSACTION" {
		t.Errorf("same Request-Id, other body: %d %s", other.status, other.body)
	}
	if got := len(b.s.book.pages); got != 1 {
		t.Errorf("%d pages", got)
	}
	// A refused call had no effect, so its Request-Id is free.
	if a := b.post(path, "fresh", `{}`); a.status != 400 {
		t.Errorf("%d", a.status)
	}
	if a := b.post(path, "fresh", simple("INV-10", 50000, "")); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestOneRequestIDAtOnceOpensOnePage(t *testing.T) {
	b := newBench(t)
	var all sync.WaitGroup
	bodies := make([]string, 20)
	for i := range bodies {
		all.Go(func() {
			bodies[i] = string(b.post("/credit-card/v1/payment-page", "same", simple("INV-11", 50000, "")).body)
		})
	}
	all.Wait()
	for _, body := range bodies {
		if body != bodies[0] || !json.Valid([]byte(body)) {
			t.Errorf("%s", body)
		}
	}
}
