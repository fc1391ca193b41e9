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
	made := make(chan int64, 1) // status of the request that is tried
	err = chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if to, err := url.Parse(e.Request.URL); err != nil || to.Host != here.Host && to.Scheme != "data" {
				t.Errorf("the page asks for %s", e.Request.URL)
			}
		case *network.EventResponseReceived:
			if e.Response.URL == s.API+"/payments" {
				made <- int64(e.Response.Status)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	browser.Do(t, ctx, browser.Phone(), chromedp.Navigate(s.API+reference.PagePath))
	browser.Until(t, ctx, `document.body.innerText.includes("Card payments through DOKU")`)
	browser.Screenshot(t, ctx, "90-reference-phone")
	browser.Do(t, ctx, browser.Desktop())
	browser.Until(t, ctx, `document.body.innerText.includes("Ask for a payment page")`)
	browser.Screenshot(t, ctx, "91-reference")
	browser.Until(t, ctx, `location.hash = "#tag/payments/POST/payments"`)
	browser.Until(t, ctx, `scrollY > 500`)
	browser.Screenshot(t, ctx, "92-reference-route")
	for _, button := range []struct{ in, text string }{
		{`[id$="tag/payments/POST/payments"] `, "Test Request"}, {"", "Send"},
	} {
		browser.Until(t, ctx, "[...document.querySelectorAll('"+button.in+`button')]
			.find(b => b.innerText.trim().startsWith("`+button.text+`")).click() ?? true`)
	}
	select {
	case status := <-made:
		if status != 201 {
			t.Errorf("the request that was tried: %d", status)
		}
	case <-ctx.Done():
		t.Fatal("no request was sent")
	}
	browser.Screenshot(t, ctx, "93-reference-tried")
}
