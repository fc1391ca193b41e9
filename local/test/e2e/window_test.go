package e2e

import (
	"testing"

	"kasir/local/customer"
	"kasir/local/test/browser"
)

// The test uses a phone, because most of Indonesia pays on phones.
func TestPayInAWindowOfTheShop(t *testing.T) {
	s := newShopper(t, nil)
	s.do(browser.Phone())
	s.checksOut("selendang")
	s.clicks(".switch")
	s.clicks("#pay")
	s.until(`document.querySelector("#frame-dialog").open`)
	s.inFrame(`document.querySelector("#card_number")`)
	s.looksNow("10-window-card")
	s.clicksInFrame(`a[data-number="` + spaced(customer.Mastercard.Number) + `"]`)
	s.clicksInFrame("form .button")
	s.inFrame(`document.querySelector("#otp")`)
	s.looksNow("11-window-otp")
	s.inFrame(`(otp => otp && (otp.value = ` + quote(customer.OTP) + `))(document.querySelector("#otp"))`)
	s.clicksInFrame("form .button")
	s.seesStatus("PAID")
	s.sees("Confirmed by DOKU")
	s.until(`window.parent === window`) // the shop itself shows the order, not its window
	s.isPaid(s.reads(`new URLSearchParams(location.search).get("invoice")`), 0)
}
