package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
	"kasir/local/test/harness"
)

// The clock is moved a week ahead. The shop and the hosted page show that, and the customer can still buy: the shop's
// session renews its tokens by itself.
func TestEveryPageShowsAClockThatIsAhead(t *testing.T) {
	s := newShopper(t, nil)
	s.opens("/")
	if hidden := s.reads(`String(document.querySelector("#clock").hidden)`); hidden != "true" {
		t.Error("the shop shows the real time")
	}
	s.checksOut("madu")
	if err := s.stack.Clock.Advance(t.Context(), 7*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	invoice := s.goesToPay()
	s.sees(" WIB, 7 days ahead")
	s.looks("110-clock-hosted-page")
	s.do(chromedp.Evaluate[chromedp.Void](`location.search = "?language=ID"`))
	s.sees(" WIB, dimajukan 7 hari")
	s.looks("111-clock-bahasa")
	s.picks(customer.Visa)
	s.confirms()
	s.comesBack()
	s.seesStatus("PAID")
	s.sees("Clock: ")
	s.sees(" WIB, 7 days ahead")
	s.looks("112-clock-shop")
	s.do(chromedp.Navigate(s.stack.DOKU))
	s.sees(" WIB, 7 days ahead")
	s.looks("113-clock-sandbox")
	s.api = harness.API(t, s.stack) // the earlier token has expired
	s.isPaid(invoice, 0)
}
