package e2e

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// variants are the pages of docs/checkout.
var variants = []string{"plain.html", "react.html"}

// checkoutShop is a shop made of the files of docs/checkout, with a shopper. Its pages call kasir through calls.
type checkoutShop struct {
	*shopper
	page  string // name of its checkout page
	front *gate  // address for browsers
	calls *calls
}

// newMerchant starts a shop with one of the variants. Its origin is allowed at kasir, as with kasir local --origin.
func newMerchant(t *testing.T, page string, start func(change func(*stack.Config)) *shopper) *checkoutShop {
	t.Helper()
	m := &checkoutShop{page: page, front: newGate(t, ""), calls: newCalls(t)}
	m.shopper = start(func(c *stack.Config) { c.Origins = []string{m.front.URL} })
	m.calls.leadsTo(t, m.stack.API)
	m.front.leadsTo(t, m.serve())
	return m
}

// undisturbed starts a shopper whose DOKU makes no mistakes.
func undisturbed(t *testing.T) func(func(*stack.Config)) *shopper {
	return func(change func(*stack.Config)) *shopper { return newShopper(t, change) }
}

// serve runs server.mjs with the pages, and returns its base URL.
func (m *checkoutShop) serve() string {
	m.t.Helper()
	folder := m.t.TempDir()
	for _, part := range []string{"checkout", "quotes"} {
		from := os.DirFS(filepath.Join(harness.Root(), "docs", part))
		if err := os.CopyFS(filepath.Join(folder, part), from); err != nil {
			m.t.Fatal(err)
		}
	}
	bundle(m.t, filepath.Join(folder, "checkout", "app.js"))
	server := exec.CommandContext(m.t.Context(), "node", filepath.Join(folder, "checkout", "server.mjs"))
	server.Env = append(os.Environ(), "PORT=0", "ORIGIN="+m.front.URL, "PAGE="+m.page,
		"API_URL="+m.calls.URL, "TOKEN_URL="+m.stack.Issuer+"/token", "QUOTE_KEY="+m.stack.Keys.QuoteKey)
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = server.Wait() }) // the test's context has killed it
	line, err := bufio.NewReader(out).ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSpace(line), "The shop is at ")
	if !found {
		m.t.Fatalf("server.mjs printed %q: %v", line, err)
	}
	return address
}

// bundle builds the React variant as docs/checkout.md describes.
func bundle(t *testing.T, to string) {
	t.Helper()
	build := exec.CommandContext(t.Context(), filepath.Join("node_modules", ".bin", "esbuild"),
		"docs/checkout/react.jsx", "--bundle", "--jsx=automatic", "--log-level=warning", "--outfile="+to)
	build.Dir = harness.Root()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("esbuild (npm ci installs it): %v\n%s", err, out)
	}
}

// calls is a gate between the browser and kasir's API. It counts the requests for a page.
type calls struct {
	*gate
	mu      sync.Mutex
	between between
	creates int
}

// between handles a request of the browser instead of pass, which is kasir's API. It is not called for preflights.
type between func(pass http.Handler, w http.ResponseWriter, r *http.Request)

func newCalls(t *testing.T) *calls {
	c := &calls{}
	c.gate = newGateBehind(t, "", func(pass http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if handle := c.taken(r); handle != nil {
				handle(pass, w, r)
				return
			}
			pass.ServeHTTP(w, r)
		})
	})
	return c
}

// taken counts a request and returns its handler, or nil.
func (c *calls) taken(r *http.Request) between {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Method == http.MethodOptions {
		return nil
	}
	if r.Method == http.MethodPost {
		c.creates++
	}
	return c.between
}

func (c *calls) goThrough(handle between) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.between = handle
}

func (c *calls) created() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.creates
}

// orders places an order in the shop and arrives at its checkout.
func (m *checkoutShop) orders() {
	m.t.Helper()
	m.goes("/")
	m.clicks("button")
	m.until(`location.pathname === ` + quote("/"+m.page))
	m.shows("unpaid")
}

// shows waits until the checkout shows an outcome.
func (m *checkoutShop) shows(outcome string) {
	m.t.Helper()
	m.until(`document.querySelector("#outcome")?.dataset.outcome === ` + quote(outcome))
}

// returns follows the hosted page's button to the shop.
func (m *checkoutShop) returns() {
	m.t.Helper()
	m.clicks(`.result a[href*="` + m.page + `"]`)
	m.until(`location.pathname === ` + quote("/"+m.page))
}

// paysWith pays on the hosted page and returns to the shop.
func (m *checkoutShop) paysWith(card customer.Card) {
	m.t.Helper()
	m.picks(card)
	m.confirms()
	m.returns()
}

// goesBack presses the browser's back button on the hosted page. The browser may restore the shop's page.
func (m *checkoutShop) goesBack() {
	m.t.Helper()
	m.does(`setTimeout(() => history.back())`) // the script must end before its page does
	m.until(`location.pathname === ` + quote("/"+m.page))
}

// madeOnePage checks that DOKU made one page in all.
func (m *checkoutShop) madeOnePage() {
	m.t.Helper()
	if pages := m.dokuPayments(""); len(pages) != 1 {
		m.t.Errorf("DOKU made %d pages, want 1", len(pages))
	}
}

// goes opens an address of the shop.
func (m *checkoutShop) goes(path string) {
	m.t.Helper()
	m.do(chromedp.Navigate(m.front.URL + path))
}
