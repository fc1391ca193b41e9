package e2e

import (
	"testing"

	"kasir/local/customer"
)

// The customer closes the browser's tab on the hosted page, and finds the order in the shop's list later.
func TestPayLater(t *testing.T) {
	s := newShopper(t, nil)
	first := s.newTab()
	first.checksOut("sarung-bantal")
	invoice := first.goesToPay()
	first.closeTab()

	s.opens("/orders.html")
	s.sees("Waiting for payment")
	s.looks("40-orders-waiting")
	s.clicks(".order")
	s.seesStatus("PENDING")
	s.looks("41-order-waiting")
	s.clicks("#actions a")
	if found := s.arrivesAtDOKU(); found != invoice {
		t.Errorf("the list leads to %s, not to %s", found, invoice)
	}
	s.picks(customer.Mastercard)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	s.isPaid(invoice, 0)
	s.opens("/orders.html")
	s.until(`document.querySelector(".badge").textContent === "Paid"`)
	s.looks("42-orders-paid")
}
