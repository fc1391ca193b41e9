package shop_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

func TestProblemsStandAtTheirFields(t *testing.T) {
	v := newShopper(t)
	v.api.script = []answer{{status: 422, body: map[string]any{
		"type": "about:blank", "title": "The request is not valid", "status": 422, "detail": "4 fields are not valid",
		"errors": []map[string]string{
			{"pointer": "/customer/name", "detail": "is longer than 255 characters"},
			{"pointer": "#/customer/phone", "detail": "has the wrong form: want 6281122334455"},
			{"pointer": "/order/line_items/0/price", "detail": "is not what this costs"},
			{"pointer": "/elsewhere", "detail": "<b>is not known</b>"},
		},
	}}}
	v.putInCart("madu")
	v.fill("#phone", "+62-811")
	v.click("#pay")
	v.until(`document.querySelector("#name-error").textContent === "is longer than 255 characters"`)
	v.until(`document.activeElement.id === "name"`)
	v.sees("has the wrong form: want 6281122334455")
	v.sees("is not what this costs")
	v.sees("<b>is not known</b>") // as text, not as markup
	if described := asks[string](v,
		`document.querySelector("#phone[aria-invalid=true]").getAttribute("aria-describedby")`); described != "phone-error" {
		t.Errorf("phone is described by %q", described)
	}
	v.looks("8-problems")

	v.fill("#phone", "62811")
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	sent := v.api.sent()
	if len(sent) != 2 || sent[0] == sent[1] || v.api.stored() != 1 {
		t.Errorf("after a refusal: %d orders from\n%s", v.api.stored(), sent)
	}
}

func TestMissingDetailsAreAskedForBeforeAnythingIsSent(t *testing.T) {
	v := newShopper(t)
	v.putInCart("madu")
	v.fill("#name", "")
	v.fill("#email", "")
	v.click("#pay")
	v.sees("Please tell us your name.")
	v.sees("Please give an e-mail address or a phone number.")
	if sent := v.api.sent(); len(sent) != 0 {
		t.Errorf("sent %s", sent)
	}
}

func TestARefusalWithoutFieldsIsOneSentence(t *testing.T) {
	v := newShopper(t)
	v.api.script = []answer{{status: 403,
		body: map[string]any{"title": "Forbidden", "status": 403, "detail": "This shop may not create payments."}}}
	v.putInCart("madu")
	v.click("#pay")
	v.until(`document.querySelector("#problem").innerText === "This shop may not create payments."`)
}

func TestTheAPIIsDown(t *testing.T) {
	v := newShopper(t)
	v.putInCart("madu")
	v.shortenPauses()
	v.api.set(func() { v.api.down = true })
	v.click("#pay")
	v.sees("The payment service cannot be reached. Nothing has been charged and your order is kept")
	v.looks("9-api-down")
	invoice := v.invoice()
	v.api.set(func() { v.api.down = false })
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	v.until(`document.querySelector("#of").textContent === ` + quote(invoice))
	sameRequests(t, v, 1)
}

// shortenPauses shortens the page's pauses. The tests check the page's actions, not its waits.
func (v *shopper) shortenPauses() {
	v.t.Helper()
	v.do(chromedp.Evaluate[chromedp.Void](
		`{ const set = window.setTimeout; window.setTimeout = (what) => set(what, 1); }`))
}

func TestComingBackFromTheHostedPage(t *testing.T) {
	v := newShopper(t)
	v.putInCart("madu")
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	// The browser may restore the page without loading it. chromedp's own steps do not see such a page.
	v.do(chromedp.Evaluate[chromedp.Void](`history.back()`))
	v.sees("Your order is waiting for payment")
	v.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#resume-pay").click()`))
	v.until(`document.title === "Hosted page"`)
	sameRequests(t, v, 1)

	v.open("/checkout.html")
	v.sees("Your order is waiting for payment")
	v.click("#start-over")
	v.until(`!document.querySelector("#form").hidden`)
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	if stored := v.api.stored(); stored != 2 {
		t.Errorf("%d orders after starting over, want 2", stored)
	}
}

func TestAnOrderPaidMeanwhileIsNotOfferedAgain(t *testing.T) {
	v := newShopper(t)
	v.putInCart("madu")
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	v.open("/checkout.html")
	v.sees("Your order is waiting for payment")
	v.api.change(v.invoice(), paid)
	v.open("/checkout.html")
	v.until(`location.pathname === "/order.html" && document.querySelector("#status").dataset.status === "PAID"`)
}

func TestNothingToPayFor(t *testing.T) {
	v := newShopper(t)
	v.open("/checkout.html")
	v.sees("There is nothing in your cart to pay for.")
	v.looks("10-nothing")
}
