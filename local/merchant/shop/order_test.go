package shop_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

func TestFailedThenPaid(t *testing.T) {
	v := newShopper(t)
	v.putInCart("kopi-gayo", "keranjang")
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	v.open("/orders.html")
	v.click(".order")
	v.sees("Waiting for your payment")
	v.looks("11-order-waiting")
	invoice := asks[string](v, `new URLSearchParams(location.search).get("invoice")`)
	v.do(chromedp.Evaluate[chromedp.Void](`window.sameDocument = true`))

	v.api.change(invoice, declined)
	v.sees("There is not enough money on the card. DOKU said: INSUFFICIENT FUNDS, code 51.")
	v.looks("12-order-declined")
	if page := asks[string](v, `document.querySelector("#actions a").href`); page != v.api.URL+"/page/"+invoice {
		t.Errorf("try again leads to %s", page)
	}
	v.api.change(invoice, paid)
	v.sees("Paid. Terima kasih!")
	v.sees("Declined attempts")
	v.looks("13-order-paid-at-last")
	if !asks[bool](v, `window.sameDocument === true`) {
		t.Error("the page was loaded again to show the change")
	}
}

func TestEveryStatusHasItsWords(t *testing.T) {
	v := newShopper(t)
	status := func(name string) func(map[string]any) { return func(order map[string]any) { order["status"] = name } }
	for _, c := range []struct {
		name  string
		order func(map[string]any)
		words string
	}{
		{"CREATING", status("CREATING"), "Your order is being confirmed"},
		{"AUTHORIZED", authorized, "The amount is reserved on your card"},
		{"CAPTURING", status("CAPTURING"), "Your card is being charged"},
		{"PARTIALLY_REFUNDED", status("PARTIALLY_REFUNDED"), "Part of your payment was refunded"},
		{"REFUNDED", status("REFUNDED"), "Your payment was refunded"},
		{"VOIDED", status("VOIDED"), "The payment was cancelled"},
		{"EXPIRED", status("EXPIRED"), "The payment page has expired"},
		{"AUTHORIZATION_EXPIRED", status("AUTHORIZATION_EXPIRED"), "The reservation has ended"},
		{"SOMETHING_NEW", status("SOMETHING_NEW"), "Your order is being confirmed"},
		{"page-over", func(order map[string]any) {
			declined(order)
			order["page"] = map[string]any{"url": "https://example.com/", "expires_at": "2020-01-01T00:00:00Z"}
		}, "Nothing was charged. The payment page has ended. You can order again."},
		{"conflict", func(order map[string]any) { order["conflict"] = map[string]any{"reason": "amount"} },
			"We are checking your payment"},
		{"review", func(order map[string]any) { order["review"] = map[string]any{"kind": "refund"} },
			"We are checking your payment"},
	} {
		invoice := "KOPI-" + c.name
		v.api.put(invoice, 95000, c.order)
		v.open("/order.html?invoice=" + invoice)
		v.sees(c.words)
		v.looks("14-order-" + c.name)
	}
}

// The customer sees what went back and what is on its way. A refund that DOKU refused is not shown.
func TestRefundsAreListed(t *testing.T) {
	v := newShopper(t)
	v.api.put("KOPI-1", 90000, func(order map[string]any) {
		paid(order)
		order["status"], order["captured"], order["refunded"] = "PARTIALLY_REFUNDED", int64(90000), int64(60000)
		order["refunds"] = []any{
			map[string]any{"id": "refund-1", "amount": 40000, "type": "PARTIAL_REFUND", "status": "SUCCESS",
				"at": "2026-11-22T05:00:00Z"},
			map[string]any{"id": "refund-2", "amount": 30000, "type": "PARTIAL_REFUND", "status": "FAILED",
				"at": "2026-11-22T05:01:00Z"},
			map[string]any{"id": "refund-3", "amount": 20000, "type": "MANUAL_PARTIAL_REFUND", "status": "MANUAL",
				"at": "2026-11-22T05:02:00Z"},
		}
	})
	v.open("/order.html?invoice=KOPI-1")
	v.until(`document.querySelectorAll("#refund-list li").length === 2`)
	v.sees("Partial refund · ")
	v.sees("done by people at DOKU: takes some days")
	v.looks("33-order-refunded")
}

// The shop's own text for a code does not contradict DOKU's text next to it.
func TestADeclineDoesNotContradictDOKU(t *testing.T) {
	v := newShopper(t)
	v.api.put("KOPI-3DS", 95000, func(order map[string]any) {
		order["status"] = "FAILED"
		order["failures"] = []any{map[string]any{"at": "2026-11-22T05:00:00Z", "code": "05",
			"message": "3D SECURE AUTHENTICATION FAILED"}}
	})
	v.open("/order.html?invoice=KOPI-3DS")
	v.sees("The bank declined the card. DOKU said: 3D SECURE AUTHENTICATION FAILED, code 05.")
	if shown := asks[string](v, `document.body.innerText`); strings.Contains(shown, "without saying why") {
		t.Error("the shop says that the bank gave no reason, beside DOKU's reason")
	}
}

func TestOrderNotFoundAndUnreachable(t *testing.T) {
	v := newShopper(t)
	v.open("/order.html?invoice=KOPI-0")
	v.sees("We know no such order")
	v.looks("15-order-not-found")
	v.open("/order.html?invoice=KOPI-0&back=done") // back from DOKU's page, in another browser
	v.sees("This browser cannot show your order")
	v.sees("If you paid, your payment is not lost: the shop has it under the number KOPI-0.")
	v.sees("look under Orders there")
	v.looks("15-order-of-another-browser")

	v.api.put("KOPI-1", 95000, func(map[string]any) {})
	v.open("/order.html?invoice=KOPI-1")
	v.sees("Waiting for your payment")
	v.api.set(func() { v.api.down = true })
	v.sees("The payment service cannot be reached. What you see may be out of date")
	v.looks("16-order-unreachable")
	v.api.set(func() { v.api.down = false })
	v.api.change("KOPI-1", paid)
	v.sees("Paid. Terima kasih!")
	v.until(`document.querySelector("#offline").textContent === ""`)
}

// A hidden page sends no requests. The test runs its timers by hand, so it need not wait to see that nothing happens.
func TestAHiddenPageStopsAsking(t *testing.T) {
	v := newShopper(t)
	v.api.put("KOPI-1", 95000, func(map[string]any) {})
	v.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `window.timers = []; window.setTimeout = (what) => window.timers.push(what);
				window.tick = () => window.timers.splice(0).forEach((what) => what());`})
		return err
	}))
	v.open("/order.html?invoice=KOPI-1")
	v.sees("Waiting for your payment")
	v.until(`window.timers.length === 1`)
	v.hide(true)
	before := v.api.reads()
	v.do(chromedp.Evaluate[chromedp.Void](`tick()`))
	if asks[int](v, `window.timers.length`) != 0 || v.api.reads() != before {
		t.Error("a hidden page asked on")
	}
	v.api.change("KOPI-1", paid)
	v.hide(false)
	v.sees("Paid. Terima kasih!")
}

func (v *shopper) hide(hidden bool) {
	v.t.Helper()
	value := "false"
	if hidden {
		value = "true"
	}
	v.do(chromedp.Evaluate[chromedp.Void](`Object.defineProperty(document, "hidden", { value: ` + value +
		`, configurable: true });
		document.dispatchEvent(new Event("visibilitychange"))`))
}

func TestWhatTheAPISaysNeverBecomesMarkup(t *testing.T) {
	v := newShopper(t)
	const evil = `<img src=x onerror="document.title='taken'">`
	v.api.put("KOPI-1", 95000, func(order map[string]any) {
		declined(order)
		order["failures"] = []any{map[string]any{"code": evil, "message": evil}}
		order["card"] = map[string]any{"brand": evil, "masked": "**1", "issuer": evil}
		order["page"] = map[string]any{"url": "javascript:document.title='taken'"}
	})
	v.open("/order.html?invoice=KOPI-1")
	v.sees(evil)
	if links := asks[int](v, `document.querySelectorAll("main img, main a[href^=javascript]").length`); links != 0 {
		t.Errorf("%d elements made of data", links)
	}
	if title := asks[string](v, `document.title`); title != "Your order · Lumbung" {
		t.Errorf("title %q", title)
	}
}

func TestOrdersOfThisBrowser(t *testing.T) {
	v := newShopper(t)
	v.open("/orders.html")
	v.sees("Nothing yet.")
	for _, id := range []string{"madu", "mangkuk", "kopi-gayo"} {
		v.putInCart(id)
		v.click("#pay")
		v.until(`document.title === "Hosted page"`)
		invoice := asks[string](v, `document.querySelector("#of").textContent`)
		switch id {
		case "madu":
			v.api.change(invoice, paid)
		case "mangkuk":
			v.api.change(invoice, declined)
		}
		v.open("/")
		v.do(chromedp.Evaluate[chromedp.Void](`localStorage.removeItem("cart")`))
	}
	v.open("/orders.html")
	v.until(`[...document.querySelectorAll(".badge")].map((badge) => badge.textContent).join() === "Waiting for ` +
		`payment,Declined,Paid"`)
	v.looks("17-orders")
	v.click("#forget")
	v.sees("Nothing yet.")
}
