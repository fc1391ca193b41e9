package e2e

import (
	"testing"

	"kasir/local/customer"
)

// The merchant closes an order. The customer, who still has DOKU's page, pays nevertheless, and the money is refunded.
func TestPaidAfterClosing(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("madu")
	invoice := s.goesToPay()
	shop := s.newTab()
	shop.opens("/merchant.html?invoice=" + invoice)
	shop.types("#close-note", "sold out")
	shop.looks("110-merchant-open")
	shop.clicks("#close-button")
	shop.sees("Closed: it gets no further page.")
	shop.sees("sold out")
	shop.looks("111-merchant-closed")
	shop.opens("/order.html?invoice=" + invoice)
	shop.sees("This order was closed")
	shop.looks("112-order-closed")

	s.turnsTo()
	s.picks(customer.Mastercard)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	s.sees("Your payment came after the order was closed")
	s.looks("113-paid-after-closing")
	s.opens("/merchant.html?invoice=" + invoice)
	s.sees("Paid although the order was closed.")
	s.until(`document.querySelector("#refund-amount").value === "85.000"`)
	s.looks("114-merchant-paid-after-closing")
	s.clicks("#refund-button")
	s.sees("Refunded Rp85.000")
	s.until(`document.querySelector("#order").dataset.status === "VOIDED"`)
}

// A closed order gets no next page, and can be ordered again under another number.
func TestAClosedOrderIsOrderedAgain(t *testing.T) {
	s := newShopper(t, soon)
	s.checksOut("madu")
	invoice := s.goesToPay()
	s.opens("/merchant.html?invoice=" + invoice)
	s.clicks("#close-button")
	s.sees("Closed: it gets no further page.")
	s.opens("/checkout.html")
	s.sees("This order was closed: " + invoice + ". You can order again")
	s.until(`document.querySelector("#pay")?.textContent.startsWith("Pay Rp")`)
	s.looks("115-checkout-closed")
	if second := s.goesToPay(); second == invoice {
		t.Error("the closed order was asked for again")
	}
}

// DOKU's staff reject a refund. The merchant records that, and the money can be refunded in another way.
func TestARefundByHandIsRejected(t *testing.T) {
	s, _ := paidWhileStaffRefund(t, "madu")
	s.clicks("#refund-button")
	s.sees("DOKU’s people give Rp85.000 back.")
	s.types("#decision-list input", "the card is closed")
	s.looks("116-merchant-manual")
	s.clicks("#decision-list .quiet")
	s.until(`document.querySelector("#decisions").hidden && document.querySelector("#refund-amount").value === ` +
		`"85.000"`)
	s.until(`document.querySelector("#order").dataset.status === "PAID"`)
	s.looks("117-merchant-rejected")
}

// DOKU reports less than the order's amount. The customer reads that it is being checked; the merchant decides that it
// counts.
func TestAConflictIsDecided(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("madu")
	invoice := s.goesToPay()
	s.reports(invoice, 80000)
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("NEEDS_REVIEW")
	s.sees("Please do not pay again. If you paid, your payment is not lost")
	s.looks("118-order-needs-review")
	s.clicks("#to-merchant")
	s.until(`document.querySelectorAll("#decision-list li").length === 1`)
	s.looks("119-merchant-conflict")
	s.types("#decision-list input", "a promo of the bank")
	s.clicks("#decision-list .button")
	s.until(`document.querySelector("#order").dataset.status === "PAID" && document.querySelector("#decisions").hidden`)
	s.sees("Decided: it counts")
	s.looks("120-merchant-decided")
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("PAID")
	s.sees("Rp80.000") // charged
	s.looks("121-order-decided")
}
