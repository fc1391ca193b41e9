package shop_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/chromedp/chromedp"
)

// choices is the part of a request that concerns the way of payment.
type choices struct {
	Payment  map[string]any    `json:"payment"`
	Card     map[string]any    `json:"card"`
	Customer map[string]string `json:"customer"`
}

func (v *shopper) lastChoices() choices {
	v.t.Helper()
	sent := v.api.sent()
	var got choices
	if err := json.Unmarshal([]byte(sent[len(sent)-1]), &got); err != nil {
		v.t.Fatal(err)
	}
	return got
}

func (v *shopper) wants(what string, got, want any) {
	v.t.Helper()
	if !reflect.DeepEqual(got, want) {
		v.t.Errorf("%s %v, want %v", what, got, want)
	}
}

func TestPayInInstallments(t *testing.T) {
	v := newShopper(t)
	v.putInCart("selendang")
	v.click("#plan-installment")
	v.until(`!document.querySelector("#installment").hidden`)
	v.do(chromedp.SetValue(chromedp.CSS("#acquirer"), "BANK_MANDIRI"), chromedp.SetValue(chromedp.CSS("#tenor"), "6"))
	v.sees("6 months, about Rp47.500 each")
	v.looks("20-installments")
	v.api.script = []answer{{status: 422, body: map[string]any{"title": "Not valid", "status": 422,
		"errors": []map[string]string{{"pointer": "/payment/tenor", "detail": "Bank Mandiri takes 3 or 12 months"}}}}}
	v.click("#pay")
	v.until(`document.querySelector("#tenor-error").textContent === "Bank Mandiri takes 3 or 12 months"`)
	v.do(chromedp.SetValue(chromedp.CSS("#tenor"), "12"))
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	v.wants("payment", v.lastChoices().Payment,
		map[string]any{"type": "INSTALLMENT", "acquirer": "BANK_MANDIRI", "tenor": 12.0})
	v.click("#ok")
	v.sees("12 months, Bank Mandiri")
}

func TestInstallmentsNeedAnAmount(t *testing.T) {
	v := newShopper(t)
	v.putInCart("madu")
	if !asks[bool](v, `document.querySelector("#plan-installment").disabled`) {
		t.Error("Rp85.000 in installments")
	}
	v.sees("From Rp200.000.")
}

func TestMadeToOrderIsReserved(t *testing.T) {
	v := newShopper(t)
	v.putInCart("tenun", "madu")
	v.sees("Reserve Rp1.335.000")
	if !asks[bool](v, `document.querySelector("#plan-installment").disabled`) {
		t.Error("a reservation in installments")
	}
	v.looks("21-made-to-order")
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	v.wants("payment", v.lastChoices().Payment, map[string]any{"type": "AUTHORIZE"})
	invoice := asks[string](v, `document.querySelector("#of").textContent`)
	v.api.change(invoice, authorized)
	v.open("/order.html?invoice=" + invoice)
	v.sees("You are charged when we ship, not before.")
	v.sees("Reserved until")
	v.looks("22-order-reserved")
}

func TestSavedCards(t *testing.T) {
	v := newShopper(t)
	v.putInCart("madu")
	v.click("#save")
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	first := v.lastChoices()
	v.wants("card", first.Card, map[string]any{"save": true})
	v.click("#ok")
	v.sees("Paid. Terima kasih!")

	v.api.set(func() {
		v.api.tokens = []map[string]any{
			{"id": "token-1", "masked": "557338******1101", "brand": "MASTER", "issuer": "Bank Mandiri",
				"expiry": "28/01"},
			{"id": "token-2", "masked": "476134******0039", "brand": "VISA", "issuer": "BCA", "expiry": "12/31"},
		}
	})
	v.putInCart("cangkir")
	v.sees("Mastercard •••• 1101")
	v.sees("Bank Mandiri, expires 01/28")
	v.looks("23-saved-cards")
	v.click(`.saved:first-child .small`)
	v.until(`document.querySelectorAll(".saved").length === 1`)
	v.wants("forgotten", v.api.forgotten, []string{first.Customer["id"] + " token-1"})
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	second := v.lastChoices()
	v.wants("card", second.Card, map[string]any{"token": "token-2"})
	v.wants("customer", second.Customer["id"], first.Customer["id"])

	v.putInCart("mangkuk")
	v.click(`#card-list > :last-child`)
	v.until(`!document.querySelector("#save").closest("label").hidden`)
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	v.wants("card", v.lastChoices().Card, map[string]any(nil))

	v.api.set(func() { v.api.down = true })
	v.putInCart("madu") // the form appears without the list of cards
}
