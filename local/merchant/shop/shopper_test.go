package shop_test

import (
	"context"
	_ "embed"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"kasir/local/merchant/shop"
	"kasir/local/test/browser"
)

//go:embed testdata/audit.js
var audit string

// shopper is a person at a browser, who visits a shop with the fake API.
type shopper struct {
	t    *testing.T
	ctx  context.Context
	api  *fakeAPI
	shop string // its URL

	mu    sync.Mutex
	posts map[string]int // number of requests to the shop's back end, by path
}

func newShopper(t *testing.T) *shopper {
	ctx := browser.New(t) // first, so that it closes last: a page that still sends requests finds its servers
	api := newFakeAPI(t)
	v := &shopper{t: t, ctx: ctx, api: api, posts: map[string]int{}}
	pages := shop.New(shop.Config{APIURL: api.URL, TokenURL: api.issuer.URL + "/token", QuoteKey: quoteKey})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			v.mu.Lock()
			v.posts[r.URL.Path]++
			v.mu.Unlock()
		}
		pages.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	v.shop = server.URL
	return v
}

// posted returns the number of requests to a path of the shop's back end.
func (v *shopper) posted(path string) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.posts[path]
}

func (v *shopper) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	browser.Do(v.t, v.ctx, steps...)
}

func (v *shopper) open(path string) {
	v.t.Helper()
	v.do(chromedp.Navigate(v.shop + path))
	v.until(`!document.querySelector("main[data-loading]")`)
}

func (v *shopper) click(selector string) {
	v.t.Helper()
	v.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// fill replaces the contents of a field, with the keyboard.
func (v *shopper) fill(selector, value string) {
	v.t.Helper()
	v.do(chromedp.Focus(chromedp.CSS(selector)), chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`),
		chromedp.KeyEvent(kb.Backspace), chromedp.SendKeys(chromedp.CSS(selector), value))
}

// does runs a script on the page.
func (v *shopper) does(script string) {
	v.t.Helper()
	v.do(chromedp.Evaluate[chromedp.Void](script))
}

func (v *shopper) until(expression string) {
	v.t.Helper()
	browser.Until(v.t, v.ctx, expression)
}

// sees waits until the text is on the page.
func (v *shopper) sees(words string) {
	v.t.Helper()
	v.until(`document.body.innerText.includes(` + quote(words) + `)`)
}

// asks evaluates an expression on the page.
func asks[T any](v *shopper, expression string) T {
	v.t.Helper()
	value, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// putInCart fills the cart and goes to the checkout.
func (v *shopper) putInCart(ids ...string) {
	v.t.Helper()
	v.open("/")
	for _, id := range ids {
		v.click(`[data-add="` + id + `"]`)
		v.until(`document.querySelector('[data-held="` + id + `"]')`)
	}
	v.open("/checkout.html")
	v.until(`document.querySelector("#pay").textContent !== "Pay"`)
}

// looks checks the page on a phone and on a laptop, and takes pictures of it.
func (v *shopper) looks(name string) {
	v.t.Helper()
	v.looksWith(name, browser.FullScreenshot)
}

// looksNow does the same for a part that covers the screen, such as a dialog.
func (v *shopper) looksNow(name string) {
	v.t.Helper()
	v.looksWith(name, browser.Screenshot)
}

func (v *shopper) looksWith(name string, shoot func(testing.TB, context.Context, string)) {
	v.t.Helper()
	for _, size := range []struct {
		name string
		set  chromedp.Action[chromedp.Void]
	}{{"phone", browser.Phone()}, {"desktop", browser.Desktop()}} {
		v.do(size.set)
		v.until(`[...document.images].every((image) => image.complete)`)
		for _, fault := range asks[[]string](v, audit) {
			v.t.Errorf("%s on a %s: %s", name, size.name, fault)
		}
		shoot(v.t, v.ctx, name+"-"+size.name)
	}
}
