package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
	"kasir/local/stack"
	"kasir/local/test/browser"
)

// soon makes kasir's pages end after seconds. DOKU's pages last for an hour, by a clock that the test moves.
func soon(c *stack.Config) { c.Settings = map[string]string{"PAGE_LIFETIME": "3s"} }

// paysAgain waits for the end of the order's page and requests the next one.
func (s *shopper) paysAgain(invoice string) {
	s.t.Helper()
	s.opens("/order.html?invoice=" + invoice)
	s.until(`document.querySelector("#actions button")?.textContent === "Pay again"`)
	s.looks("100-page-ended")
	s.clicks("#actions button")
	if again := s.arrivesAtDOKU(); again != invoice {
		s.t.Errorf("paying again leads to %s, not to %s", again, invoice)
	}
}

// The customer comes back after the page has ended, and pays the same order on its next page.
func TestPayAgainAfterTheEnd(t *testing.T) {
	s := newShopper(t, soon)
	s.checksOut("madu")
	invoice := s.goesToPay()
	first := s.reads(`location.href`)
	s.posts("/control/clock", `{"advance":"1h"}`)
	s.do(chromedp.Navigate(first))
	s.sees("This payment page has expired.")
	s.looks("101-hosted-page-ended")
	s.paysAgain(invoice)
	s.looks("102-next-page")
	s.picks(customer.Mastercard)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	s.isPaid(invoice, 0)
	pages := s.dokuPayments(invoice)
	if len(pages) != 2 || pages[0].Status != "EXPIRED" || pages[1].Status != "PAID" ||
		pages[0].RequestID == pages[1].RequestID {
		t.Errorf("DOKU says %+v, want an ended page and a paid one", pages)
	}
	s.opens("/orders.html")
	if orders := s.reads(`String(document.querySelectorAll(".order").length)`); orders != "1" {
		t.Errorf("the shop lists %s orders, want 1", orders)
	}
}

// DOKU's page lasts longer than kasir expects. The customer pays on it after the next one was made: once, without a
// conflict.
func TestPayOnThePageBeforeTheNext(t *testing.T) {
	s := newShopper(t, soon)
	s.checksOut("madu")
	invoice := s.goesToPay()
	other := s.newTab()
	other.paysAgain(invoice)

	s.turnsTo()
	s.picks(customer.Visa)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	other.turnsTo()
	other.do(chromedp.Reload())
	other.sees("paid already")
	other.looks("103-paid-on-the-other-page")
	if p := s.isPaid(invoice, 0); p.Conflict.Reason != "" {
		t.Errorf("a conflict: %s", p.Conflict.Reason)
	}
	if pages := s.dokuPayments(invoice); len(pages) != 2 || pages[0].Status != "PAID" {
		t.Errorf("DOKU says %+v, want the first page paid", pages)
	}
}

// The page's address is opened and paid in another browser, which the shop does not know.
func TestPaidInAnotherBrowser(t *testing.T) {
	s := newShopper(t, soon)
	s.checksOut("madu")
	invoice := s.goesToPay()
	address := s.reads(`location.href`)
	s.opens("/order.html?invoice=" + invoice)
	s.does(`window.sameDocument = true`)

	other := *s
	other.ctx = browser.New(t)
	other.do(chromedp.Navigate(address))
	other.arrivesAtDOKU()
	other.picks(customer.Mastercard)
	other.confirms()
	other.comesBack()
	other.seesStatus("404")
	other.sees("If you paid, your payment is not lost: the shop has it under the number " + invoice)
	other.looks("104-in-the-other-browser")

	s.until(`document.querySelector("#status").dataset.status === "PAID" && window.sameDocument`)
	s.isPaid(invoice, 0)
	s.opens("/")
	s.until(`document.querySelector("#open-cart .count").textContent === "0"`) // it became this order
}

// The order is paid in another tab while this one still shows the ended page. The customer is not asked to pay twice.
func TestTheNextPageOfAnOrderThatIsPaid(t *testing.T) {
	s := newShopper(t, soon)
	s.checksOut("madu")
	invoice := s.goesToPay()
	s.picks(customer.Mastercard)
	late := s.newTab()
	late.opens("/order.html?invoice=" + invoice)
	late.until(`document.querySelector("#actions button")?.textContent === "Pay again"`)
	late.does(`window.fetch = ((ask) => (address, options) =>
		options?.method === "GET" && !window.freed ? new Promise(() => {}) : ask(address, options))(window.fetch)`) // the page gets no news

	s.turnsTo()
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	late.turnsTo()
	late.does(`document.querySelector("#actions button").click(); window.freed = true`)
	late.sees("It was paid already, in another tab or browser. You are not charged twice.")
	s.isPaid(invoice, 0)
	if pages := s.dokuPayments(invoice); len(pages) != 1 {
		t.Errorf("DOKU made %d pages, want 1", len(pages))
	}
}
