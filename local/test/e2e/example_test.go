package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
	"kasir/local/test/harness"
)

// example is the back end of examples/node, with a shopper.
type example struct {
	*shopper
	*program
	port, orders string // its port, and the file of its orders
}

func newExample(t *testing.T) *example {
	t.Helper()
	e := &example{port: freePort(t), orders: filepath.Join(t.TempDir(), "orders.json")}
	e.shopper = newShopper(t, nil)
	builtClient(t)
	e.starts()
	return e
}

// starts starts the back end, for the first time or again.
func (e *example) starts() {
	e.t.Helper()
	env := []string{"PORT=" + e.port, "ORDERS=" + e.orders, "KASIR_URL=" + e.stack.API, "WEBHOOK_SECRET=" + hookSecret,
		"QUOTE_KEY=" + e.stack.Keys.QuoteKey}
	e.program = start(e.t, filepath.Join(harness.Root(), "examples", "node"), env, "node", "server.mjs")
	e.awaits(e.t, "The shop is at http://localhost:"+e.port)
}

// goesToPay orders in the shop, presses Pay and arrives on the hosted page. It returns the order's invoice number.
func (e *example) goesToPay() string {
	e.t.Helper()
	e.do(chromedp.Navigate("http://localhost:" + e.port))
	e.clicks(`form[action="/orders"] button`)
	e.clicks(`form[action$="/pay"] button`)
	return e.arrivesAtDOKU()
}

// hears delivers the event of a payment, as often as times says.
func (e *example) hears(invoice string, times int) {
	e.t.Helper()
	if _, err := e.api.Await(e.t.Context(), invoice, "PAID"); err != nil {
		e.t.Fatal(err)
	}
	event := strings.Replace(paidEvent, "INV-1", invoice, 1)
	for range times {
		header := signHook(e.t, hookSecret, event, time.Now())
		if status := postHook(e.t, "http://localhost:"+e.port+"/hooks", header, event); status != 204 {
			e.t.Errorf("the back end answered %d", status)
		}
	}
}

// A customer orders, pays and comes back. The order's page shows PAID because a webhook has arrived.
func TestExamplePaid(t *testing.T) {
	e := newExample(t)
	invoice := e.goesToPay()
	e.picks(customer.Visa)
	e.confirms()
	e.until(`location.pathname === ` + quote("/orders/"+invoice))
	e.seesStatus("NEW")
	e.hears(invoice, 2)
	e.seesStatus("PAID")
	e.until(`!document.querySelector("form")`)
	e.awaits(t, "payment.paid "+invoice+" verified")
	if n := strings.Count(e.text(), "payment.paid"); n != 1 {
		t.Errorf("the order was paid %d times: %s", n, e.text())
	}
}

// The back end is down while the customer pays. It hears of the payment after its start.
func TestExampleIsDownWhileTheCustomerPays(t *testing.T) {
	e := newExample(t)
	invoice := e.goesToPay()
	e.stop(t)
	e.picks(customer.Visa)
	e.confirms()
	e.starts()
	e.hears(invoice, 1)
	e.awaits(t, "payment.paid "+invoice+" verified")
	e.do(chromedp.Navigate("http://localhost:" + e.port + "/orders/" + invoice))
	e.seesStatus("PAID")
}

// Requests that are not kasir's change nothing, and the order is not paid by the customer's return.
func TestExampleRefusesForgedWebhooks(t *testing.T) {
	e := newExample(t)
	invoice := e.goesToPay()
	event := strings.Replace(paidEvent, "INV-1", invoice, 1)
	address := "http://localhost:" + e.port + "/hooks"
	for what, header := range map[string]map[string][]string{
		"unsigned":             {},
		"by another secret":    signHook(t, otherSecret, event, time.Now()),
		"with another's event": signHook(t, hookSecret, paidEvent, time.Now()),
	} {
		if status := postHook(t, address, header, event); status != 400 {
			t.Errorf("%s: answered %d, want 400", what, status)
		}
	}
	e.do(chromedp.Navigate("http://localhost:" + e.port + "/orders/" + invoice))
	e.seesStatus("NEW")
}
