package e2e

import (
	"testing"

	"kasir/local/customer"
)

func TestDeclinedThenAnotherCard(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("keranjang", "madu")
	invoice := s.goesToPay()
	s.picks(customer.Insufficient)
	s.confirms()
	s.sees("There is not enough money on this card.")
	s.looks("20-declined")
	s.clicks(`.result .button`) // another card, on the same page
	s.until(`document.querySelector("#card_number")?.value === ""`)
	s.picks(customer.Visa)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	s.sees("Declined attempts")
	s.sees("There is not enough money on the card.")
	s.sees("INSUFFICIENT FUNDS, code 51")
	s.looks("21-paid-after-a-decline")
	if p := s.isPaid(invoice, 1); p.Card.Masked != "476134******0039" || p.Failures[0].Code != "51" {
		t.Errorf("the API says %+v", p)
	}
	if pages := s.dokuPayments(""); len(pages) != 1 {
		t.Errorf("DOKU made %d pages, want 1", len(pages))
	}
}

func TestDeclinedBackInTheShopAndAgain(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("mangkuk")
	invoice := s.goesToPay()
	s.picks(customer.Insufficient)
	s.confirms()
	s.comesBack()
	s.seesStatus("FAILED")
	s.sees("Nothing was charged. You can try again, with the same card or another one.")
	s.looks("22-declined-in-the-shop")
	s.clicks("#actions a")
	if again := s.arrivesAtDOKU(); again != invoice {
		t.Errorf("trying again leads to %s, not to %s", again, invoice)
	}
	s.picks(customer.Mastercard)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	s.isPaid(invoice, 1)
}

// An invalid form leads to its first wrong field, in the tab and in the shop's window.
func TestTheFirstWrongFieldHasTheFocus(t *testing.T) {
	s := newShopper(t, nil)
	s.checksOut("madu")
	s.goesToPay()
	s.types("#card_number", customer.Visa.Number)
	s.types("#expiry", "1320")
	s.clicks("form .button")
	s.until(`document.activeElement.id === "expiry" && document.activeElement.getAttribute("aria-invalid") === "true"`)
	s.until(`document.querySelector("#cvv").getAttribute("aria-describedby") === "cvv-why" && ` +
		`document.querySelector("#cvv-why")`)
	s.until(`!document.querySelector("#card_number").hasAttribute("aria-invalid")`)
	s.looks("23-first-wrong-field")
}
