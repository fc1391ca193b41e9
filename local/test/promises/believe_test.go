package promises

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kasir/local/customer"
	"kasir/local/sandbox"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// postGenuine posts a genuine notification about an invoice. It must be accepted.
func (h *fixture) postGenuine(t *testing.T, invoice, amount, transaction, card string) {
	t.Helper()
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%s},"channel":{"id":"CREDIT_CARD"},"transaction":{%s},`+
		`"card_payment":{"masked_card_number":"557338******1101","response_code":"00"%s}}`, invoice, amount,
		transaction, card)
	if code := h.report(t, "CREDIT_CARD"+rand.Text(), sandbox.DefaultSecretKey, "HMACSHA256=",
		body); code != http.StatusOK {
		t.Fatalf("a notification: %d", code)
	}
}

// A date that JSON cannot express, or that is far away, neither breaks GET nor changes the end of an authorisation.
func TestBelieve1ADateBreaksNoAnswer(t *testing.T) {
	t.Parallel()
	h := common(t)
	for _, date := range []string{
		"9999-12-31T23:59:59Z", "9999-12-31T23:59:59-07:00", "0000-01-01T00:00:00+07:00", "2096-01-01T00:00:00Z",
		time.Now().UTC().Add(7 * time.Hour).Format("2006-01-02T15:04:05Z"), // WIB, labelled as UTC
	} {
		invoice := freshInvoice("DATE")
		if _, err := h.CreatePage(t.Context(),
			[]byte(createBody(invoice, `,"payment":{"type":"AUTHORIZE"}`))); err != nil {
			t.Fatal(err)
		}
		h.postGenuine(t, invoice, "90000", `"type":"AUTHORIZE","status":"PENDING","date":"`+date+`"`,
			`,"authorize_id":"17"`)
		shown := h.show(t, invoice)
		held, _ := shown["authorization"].(map[string]any)
		end, err := time.Parse(time.RFC3339, fmt.Sprint(held["expires_at"]))
		if left := time.Until(end); err != nil || shown["status"] != "AUTHORIZED" || left > 7*24*time.Hour ||
			left < 7*24*time.Hour-10*time.Minute {
			t.Errorf("%s: %v until %v, %v", date, shown["status"], held["expires_at"], err)
		}
	}
}

// A customer pays before the order exists. The order is paid from its creation on, and there is no page to pay again.
func TestBelieve5AnOrphanIsPartOfItsOrder(t *testing.T) {
	t.Parallel()
	h := common(t)
	invoice, now := freshInvoice("ORPHAN"), time.Now().UTC().Format(time.RFC3339)
	h.postGenuine(t, invoice, "90000", `"type":"SALE","status":"SUCCESS","date":"`+now+`"`, `,"approval_code":"448998"`)
	if got := h.request(t, "GET", "/payments/"+invoice, "", ""); got.status != http.StatusNotFound {
		t.Errorf("GET before it is created: %d %s", got.status, got.text)
	}
	got := h.request(t, "POST", "/payments", "", createBody(invoice, ""))
	if ids := h.doku.ids("createpage", invoice); got.status != http.StatusConflict || len(ids) != 0 ||
		h.show(t, invoice)["status"] != "PAID" {
		t.Errorf("created: %d %s, %d pages, kasir: %s", got.status, got.text, len(ids), brief(h.show(t, invoice)))
	}
	old := freshInvoice("ORPHAN")
	h.postGenuine(t, old, "90000", `"type":"SALE","status":"SUCCESS","date":"2026-01-01T10:00:00Z"`,
		`,"approval_code":"448998"`)
	h.request(t, "POST", "/payments", "", createBody(old, ""))
	if shown := h.show(t, old); shown["status"] != "NEEDS_REVIEW" || shown["conflict"] == nil ||
		number(shown, "captured") != 0 {
		t.Errorf("a report of another year: %s %v", brief(shown), shown["conflict"])
	}
}

// A page that has ended is not given out again. The same request makes the next page, which can be paid.
func TestBelieve7APageThatHasEndedIsNotHandedOut(t *testing.T) {
	t.Parallel()
	h, invoice := common(t), freshInvoice("NEXT")
	url := func(r reply) string {
		page, _ := r.body["credit_card_payment_page"].(map[string]any)
		return fmt.Sprint(page["url"])
	}
	first := h.request(t, "POST", "/payments", "", createBody(invoice, ""))
	if again := h.request(t, "POST", "/payments", "", createBody(invoice, "")); first.status != 201 ||
		again.status != 200 || url(again) != url(first) {
		t.Fatalf("%d %s, then %d %s", first.status, first.text, again.status, again.text)
	}
	other := strings.Replace(createBody(invoice, ""), "90000", "80000", 1)
	if got := h.request(t, "POST", "/payments", "", other); got.status != http.StatusConflict ||
		!strings.Contains(got.text, "stands until") {
		t.Errorf("another amount: %d %s", got.status, got.text)
	}
	h.age(t, invoice, 61*time.Minute)
	if shown := h.show(t, invoice); shown["page"] != nil {
		t.Errorf("a page that has ended is shown: %v", shown["page"])
	}
	if got := h.request(t, "POST", "/payments", "", other); got.status != http.StatusConflict ||
		!strings.Contains(got.text, "another invoice number") {
		t.Errorf("another amount, after its end: %d %s", got.status, got.text)
	}
	next := h.request(t, "POST", "/payments", "", createBody(invoice, ""))
	if next.status != 201 || url(next) == url(first) || len(h.doku.ids("status", invoice)) == 0 {
		t.Fatalf("after its end: %d %s", next.status, next.text)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, url(next), customer.Mastercard); err != nil {
		t.Fatal(err)
	}
	if !until(t, 10*time.Second, func() bool { return h.show(t, invoice)["status"] == "PAID" }) ||
		h.ledger(t, invoice).Captured != 90000 {
		t.Errorf("kasir: %s, DOKU: %+v", brief(h.show(t, invoice)), h.ledger(t, invoice))
	}
}

// DOKU's staff reject a manual refund days after DOKU agreed to it. The amount can then be refunded again.
func TestBelieve8AManualRefundThatFailsIsTakenBack(t *testing.T) {
	t.Parallel()
	h, invoice := manual(t), freshInvoice("MANUAL")
	h.makeSale(t, invoice)
	h.control(t, "manual-refunds", `{"on":true}`)
	got := h.refund(t, invoice, rand.Text(), 30000)
	refund, _ := got.body["refund"].(map[string]any)
	id, _ := refund["id"].(string)
	if got.status != 201 || refund["status"] != "MANUAL" || number(h.show(t, invoice), "refundable") != 60000 {
		t.Fatalf("%d %s", got.status, got.text)
	}
	h.control(t, "manual-refunds/reject", fmt.Sprintf(`{"invoice_number":%q}`, invoice))
	desk := payment.Service{Store: &h.orders, Now: time.Now}
	act := order.Act{By: "sari", Note: "rejected by DOKU"}
	if _, err := desk.Resolve(t.Context(),
		payment.ResolveRequest{Invoice: invoice, Operation: id, Act: act}); err != nil {
		t.Fatal(err)
	}
	if shown := h.show(t, invoice); number(shown, "refundable") != 90000 || number(shown, "refunded") != 0 {
		t.Errorf("kasir: %s", brief(shown))
	}
	h.control(t, "manual-refunds", `{"on":false}`)
	if got := h.refund(t, invoice, rand.Text(), 90000); got.status != 201 || h.ledger(t, invoice).Refunded != 90000 {
		t.Errorf("asked for again: %d %s, DOKU: %+v", got.status, got.text, h.ledger(t, invoice))
	}
}

// manual is a stack of its own, because the kind of refunds is a setting of the whole DOKU.
var manual = lazyFixture(nil, `{}`)
