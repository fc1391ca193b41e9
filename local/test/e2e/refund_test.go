package e2e

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"

	"kasir/local/customer"
)

// reserves orders the cloth that is made to order, which reserves the money.
func (s *shopper) reserves() string {
	s.t.Helper()
	s.opens("/")
	s.clicks(`[data-add="tenun"]`)
	s.opens("/checkout.html")
	s.until(`document.querySelector("#pay").textContent === "Reserve Rp1.250.000"`)
	s.looks("80-reserve-in-the-shop")
	invoice := s.goesToPay()
	s.picks(customer.Mastercard)
	s.confirms()
	s.sees("Payment authorised")
	s.looks("81-authorized-hosted-page")
	s.comesBack()
	s.seesStatus("AUTHORIZED")
	s.looks("82-reserved")
	return invoice
}

// asks sends an act on an order to the API, as the merchant's back end does, and returns the order if it succeeds.
func (s *shopper) asks(invoice, act, body string, status int) (order acted) {
	s.t.Helper()
	key := http.Header{"Idempotency-Key": {rand.Text()}}
	got, err := s.api.Do(s.t.Context(), http.MethodPost, "/payments/"+invoice+"/"+act, key, []byte(body))
	if err != nil || got.Status != status {
		s.t.Fatalf("%s %s: %d %s, %v; want %d", act, body, got.Status, got.Body, err, status)
	}
	if got.Status >= 400 {
		return acted{}
	}
	if err := json.Unmarshal(got.Body, &order); err != nil {
		s.t.Fatal(err)
	}
	return order
}

// acted is the part of an order that an act on it needs.
type acted struct {
	Status    string
	Refunds   []struct{ ID, Status string }
	Conflicts []struct{ ID string }
}

// The cloth ships for less than was reserved. The customer gets a part back, twice, and then the rest. The page of the
// order shows it without being loaded again.
func TestCaptureOnShippingAndRefundInParts(t *testing.T) {
	s := newShopper(t, nil)
	invoice := s.reserves()
	s.asks(invoice, "capture", `{"payment":{"capture_amount":1000000}}`, http.StatusOK)
	s.seesStatus("PAID")
	s.sees("Rp1.000.000") // charged
	s.looks("84-order-captured")
	s.settles(invoice)
	s.asks(invoice, "refunds", `{"refund":{"amount":200000},"expected_refundable":1000000}`, http.StatusCreated)
	s.asks(invoice, "refunds", `{"refund":{"amount":300000},"expected_refundable":800000}`, http.StatusCreated)
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("PARTIALLY_REFUNDED")
	s.until(`document.querySelectorAll("#refund-list li").length === 2`)
	s.looks("86-order-partly-refunded")
	s.asks(invoice, "refunds", `{"refund":{"amount":500000},"expected_refundable":500000}`, http.StatusCreated)
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("REFUNDED")
	p, err := s.api.Payment(t.Context(), invoice)
	if err != nil || p.Captured != 1_000_000 || p.Refunded != 1_000_000 || p.Refundable != 0 || len(p.Refunds) != 3 {
		t.Errorf("the API says %+v, %v", p, err)
	}
	if doku := s.dokuPayments(invoice)[0]; doku.Captured != 1_000_000 || doku.Refunded != 1_000_000 ||
		len(doku.Refunds) != 3 {
		t.Errorf("DOKU says %+v", doku)
	}
}

// Before settlement the payment can only be voided whole. A refusal by DOKU reserves no amount, and is not the
// customer's affair.
func TestVoidBeforeSettlement(t *testing.T) {
	s := newShopper(t, nil)
	invoice := s.reserves()
	s.asks(invoice, "capture", `{}`, http.StatusOK)
	s.asks(invoice, "refunds", `{"refund":{"amount":250000},"expected_refundable":1250000}`,
		http.StatusUnprocessableEntity)
	s.asks(invoice, "refunds", `{"refund":{"amount":1250000},"expected_refundable":1250000}`, http.StatusCreated)
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("VOIDED")
	if rows := s.reads(`String(document.querySelectorAll("#refund-list li").length)`); rows != "1" {
		t.Errorf("the customer sees %s refunds, want the one that was made", rows)
	}
	s.looks("90-order-voided")
}

// paidWhileStaffRefund buys a thing. DOKU's staff carry out its refunds.
func paidWhileStaffRefund(t *testing.T, thing string) (s *shopper, invoice string) {
	t.Helper()
	s = newShopper(t, nil)
	s.checksOut(thing)
	invoice = s.goesToPay()
	s.picks(customer.Visa)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	s.settles(invoice)
	s.posts("/control/manual-refunds", `{"on":true}`)
	return s, invoice
}

// DOKU's staff carry out some refunds. The money counts as refunded, and the customer sees that it takes days.
func TestRefundByHand(t *testing.T) {
	s, invoice := paidWhileStaffRefund(t, "selendang")
	s.asks(invoice, "refunds", `{"refund":{"amount":85000}}`, http.StatusCreated)
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("PARTIALLY_REFUNDED")
	s.sees("done by people at DOKU: takes some days")
	s.until(`document.querySelector("#refund-list .badge").textContent === "On its way"`)
	s.looks("92-order-refund-by-hand")
	if p, err := s.api.Payment(t.Context(), invoice); err != nil || p.Refundable != 200_000 {
		t.Errorf("the API says %+v, %v", p, err)
	}
}

func (s *shopper) settles(invoice string) {
	s.t.Helper()
	s.posts("/control/settle", fmt.Sprintf(`{"invoice_number":%q}`, invoice))
}

// The order's page leads to the same order in the console, after a choice of the role.
func TestTheOrderInTheConsole(t *testing.T) {
	s := newShopper(t, nil)
	answer, err := http.Get(s.stack.Console)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode == http.StatusServiceUnavailable && os.Getenv("CI") != "true" {
		t.Skip("the console is not built: make console")
	}
	s.checksOut("madu")
	invoice := s.goesToPay()
	s.opens("/order.html?invoice=" + invoice)
	s.clicks("#to-console")
	s.clicks(`button[value="support"]`)
	s.until(`document.querySelector("main h1")?.textContent.includes(` + quote(invoice) + `)`)
	s.until(`[...document.querySelectorAll("main button")].some((b) => b.innerText.trim() === "Close the order")`)
}
