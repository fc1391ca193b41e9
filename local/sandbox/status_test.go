package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// signedGet signs DOKU's four lines, because a GET has no Digest.
func (b *bench) signedGet(target string, change func(http.Header)) answer {
	b.t.Helper()
	req, _ := http.NewRequest("GET", b.url+target, nil)
	at := start.Format("2006-01-02T15:04:05Z")
	req.Header.Set("Client-Id", DefaultClientID)
	req.Header.Set("Request-Id", "ask")
	req.Header.Set("Request-Timestamp", at)
	four := "Client-Id:" + DefaultClientID + "\nRequest-Id:ask\nRequest-Timestamp:" + at + "\nRequest-Target:" + target
	req.Header.Set("Signature", hmacOver(four))
	change(req.Header)
	a := b.do(req)
	if got := a.header.Get("Signature"); got != hmacOver("Client-Id:"+DefaultClientID+
		"\nRequest-Id:ask\nResponse-Timestamp:"+
		a.header.Get("Response-Timestamp")+"\nRequest-Target:"+target+"\nDigest:"+sha(a.body)) {
		b.t.Errorf("the answer's signature %q", got)
	}
	return a
}

func (b *bench) status(of string) statusAnswer {
	b.t.Helper()
	a := b.signedGet("/orders/v1/status/"+of, func(http.Header) {})
	if a.status != 200 {
		b.t.Fatalf("status of %s: %d %s", of, a.status, a.body)
	}
	var out statusAnswer
	if err := json.Unmarshal(a.body, &out); err != nil {
		b.t.Fatal(err)
	}
	return out
}

func TestStatusIsSignedWithoutADigest(t *testing.T) {
	b := newBench(t)
	b.create(simple("INV-1", 90000, ""))
	const target = "/orders/v1/status/INV-1"
	if a := b.signedGet(target, func(http.Header) {}); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	empty := sha(nil)
	for name, change := range map[string]func(http.Header){
		"a Digest header": func(h http.Header) { h.Set("Digest", empty) },
		"a Digest line": func(h http.Header) {
			h.Set("Signature", hmacOver("Client-Id:"+DefaultClientID+"\nRequest-Id:ask\nRequest-Timestamp:"+
				h.Get("Request-Timestamp")+"\nRequest-Target:"+target+"\nDigest:"+empty))
		},
		"a line feed at the end": func(h http.Header) {
			h.Set("Signature", hmacOver("Client-Id:"+DefaultClientID+"\nRequest-Id:ask\nRequest-Timestamp:"+
				h.Get("Request-Timestamp")+"\nRequest-Target:"+target+"\n"))
		},
	} {
		if a := b.signedGet(target, change); a.status != 400 || a.code() != "invalid_signature" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := b.signedGet("/orders/v1/status/nobody", func(http.Header) {}); a.status != 404 || a.code() == "" {
		t.Errorf("unknown: %d %s", a.status, a.body)
	}
}

func TestStatusFollowsThePayment(t *testing.T) {
	b := newBench(t)
	see := func(when, of, status, kind string) {
		t.Helper()
		got := b.status(of)
		if got.Transaction == nil || got.Transaction.Status != status || got.Transaction.Type != kind {
			t.Errorf("%s: %+v, want %s %s", when, got.Transaction, status, kind)
		}
	}
	page := b.create(simple("INV-1", 90000, ""))
	if got := b.status("INV-1"); got.Order.Status != "ORDER_GENERATED" || got.Transaction != nil ||
		got.CardPayment != nil {
		t.Errorf("unpaid: %+v", got)
	}
	b.submit(page, cardValues(poorCard))
	see("waiting for the password", "INV-1", "REDIRECT", "SALE")
	b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}})
	see("declined", "INV-1", "FAILED", "SALE")
	b.pay(page, goodCard)
	see("paid", "INV-1", "SUCCESS", "SALE")
	got := b.status("create-1")
	if c := got.CardPayment; c == nil || c.Masked != "557338******1101" || c.ThreeDSecure != "TRUE" ||
		c.Brand != "MASTER" ||
		got.Transaction.OriginalRequestID != "create-1" || got.Acquirer.ID != "BANK_MANDIRI" {
		t.Errorf("by Request-Id: %+v", got)
	}

	b.control("POST", "/control/settle", "", nil)
	var r refundAnswer
	part := b.call(refundPath, refundBodyOf("INV-1", "create-1", 30000), &r)
	see("partly refunded", "INV-1", "SUCCESS", "SALE")
	see("the refund itself", part, "REFUNDED", "PARTIAL_REFUND")
	if got := b.status(part).Refund; got == nil || got.Amount != "30000" || got.Status != "SUCCESS" {
		t.Errorf("%+v", got)
	}
	refused := b.call(refundPath, refundBodyOf("INV-1", "create-1", 90000), &r)
	see("a refused refund", refused, "FAILED", "FULL_REFUND")
	b.call(refundPath, refundBodyOf("INV-1", "create-1", 60000), &r)
	see("all refunded", "INV-1", "REFUNDED", "REFUND")
}

func TestStatusOfAuthorizations(t *testing.T) {
	b := newBench(t)
	id := b.authorize("INV-1")
	if got := b.status("INV-1"); got.Transaction.Status != "PENDING" || got.Transaction.Type != "AUTHORIZE" ||
		got.CardPayment.AuthorizeID != id {
		t.Errorf("authorised: %+v", got.Transaction)
	}
	var c captureAnswer
	requestID := b.call(capturePath, captureBody(id, ""), &c)
	if got := b.status(requestID).Transaction; got.Status != "SUCCESS" || got.Type != "CAPTURE" {
		t.Errorf("captured: %+v", got)
	}
	var r refundAnswer
	b.call(refundPath, refundBodyOf("INV-1", "create-1", 90000), &r)
	if got := b.status("INV-1").Transaction; got.Status != "VOIDED" || got.Type != "VOID" {
		t.Errorf("voided: %+v", got)
	}
	b.authorize("INV-2")
	b.create(simple("INV-3", 90000, ""))
	b.advance(7 * 24 * time.Hour)
	if got := b.status("INV-2").Transaction; got.Status != "EXPIRED" {
		t.Errorf("released: %+v", got)
	}
	if got := b.status("INV-3"); got.Order.Status != "ORDER_EXPIRED" {
		t.Errorf("expired page: %+v", got)
	}
}

func TestStatusOfAnEscapedInvoice(t *testing.T) {
	b := newBench(t)
	b.create(simple("INV/2026/1", 90000, ""))
	target := "/orders/v1/status/" + url.PathEscape("INV/2026/1")
	a := b.signedGet(target, func(http.Header) {})
	if a.status != 200 || !strings.Contains(string(a.body), "INV/2026/1") {
		t.Errorf("%d %s", a.status, a.body)
	}
}
