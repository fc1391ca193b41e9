package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"kasir/local/customer"
)

// The merchant closes an order. The customer, who still has DOKU's page, pays nevertheless, and the money is refunded.
func TestPaidAfterClosing(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("madu")
	invoice := s.goesToPay()
	s.asks(invoice, "close", `{"note":"sold out"}`, http.StatusOK)
	shop := s.newTab()
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
	s.asks(invoice, "refunds", `{"refund":{"amount":85000}}`, http.StatusCreated)
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("VOIDED")
}

// A closed order gets no next page, and can be ordered again under another number.
func TestAClosedOrderIsOrderedAgain(t *testing.T) {
	s := newShopper(t, soon)
	s.checksOut("madu")
	invoice := s.goesToPay()
	s.asks(invoice, "close", `{}`, http.StatusOK)
	s.opens("/checkout.html")
	s.sees("This order was closed: " + invoice + ". You can order again")
	s.until(`document.querySelector("#pay")?.textContent.startsWith("Pay Rp")`)
	s.looks("115-checkout-closed")
	if second := s.goesToPay(); second == invoice {
		t.Error("the closed order was asked for again")
	}
}

// DOKU's staff reject a refund. The merchant records that, and the customer sees the payment as it was.
func TestARefundByHandIsRejected(t *testing.T) {
	s, invoice := paidWhileStaffRefund(t, "madu")
	made := s.asks(invoice, "refunds", `{"refund":{"amount":85000}}`, http.StatusCreated)
	if len(made.Refunds) != 1 || made.Refunds[0].Status != "MANUAL" {
		t.Fatalf("refunds %+v", made.Refunds)
	}
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("REFUNDED")
	s.asks(invoice, "resolve", fmt.Sprintf(`{"operation":%q,"outcome":"refused","note":"the card is closed"}`,
		made.Refunds[0].ID), http.StatusOK)
	s.opens("/order.html?invoice=" + invoice)
	s.seesStatus("PAID")
	s.until(`document.querySelector("#refunds").hidden`)
	s.looks("117-order-refund-rejected")
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
	var held acted
	answer, err := s.api.Do(t.Context(), http.MethodGet, "/payments/"+invoice, nil, nil)
	if err != nil || json.Unmarshal(answer.Body, &held) != nil || len(held.Conflicts) != 1 {
		t.Fatalf("%s %v", answer.Body, err)
	}
	s.asks(invoice, "resolve", fmt.Sprintf(`{"conflict":%q,"decision":"counts","note":"a promo of the bank"}`,
		held.Conflicts[0].ID), http.StatusOK)
	s.seesStatus("PAID")
	s.sees("Rp80.000") // charged
	s.looks("121-order-decided")
}
