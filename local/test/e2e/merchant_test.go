package e2e

import (
	"fmt"
	"testing"

	"kasir/local/customer"
)

// reserves orders the cloth that is made to order, which reserves the money, and opens the order on the merchant's
// page.
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
	s.clicks("#to-merchant")
	s.until(`document.querySelector("#order")?.dataset.status === "AUTHORIZED"`)
	return invoice
}

func (s *shopper) captures(amount string) {
	s.t.Helper()
	s.types("#capture-amount", amount)
	s.clicks("#capture-button")
	s.sees("Captured Rp" + amount)
}

func (s *shopper) refunds(amount, left string) {
	s.t.Helper()
	s.types("#refund-amount", amount)
	s.clicks("#refund-button")
	s.sees("Refunded Rp" + amount)
	s.until(`document.querySelector("#amounts").innerText.includes("Refundable\nRp` + left + `")`)
}

// The cloth ships for less than was reserved. The customer gets a part back, twice, and then the rest.
func TestCaptureOnShippingAndRefundInParts(t *testing.T) {
	s := newShopper(t, nil)
	invoice := s.reserves()
	s.looks("83-merchant-reserved")
	s.captures("1.000.000")
	s.until(`document.querySelector("#order").dataset.status === "PAID"`)
	s.looks("84-merchant-captured")
	s.settles(invoice)
	s.refunds("200.000", "800.000")
	s.refunds("300.000", "500.000")
	s.until(`document.querySelector("#order").dataset.status === "PARTIALLY_REFUNDED"`)
	s.looks("85-merchant-partly-refunded")
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("PARTIALLY_REFUNDED")
	s.looks("86-order-partly-refunded")
	s.opens("/merchant.html?invoice=" + invoice)
	s.until(`document.querySelector("#refund-amount").value === "500.000"`)
	s.refunds("500.000", "0")
	s.until(`document.querySelector("#order").dataset.status === "REFUNDED"`)
	s.looks("87-merchant-refunded")
	p, err := s.api.Payment(t.Context(), invoice)
	if err != nil || p.Captured != 1_000_000 || p.Refunded != 1_000_000 || p.Refundable != 0 || len(p.Refunds) != 3 {
		t.Errorf("the API says %+v, %v", p, err)
	}
	if doku := s.dokuPayments(invoice)[0]; doku.Captured != 1_000_000 || doku.Refunded != 1_000_000 ||
		len(doku.Refunds) != 3 {
		t.Errorf("DOKU says %+v", doku)
	}
}

// Before settlement the payment can only be voided whole. A refusal by DOKU is shown, and reserves no amount.
func TestVoidBeforeSettlement(t *testing.T) {
	s := newShopper(t, nil)
	invoice := s.reserves()
	s.captures("1.250.000")
	s.types("#refund-amount", "250.000")
	s.clicks("#refund-button")
	s.sees("only the full amount can be voided")
	s.looks("88-merchant-refund-refused")
	s.refunds("1.250.000", "0")
	s.until(`document.querySelector("#order").dataset.status === "VOIDED"`)
	s.looks("89-merchant-voided")
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("VOIDED")
	if rows := s.reads(`String(document.querySelectorAll("#refund-list li").length)`); rows != "1" {
		t.Errorf("the customer sees %s refunds, want the one that was made", rows)
	}
	s.looks("90-order-voided")
}

// paidWhileStaffRefund buys a thing, and opens the merchant's page of the order. DOKU's staff carry out its refunds.
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
	s.opens("/merchant.html?invoice=" + invoice)
	s.until(`document.querySelector("#order").dataset.status === "PAID"`)
	return s, invoice
}

// DOKU's staff carry out some refunds. The money counts as refunded, and both see that it takes days.
func TestRefundByHand(t *testing.T) {
	s, invoice := paidWhileStaffRefund(t, "selendang")
	s.types("#refund-amount", "85.000")
	s.clicks("#refund-button")
	s.sees("DOKU’s people give Rp85.000 back; that takes some days.")
	s.until(`document.querySelector("#refund-list .badge")?.textContent === "On its way"`)
	s.sees("Rp200.000") // still refundable
	s.looks("91-merchant-refund-by-hand")
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("PARTIALLY_REFUNDED")
	s.sees("done by people at DOKU: takes some days")
	s.looks("92-order-refund-by-hand")
}

func (s *shopper) settles(invoice string) {
	s.t.Helper()
	s.posts("/control/settle", fmt.Sprintf(`{"invoice_number":%q}`, invoice))
}
