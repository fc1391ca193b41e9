package shop_test

import (
	"strings"
	"testing"
)

// The page of an order ends unpaid. Paying again uses the same order and number, with its next page.
func TestPayAgainOpensTheNextPageOfTheSameOrder(t *testing.T) {
	v := newShopper(t)
	invoice := v.buy("madu")
	v.api.change(invoice, ended)
	v.open("/orders.html")
	v.sees("Expired")
	v.click(".order")
	v.sees("You can still pay: a new page opens for the same order.")
	v.looks("50-order-ended")
	v.click("#actions button")
	v.until(`document.title === "Hosted page" && document.querySelector("#generation").textContent === "2"`)
	v.wants("invoice", asks[string](v, `document.querySelector("#of").textContent`), invoice)
	v.click("#ok")
	v.sees("Paid. Terima kasih!")
	sameRequests(t, v, 2)
	if kept := asks[string](v, `localStorage.getItem("orders")`); strings.Contains(kept, "request") {
		t.Errorf("the request of a paid order is kept: %s", kept)
	}
}

// The tab that placed the order is closed, and by the clock its page ended before kasir checked.
func TestPayAgainInAnotherTab(t *testing.T) {
	v := newShopper(t)
	invoice := v.buy("madu")
	v.api.change(invoice, func(order map[string]any) { delete(order, "page") })
	v.open("/order.html?invoice=" + invoice)
	v.does(`sessionStorage.clear()`)
	v.open("/order.html?invoice=" + invoice)
	v.sees("If you paid at the last moment, this page will say so by itself.")
	v.click("#actions button")
	v.until(`document.querySelector("#generation")?.textContent === "2"`)
	sameRequests(t, v, 2)
}

func TestPayAgainAfterADecline(t *testing.T) {
	v := newShopper(t)
	invoice := v.buy("madu")
	v.api.change(invoice, declined)
	v.api.change(invoice, func(order map[string]any) { delete(order, "page") })
	v.open("/order.html?invoice=" + invoice)
	v.sees("The payment page has ended. You can still pay: a new page opens for the same order.")
	v.click("#actions button")
	v.until(`document.querySelector("#generation")?.textContent === "2"`)
}

// The checkout knows the order's page, which has ended.
func TestTheCheckoutOffersTheNextPage(t *testing.T) {
	v := newShopper(t)
	invoice := v.buy("madu")
	v.api.change(invoice, ended)
	v.open("/checkout.html")
	v.sees("Your payment page has ended")
	v.sees("Nothing was charged. Paying again opens a new page for the same order.")
	v.looks("51-checkout-ended")
	v.click("#resume-again")
	v.until(`document.querySelector("#generation")?.textContent === "2"`)
	v.wants("invoice", asks[string](v, `document.querySelector("#of").textContent`), invoice)
	sameRequests(t, v, 2)
}

// A page ends while the shop shows it in its window.
func TestAPageEndsInTheWindow(t *testing.T) {
	v := newShopper(t)
	v.putInCart("madu")
	v.click(".switch")
	v.click("#pay")
	v.until(`document.querySelector("#frame-dialog").open`)
	v.api.change(v.invoice(), ended)
	v.sees("This payment page has ended. Close this window to pay again.")
	v.click("#frame-close")
	v.sees("Your payment page has ended")
	v.click("#resume-again")
	v.until(`document.querySelector("#frame-body iframe")?.src.endsWith("generation=2")`)
	sameRequests(t, v, 2)
}

// One browser still shows the ended page, while the order was paid in another.
func TestPayAgainWhenItWasPaidMeanwhile(t *testing.T) {
	v := newShopper(t)
	invoice := v.buy("madu")
	v.api.change(invoice, ended)
	v.open("/order.html?invoice=" + invoice)
	v.sees("Pay again")
	v.does(`window.fetch = ((ask) => async (address, options) => {
		if (options?.method === "GET" && address.includes("/payments/") && !window.freed) return new Promise(() => {});
		return ask(address, options);
	})(window.fetch)`) // without news the page cannot learn of it
	v.api.change(invoice, paid)
	v.click("#actions button")
	v.does(`window.freed = true`)
	v.sees("It was paid already, in another tab or browser. You are not charged twice.")
	v.looks("52-paid-meanwhile")
	sameRequests(t, v, 2)
}

// The checkout of a tab whose order was paid in another leads to the order, which shows that it is paid.
func TestTheCheckoutSaysThatItWasPaidMeanwhile(t *testing.T) {
	v := newShopper(t)
	invoice := v.buy("madu")
	v.api.change(invoice, paid)
	v.open("/checkout.html")
	v.sees("It was paid already, in another tab or browser.")
}

func TestPayAgainWhenItWasClosedMeanwhile(t *testing.T) {
	v := newShopper(t)
	invoice := v.buy("madu")
	v.api.change(invoice, ended)
	v.open("/order.html?invoice=" + invoice)
	v.sees("Pay again")
	v.api.change(invoice, closed)
	v.sees("This order was closed")
	v.sees("If you paid at the last moment, your payment is not lost")
	v.looks("53-order-closed")
	v.click("#actions button") // another order, with another number
	v.until(`location.pathname === "/checkout.html" && document.querySelector("#pay")?.textContent === "Pay Rp85.000"`)
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	if second := asks[string](v, `document.querySelector("#of").textContent`); second == invoice {
		t.Error("a closed order was asked for again")
	}
}

// A refusal of the next page is shown, and the order is kept.
func TestPayAgainIsRefused(t *testing.T) {
	v := newShopper(t)
	invoice := v.buy("madu")
	v.api.change(invoice, ended)
	v.open("/order.html?invoice=" + invoice)
	v.api.set(func() {
		v.api.script = []answer{
			// the page asks again
			{status: 409, retryAfter: "0", body: map[string]any{"title": "Still running", "status": 409}},
			{status: 409, body: map[string]any{"status": 409, "detail": "The order gets no further page."}},
		}
	})
	v.click("#actions button")
	v.sees("The order gets no further page.")
	v.until(`document.querySelector("#actions button").textContent === "Pay again"`)
	v.looks("54-next-page-refused")
	sameRequests(t, v, 3)
	v.open("/orders.html")
	v.until(`document.querySelectorAll(".order").length === 1`)
}

// For an order that was paid after it was closed, or is under review, the customer is never asked to pay again.
func TestMoneyThatAPersonMustLookAt(t *testing.T) {
	v := newShopper(t)
	invoice := v.buy("madu")
	v.api.change(invoice, needsReview)
	v.open("/order.html?invoice=" + invoice)
	v.sees("We are checking your payment")
	v.sees("Please do not pay again. If you paid, your payment is not lost")
	v.until(`document.querySelector("#actions").children.length === 0`)
	v.looks("55-needs-review")
	v.open("/checkout.html") // the same cart leads back to the order
	v.until(`location.pathname === "/order.html"`)
	v.sees("We are checking your payment")

	v.api.put("KOPI-late", 95000, closed)
	v.api.change("KOPI-late", paid)
	v.open("/order.html?invoice=KOPI-late")
	v.sees("Your payment came after the order was closed")
	v.looks("56-paid-after-closing")
	v.api.put("KOPI-quiet", 95000, func(order map[string]any) { ended(order); order["unconfirmed"] = true })
	v.open("/order.html?invoice=KOPI-quiet")
	v.sees("DOKU has not told us whether anything was paid.")
}
