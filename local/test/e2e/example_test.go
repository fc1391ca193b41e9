package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// example is the back end of examples/node, with a shopper. It hears of payments as with kasir local --webhook.
type example struct {
	*shopper
	*program
	port, orders string // its port, and the file of its orders
	times        int    // that the event is still delivered
	delivered    chan struct{}
}

// newExample starts the back end. Its first event is delivered as often as times says.
func newExample(t *testing.T, times int) *example {
	t.Helper()
	e := &example{port: freePort(t), times: times, delivered: make(chan struct{})}
	e.orders = filepath.Join(t.TempDir(), "orders.json")
	e.shopper = newShopper(t, func(c *stack.Config) {
		c.Webhooks = stack.Webhooks{URLs: []string{e.address("/hooks")}, Secret: hookSecret, Again: e.again}
	})
	builtClient(t)
	e.starts()
	return e
}

// again reports whether the event is delivered once more. It is called after each delivery.
func (e *example) again() bool {
	e.times--
	if e.times == 0 {
		close(e.delivered)
	}
	return e.times > 0
}

func (e *example) address(path string) string { return "http://localhost:" + e.port + path }

// starts starts the back end, for the first time or again.
func (e *example) starts() {
	e.t.Helper()
	e.program = start(e.t, filepath.Join(harness.Root(), "examples", "node"), e.env(), "node", "server.mjs")
	e.awaits(e.t, "The shop is at "+e.address(""))
}

func (e *example) env() []string {
	return []string{"PORT=" + e.port, "ORDERS=" + e.orders, "KASIR_URL=" + e.stack.API, "WEBHOOK_SECRET=" + hookSecret,
		"QUOTE_KEY=" + e.stack.Keys.QuoteKey}
}

// goesToPay orders in the shop, presses Pay and arrives on the hosted page. It returns the order's invoice number.
func (e *example) goesToPay() string {
	e.t.Helper()
	e.do(chromedp.Navigate(e.address("/")))
	e.clicks(`form[action="/orders"] button`)
	e.clicks(`form[action$="/pay"] button`)
	return e.arrivesAtDOKU()
}

// A customer orders, pays and comes back. The order's page shows PAID because a webhook has arrived. The second
// delivery of the event changes nothing.
func TestExamplePaid(t *testing.T) {
	e := newExample(t, 2)
	invoice := e.goesToPay()
	e.picks(customer.Visa)
	e.confirms()
	e.until(`location.pathname === ` + quote("/orders/"+invoice))
	e.seesStatus("PAID")
	e.until(`!document.querySelector("form")`)
	<-e.delivered
	e.awaits(t, "payment.paid "+invoice+" verified")
	if n := strings.Count(e.text(), "payment.paid"); n != 1 {
		t.Errorf("the order was paid %d times: %s", n, e.text())
	}
}

// The back end is down while the customer pays. It hears of the payment after its start.
func TestExampleIsDownWhileTheCustomerPays(t *testing.T) {
	e := newExample(t, 1)
	invoice := e.goesToPay()
	e.stop(t)
	e.picks(customer.Visa)
	e.confirms()
	if _, err := e.api.Await(t.Context(), invoice, "PAID"); err != nil {
		t.Fatal(err)
	}
	e.starts()
	e.awaits(t, "payment.paid "+invoice+" verified")
	tab := e.newTab() // the first one is being sent to the back end
	tab.do(chromedp.Navigate(e.address("/orders/" + invoice)))
	tab.seesStatus("PAID")
}

// Requests that are not kasir's change nothing, and the order is not paid by the customer's return.
func TestExampleRefusesForgedWebhooks(t *testing.T) {
	e := newExample(t, 1)
	invoice := e.goesToPay()
	event := strings.Replace(paidEvent, "INV-1", invoice, 1)
	address := e.address("/hooks")
	for what, header := range map[string]map[string][]string{
		"unsigned":             {},
		"by another secret":    signHook(t, otherSecret, event, time.Now()),
		"with another's event": signHook(t, hookSecret, paidEvent, time.Now()),
	} {
		if status := postHook(t, address, header, event); status != 400 {
			t.Errorf("%s: answered %d, want 400", what, status)
		}
	}
	e.do(chromedp.Navigate(e.address("/orders/" + invoice)))
	e.seesStatus("NEW")
}

// kasir trigger and kasir webhooks test send events of orders that the shop does not have. It accepts and prints them.
func TestExamplePrintsEventsOfOtherOrders(t *testing.T) {
	e := newExample(t, 1)
	header := signHook(t, hookSecret, paidEvent, time.Now())
	if status := postHook(t, e.address("/hooks"), header, paidEvent); status != 204 {
		t.Errorf("answered %d, want 204", status)
	}
	e.awaits(t, "payment.paid INV-1 verified, not an order of this shop")
}

// A second back end on the same port ends with the reason, and does not print that the shop is there.
func TestExampleNamesAPortThatIsTaken(t *testing.T) {
	e := newExample(t, 1)
	second := start(t, filepath.Join(harness.Root(), "examples", "node"), e.env(), "node", "server.mjs")
	<-second.waited
	second.awaits(t, "EADDRINUSE")
	if strings.Contains(second.text(), "The shop is at") {
		t.Error(second.text())
	}
}
