package shop_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// buy orders one thing, and returns the order's number from the hosted page.
func (v *shopper) buy(id string) string {
	v.t.Helper()
	v.putInCart(id)
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	return asks[string](v, `document.querySelector("#of").textContent`)
}

// dropCookie deletes the shop's cookie. The scripts keep their data.
func (v *shopper) dropCookie() {
	v.t.Helper()
	v.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
}

// unauthorized returns how many calls the API answered with 401.
func (v *shopper) unauthorized() int {
	v.api.mu.Lock()
	defer v.api.mu.Unlock()
	return v.api.strangers
}

// reads waits until the API was asked for the order's status that often.
func (v *shopper) reads(times int) {
	v.t.Helper()
	for v.api.reads() < times {
		v.until(`document.readyState === "complete"`)
	}
}

func TestOneTokenServesAPage(t *testing.T) {
	v := newShopper(t)
	v.api.put("KOPI-1", 95000, func(map[string]any) {})
	v.open("/order.html?invoice=KOPI-1")
	v.reads(3)
	if asked := len(v.api.issuer.issued()); asked != 1 || v.unauthorized() != 0 {
		t.Errorf("%d tokens, %d calls turned away", asked, v.unauthorized())
	}
	if seen := asks[string](v,
		`document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)`); seen != "{}{}" {
		t.Errorf("scripts can read %s", seen)
	}
}

func TestATokenIsRenewedBeforeItEnds(t *testing.T) {
	v := newShopper(t)
	v.api.issuer.set(func() { v.api.issuer.expiry = 1 })
	v.api.put("KOPI-1", 95000, func(map[string]any) {})
	v.open("/order.html?invoice=KOPI-1")
	v.reads(3)
	asked := v.api.issuer.issued()
	if len(asked) < 3 || v.unauthorized() != 0 {
		t.Errorf("%d tokens for 3 calls, %d turned away", len(asked), v.unauthorized())
	}
	for _, form := range asked {
		if form.Get("sub") != asked[0].Get("sub") {
			t.Errorf("one browser, two customers: %s and %s", asked[0].Get("sub"), form.Get("sub"))
		}
	}
}

func TestATokenThatIsNotTakenIsRenewedOnce(t *testing.T) {
	v := newShopper(t)
	v.api.put("KOPI-1", 95000, func(map[string]any) {})
	v.open("/order.html?invoice=KOPI-1")
	v.sees("Waiting for your payment")
	v.api.issuer.revoke()
	v.api.change("KOPI-1", paid)
	v.sees("Paid. Terima kasih!")
	if v.unauthorized() != 1 || len(v.api.issuer.issued()) != 2 {
		t.Errorf("%d calls turned away, %d tokens", v.unauthorized(), len(v.api.issuer.issued()))
	}
}

func TestWithoutTheCookieOrdersAreSomebodyElses(t *testing.T) {
	v := newShopper(t)
	invoice := v.buy("madu")
	first := v.lastChoices().Customer["id"]
	v.open("/order.html?invoice=" + invoice)
	v.sees("Waiting for your payment")
	v.dropCookie()
	v.do(chromedp.Evaluate[chromedp.Void](`sessionStorage.clear()`)) // the data of the tab that placed the order
	v.open("/order.html?invoice=" + invoice)
	v.sees("This browser cannot show your order")
	v.sees("your payment is not lost")
	v.open("/orders.html")
	v.until(`document.querySelector(".badge").textContent === "Not known"`)
	other := v.buy("cangkir")
	if id := v.lastChoices().Customer["id"]; id == first {
		t.Errorf("without the cookie, order %s is still %s's", other, first)
	}
}

// The API refuses an order that was frozen for the previous customer. The next order is the new customer's.
func TestAFrozenOrderOfSomebodyElseIsDropped(t *testing.T) {
	v := newShopper(t)
	hold := make(chan struct{})
	v.api.hold = hold
	v.putInCart("madu")
	v.click("#pay")
	v.api.arrived(t, 1)
	v.dropCookie()
	v.do(chromedp.Reload())
	v.api.arrived(t, 2)
	v.api.set(func() { v.api.hold = nil })
	close(hold)
	v.sees("the customer " + v.lastChoices().Customer["id"] + " is not CUST-")
	v.click("#pay")
	v.until(`document.title === "Hosted page"`)
	if stored := v.api.stored(); stored != 1 {
		t.Errorf("%d orders, want 1", stored)
	}
}

func TestTheShopCannotOpenASession(t *testing.T) {
	v := newShopper(t)
	v.putInCart("madu")
	v.api.issuer.set(func() { v.api.issuer.down = true })
	v.click("#pay")
	v.sees("The shop cannot tell who you are right now. Nothing has been charged.")
	v.looks("38-no-session")
	v.open("/order.html?invoice=KOPI-1")
	v.sees("We cannot tell yet")
	if sent := v.api.sent(); len(sent) != 0 {
		t.Errorf("sent %s", sent)
	}
	v.api.issuer.set(func() { v.api.issuer.down = false })
	v.sees("We know no such order") // without loading the page again
	v.buy("cangkir")
}
