package shop_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// lastAmount returns the amount of the last request.
func (v *shopper) lastAmount() int64 {
	v.t.Helper()
	sent := v.api.sent()
	var body struct{ Order struct{ Amount int64 } }
	if err := json.Unmarshal([]byte(sent[len(sent)-1]), &body); err != nil {
		v.t.Fatal(err)
	}
	return body.Order.Amount
}

// answering returns a script that changes an answer of one of the shop's addresses to the page.
func answering(path, change string) string {
	return `{ const fetched = window.fetch;
		window.fetch = async (address, init) => {
			const answer = await fetched(address, init);
			if (address !== ` + quote(path) + `) return answer;
			const data = await answer.json();
			(` + change + `)(data);
			return new Response(JSON.stringify(data));
		}; }`
}

// A page with changed prices shows the true ones before anything is ordered.
func TestThePageMayBelieveAnyPrice(t *testing.T) {
	v := newShopper(t)
	v.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: answering("/catalogue.json", `(products) => products.forEach((product) => { product.price = 1 })`)})
		return err
	}))
	v.putInCart("madu")
	v.until(`document.querySelector("#pay").textContent === "Pay Rp1"`)
	v.click("#pay")
	v.sees("The prices have changed since you opened this page. Your order is Rp85.000 now.")
	v.until(`document.querySelector("#pay").textContent === "Pay Rp85.000" && ` +
		`document.querySelector("#total").textContent === "Rp85.000"`)
	v.looks("39-prices-changed")
	if sent := v.api.sent(); len(sent) != 0 {
		t.Errorf("sent %s", sent)
	}
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	if amount := v.lastAmount(); amount != 85000 {
		t.Errorf("asked for Rp%d", amount)
	}
}

func TestAPriceInTheCartIsNobodys(t *testing.T) {
	v := newShopper(t)
	v.putInCart("madu")
	v.do(chromedp.Evaluate[chromedp.Void](
		`localStorage.setItem("cart", JSON.stringify([{ id: "madu", quantity: 2, price: 1, name: "Air" }]))`))
	v.open("/checkout.html")
	v.until(`document.querySelector("#pay").textContent === "Pay Rp170.000"`)
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	if amount := v.lastAmount(); amount != 170000 {
		t.Errorf("asked for Rp%d", amount)
	}
}

// A frozen order is kept in the browser's storage. If it is changed there, it no longer matches its quote.
func TestAFrozenRequestThatWasChanged(t *testing.T) {
	v := newShopper(t)
	hold := make(chan struct{})
	v.api.hold = hold
	v.putInCart("madu")
	v.click("#pay")
	v.api.arrived(t, 1)
	v.do(chromedp.Evaluate[chromedp.Void](`{
		const pending = JSON.parse(sessionStorage.getItem("pending"));
		pending.request.order.amount = pending.request.order.line_items[0].price = 1;
		sessionStorage.setItem("pending", JSON.stringify(pending)); }`), chromedp.Reload())
	v.api.arrived(t, 2)
	close(hold)
	v.sees("is not what was quoted")
	if amount, stored := v.lastAmount(), v.api.stored(); amount != 1 || stored != 0 {
		t.Errorf("%d orders after asking for Rp%d", stored, amount)
	}
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	if amount := v.lastAmount(); amount != 85000 {
		t.Errorf("asked for Rp%d", amount)
	}
}

// elevenMinutesLater moves the page's clock past the end of a quote.
const elevenMinutesLater = `{ const now = Date.now; Date.now = () => now() + 11 * 60_000; }`

func TestAnOldQuoteIsRenewed(t *testing.T) {
	v := newShopper(t)
	hold := make(chan struct{})
	v.api.hold = hold
	v.api.script = []answer{{status: 202, retryAfter: "0", body: map[string]any{"status": "processing"}}}
	v.putInCart("madu")
	v.click("#pay")
	v.api.arrived(t, 1)
	v.do(chromedp.Evaluate[chromedp.Void](elevenMinutesLater))
	close(hold)
	v.until(`document.title === "Hosted page"`)
	sameRequests(t, v, 2)
	if asked := v.posted("/quote"); asked != 2 {
		t.Errorf("%d quotes, want 2", asked)
	}
}

func TestAYoungQuoteIsUsedAgain(t *testing.T) {
	v := newShopper(t)
	v.api.script = []answer{{status: 202, retryAfter: "0", body: map[string]any{"status": "processing"}}}
	v.putInCart("madu")
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	sameRequests(t, v, 2)
	if asked := v.posted("/quote"); asked != 1 {
		t.Errorf("%d quotes, want 1", asked)
	}
}

// The prices change while the outcome of an order is unknown. The new quote does not match, and the frozen order ends.
func TestPricesThatChangeUnderWay(t *testing.T) {
	v := newShopper(t)
	hold := make(chan struct{})
	v.api.hold = hold
	v.api.script = []answer{{status: 202, retryAfter: "0", body: map[string]any{"status": "processing"}}}
	v.putInCart("madu")
	v.click("#pay")
	v.api.arrived(t, 1)
	v.do(chromedp.Evaluate[chromedp.Void](elevenMinutesLater),
		chromedp.Evaluate[chromedp.Void](
			answering("/quote", `({ order }) => { order.amount = order.line_items[0].price = 95000 }`)))
	close(hold)
	v.sees("The prices have changed since you ordered, so this order can no longer be paid.")
	if kept := asks[bool](v, `sessionStorage.getItem("pending") !== null`); kept {
		t.Error("the order is still frozen")
	}
	v.click("#pay")
	v.sees("Your order is Rp95.000 now.")
	if sent := v.api.sent(); len(sent) != 1 {
		t.Errorf("%d requests, want 1", len(sent))
	}
}
