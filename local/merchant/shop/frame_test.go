package shop_test

import (
	"testing"

	"kasir/local/test/browser"
)

// clickInFrame presses a button of the hosted page, which has another origin than the shop around it.
func (v *shopper) clickInFrame(selector string) {
	v.t.Helper()
	browser.UntilInFrame(v.t, v.ctx, "/page/",
		`(button => { button?.click(); return button })(document.querySelector(`+quote(selector)+`))`)
}

func (v *shopper) payInWindow() {
	v.t.Helper()
	v.putInCart("selendang")
	v.click(".switch")
	v.click("#pay")
	v.until(`document.querySelector("#frame-dialog").open`)
}

func TestPayInAWindowOfTheShop(t *testing.T) {
	v := newShopper(t)
	v.payInWindow()
	v.clickInFrame("#no")
	v.sees("Declined: There is not enough money on the card.")
	v.looksNow("6-window-declined")
	v.clickInFrame("#ok")
	v.until(`document.querySelector("#status")?.dataset.status === "PAID"`)
	v.sees("Confirmed by DOKU")
	if sent := v.api.sent(); len(sent) != 1 {
		t.Errorf("%d requests, want 1", len(sent))
	}
}

// Only the notification closes the window. The hosted page inside it cannot.
func TestTheWindowClosesWhenPaid(t *testing.T) {
	v := newShopper(t)
	v.payInWindow()
	v.api.change(v.invoice(), paid)
	v.until(`location.pathname === "/order.html" && document.querySelector("#status").dataset.status === "PAID"`)
}

func TestAClosedWindowCanBeOpenedAgain(t *testing.T) {
	v := newShopper(t)
	v.payInWindow()
	v.click("#frame-close")
	v.sees("Your order is waiting for payment")
	v.looks("7-waiting-for-payment")
	v.click("#resume-pay")
	v.until(`document.querySelector("#frame-dialog").open`)
	v.clickInFrame("#ok")
	v.until(`document.querySelector("#status")?.dataset.status === "PAID"`)
	sameRequests(t, v, 1)
}

// invoice returns the number of the order that this tab places.
func (v *shopper) invoice() string {
	v.t.Helper()
	return asks[string](v, `JSON.parse(sessionStorage.getItem("pending")).invoice`)
}
