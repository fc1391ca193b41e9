package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
)

// The customer presses Pay twice while DOKU is slow, and reloads the page. There is one order, with one page at DOKU.
func TestDoubleClickAndReload(t *testing.T) {
	s, creation, notification := newGuardedShopper(t)
	notification.open()
	s.checksOut("kopi-gayo")
	// the driver's double click is one click
	s.does(`const pay = document.querySelector("#pay"); pay.click(); pay.click()`)
	creation.keeps(t)
	s.sees("DOKU is opening your payment page")
	s.looks("30-opening")
	s.do(chromedp.Reload())
	s.sees("DOKU is opening your payment page")
	s.until(`performance.getEntriesByType("resource").some((call) => call.responseStatus === 409)`)
	creation.open()
	invoice := s.arrivesAtDOKU()
	s.picks(customer.Mastercard)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	s.isPaid(invoice, 0)
	if pages := s.dokuPayments(""); len(pages) != 1 {
		t.Errorf("DOKU made %d pages, want 1", len(pages))
	}
	s.opens("/orders.html")
	if orders := s.reads(`String(document.querySelectorAll(".order").length)`); orders != "1" {
		t.Errorf("the shop lists %s orders, want 1", orders)
	}
}

// Two tabs show the same page. The second to finish is told that the order is paid, and nothing is charged again.
func TestTwoTabsPayOnce(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("madu")
	invoice := s.goesToPay()
	address := s.reads(`location.href`)
	s.picks(customer.Mastercard)

	other := s.newTab()
	other.do(chromedp.Navigate(address))
	other.arrivesAtDOKU()
	other.picks(customer.Visa)
	other.confirms()

	s.turnsTo()
	s.do(chromedp.SendKeys(chromedp.CSS("#otp"), customer.OTP))
	s.clicks("form .button")
	s.sees("Payment successful")
	s.looks("31-second-tab")
	if p := s.isPaid(invoice, 0); p.Card.Masked != "476134******0039" {
		t.Errorf("paid with %s, want the card of the tab that confirmed first", p.Card.Masked)
	}
}

// The customer goes back from the bank's question, to pay with another card. The first card is never charged.
func TestBackFromTheOneTimePassword(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("madu")
	invoice := s.goesToPay()
	s.picks(customer.Mastercard)
	s.does(`history.back()`) // the browser may restore the page, which only scripts see
	s.until(`document.querySelector("#card_number")`)
	s.does(`document.querySelector('[data-number="` + spaced(customer.Visa.Number) +
		`"]').click(); document.querySelector("form .button").click()`)
	s.until(`document.querySelector("#otp")`)
	s.sees("476134******0039")
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	if p := s.isPaid(invoice, 0); p.Card.Masked != "476134******0039" {
		t.Errorf("paid with %s", p.Card.Masked)
	}
}
