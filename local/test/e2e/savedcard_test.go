package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
)

// A card is saved at the first payment, used at the second and deleted before the third.
func TestSavedCard(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("madu")
	s.clicks(`label[for="save"]`)
	s.goesToPay()
	s.sees("The merchant keeps this card for your next payment.")
	s.looks("60-card-will-be-saved")
	s.picks(customer.Mastercard)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")

	s.checksOut("mangkuk")
	s.sees("Mastercard •••• 1101")
	s.sees("expires 01/28")
	s.looks("61-saved-card-in-the-shop")
	invoice := s.goesToPay()
	s.until(`document.querySelector("#card_number").readOnly && ` +
		`document.querySelector("#card_number").value.endsWith("1101")`)
	s.looks("62-saved-card-hosted-page")
	s.types("#cvv", customer.Mastercard.CVV)
	s.clicks("form .button")
	s.until(`document.querySelector("#otp")`)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	if p := s.isPaid(invoice, 0); p.Card.Masked != "557338******1101" {
		t.Errorf("the API says %+v", p)
	}

	s.checksOut("cangkir")
	s.sees("Mastercard •••• 1101")
	s.clicks(".saved button")
	s.until(`document.querySelector("#cards").hidden`)
	s.do(chromedp.Reload())
	s.until(`!document.querySelector("main[data-loading]") && document.querySelector("#cards").hidden`)
	s.goesToPay()
	s.until(`!document.querySelector("#card_number").readOnly`)
}
