package e2e

import (
	"testing"

	"kasir/local/customer"
)

func TestPayOnTheHostedPage(t *testing.T) {
	s := newShopper(t, nil)
	s.opens("/")
	s.looks("01-shop")
	s.checksOut("kopi-toraja", "cangkir")
	s.looks("02-checkout")
	invoice := s.goesToPay()
	s.sees("Kopi Toraja")
	s.looks("03-hosted-page")
	s.gives(customer.Mastercard)
	s.sees("Rp165.000")
	s.sees("Lumbung")
	s.looks("04-otp")
	s.confirms()
	s.sees("557338******1101")
	s.looks("05-result")
	s.until(`location.pathname === "/order.html"`) // redirected, without a click
	s.seesStatus("PAID")
	s.sees("Confirmed by DOKU")
	s.sees("Mastercard 5573 38•• •••• 1101")
	s.looks("06-paid")
	if p := s.isPaid(invoice, 0); p.Order.Amount != 165000 || p.Card.Masked != "557338******1101" {
		t.Errorf("the API says %+v", p)
	}
	if count := s.reads(`document.querySelector("#open-cart .count").textContent`); count != "0" {
		t.Errorf("the cart still holds %s after paying", count)
	}
}

// DOKU's notification may come after the customer. The shop does not show the order as paid before it, and needs no
// reload after it.
func TestBackBeforeTheNotification(t *testing.T) {
	s, creation, notification := newGuardedShopper(t)
	creation.open()
	s.checksOut("madu")
	invoice := s.goesToPay()
	s.picks(customer.Visa)
	s.confirms()
	s.comesBack()
	s.seesStatus("PENDING")
	s.sees("You are back from DOKU’s page. This page changes by itself as soon as the payment is confirmed.")
	s.looks("07-back-before-the-notification")
	s.does(`window.sameDocument = true`)
	notification.keeps(t)
	notification.open()
	s.until(`document.querySelector("#status").dataset.status === "PAID" && window.sameDocument`)
	s.isPaid(invoice, 0)
}
