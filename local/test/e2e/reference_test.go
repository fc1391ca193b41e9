package e2e

import (
	"net/url"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"kasir/local/reference"
	"kasir/local/test/browser"
	"kasir/local/test/harness"
)

// The page of the API shows every route and loads nothing from another server. A request that is tried on it is
// answered, since the page has a token.
func TestTheReference(t *testing.T) {
	s := harness.Start(t, nil)
	ctx := browser.New(t)
	here, err := url.Parse(s.API)
	if err != nil {
		t.Fatal(err)
	}
	err = chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok {
			if to, err := url.Parse(e.Request.URL); err != nil || to.Host != here.Host && to.Scheme != "data" {
				t.Errorf("the page asks for %s", e.Request.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	browser.Do(t, ctx, chromedp.Navigate(s.API+reference.PagePath))
	browser.Until(t, ctx, `document.body.innerText.includes("Ask for a payment page")`)
	browser.Screenshot(t, ctx, "90-reference")
	browser.Do(t, ctx, browser.Phone())
	browser.Screenshot(t, ctx, "91-reference-phone")
	browser.Do(t, ctx, browser.Desktop())
	button := func(text string) string {
		return `[...document.querySelectorAll("button")].find(b => b.innerText.trim().startsWith("` + text + `"))`
	}
	browser.Until(t, ctx, button("Test Request")+`.click() ?? true`)
	browser.Until(t, ctx, button("Send")+`.click() ?? true`)
	browser.Until(t, ctx, `document.body.innerText.includes("credit_card_payment_page") && /\b201\b/.test(document.body.innerText)`)
	browser.Screenshot(t, ctx, "92-reference-tried")
}
