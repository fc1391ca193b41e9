package e2e

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/browser"
	"kasir/local/test/harness"
)

// shopper is a person at one tab of a browser.
type shopper struct {
	t     *testing.T
	ctx   context.Context
	stack *stack.Stack
	doku  string // base URL of DOKU's sandbox
	api   merchant.API
}

func newShopper(t *testing.T, change func(*stack.Config)) *shopper {
	t.Parallel()          // a purchase is mostly waiting
	ctx := browser.New(t) // first, so that it closes last: a page that still sends requests finds its servers
	running := harness.Start(t, change)
	return &shopper{t, ctx, running, running.DOKU, harness.API(t, running)}
}

// newTab returns the same person at another tab of the same browser.
func (s *shopper) newTab() *shopper {
	other := *s
	other.ctx = browser.Tab(s.t, s.ctx)
	return &other
}

func (s *shopper) closeTab() {
	s.t.Helper()
	if err := chromedp.Cancel(s.ctx); err != nil {
		s.t.Fatal(err)
	}
}

// turnsTo brings the tab to the front, as a click on it does.
func (s *shopper) turnsTo() {
	s.t.Helper()
	s.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.BringToFront, cdp.Empty{})
		return err
	}))
}

func (s *shopper) do(steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	browser.Do(s.t, s.ctx, steps...)
}

// opens goes to a page of the shop.
func (s *shopper) opens(path string) {
	s.t.Helper()
	s.do(chromedp.Navigate(s.stack.Shop + path))
	s.until(`!document.querySelector("main[data-loading]")`)
}

func (s *shopper) clicks(selector string) {
	s.t.Helper()
	s.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// types replaces the contents of a field, with the keyboard.
func (s *shopper) types(selector, value string) {
	s.t.Helper()
	s.do(chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible),
		chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`),
		chromedp.KeyEvent(kb.Backspace), chromedp.SendKeys(chromedp.CSS(selector), value))
}

// does runs a script on the page.
func (s *shopper) does(script string) {
	s.t.Helper()
	s.do(chromedp.Evaluate[chromedp.Void](script))
}

func (s *shopper) until(expression string) {
	s.t.Helper()
	browser.Until(s.t, s.ctx, expression)
}

// sees waits until the text is on the page.
func (s *shopper) sees(words string) {
	s.t.Helper()
	s.until(`document.body.innerText.includes(` + quote(words) + `)`)
}

// reads evaluates an expression on the page.
func (s *shopper) reads(expression string) string {
	s.t.Helper()
	value, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		s.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// looks takes pictures of the page, as on a phone and on a laptop.
func (s *shopper) looks(name string) {
	s.t.Helper()
	s.looksWith(name, browser.FullScreenshot)
}

// looksNow does the same for a part that covers the screen, such as a dialog.
func (s *shopper) looksNow(name string) {
	s.t.Helper()
	s.looksWith(name, browser.Screenshot)
}

func (s *shopper) looksWith(name string, shoot func(testing.TB, context.Context, string)) {
	s.t.Helper()
	if os.Getenv("KASIR_SCREENSHOTS") == "" {
		return
	}
	s.do(browser.Phone())
	s.until(`[...document.images].every((image) => image.complete)`)
	shoot(s.t, s.ctx, name+"-phone")
	s.do(browser.Desktop())
	shoot(s.t, s.ctx, name+"-desktop")
}

func quote(words string) string {
	quoted, err := json.Marshal(words)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}
