package e2e

import (
	"strings"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
	"kasir/local/test/browser"
)

// The functions below are steps of a purchase. Each ends where the next begins.

// checksOut puts items into the cart and goes to the checkout.
func (s *shopper) checksOut(items ...string) {
	s.t.Helper()
	s.opens("/")
	for _, id := range items {
		s.clicks(`[data-add="` + id + `"]`)
		s.until(`document.querySelector('[data-held="` + id + `"]')`)
	}
	s.clicks("#open-cart")
	s.clicks("#to-checkout")
	s.until(`document.querySelector("#pay")?.textContent.startsWith("Pay Rp")`)
}

// goesToPay presses Pay and arrives on the hosted page. It returns the order's invoice number.
func (s *shopper) goesToPay() string {
	s.t.Helper()
	s.clicks("#pay")
	return s.arrivesAtDOKU()
}

func (s *shopper) arrivesAtDOKU() string {
	s.t.Helper()
	s.until(`location.pathname.startsWith("/pay/") && document.querySelector("#card_number")`)
	return s.reads(`document.querySelector(".invoice span:last-child").textContent`)
}

// gives types a card into the hosted page and arrives at the bank's question for the one-time password.
func (s *shopper) gives(card customer.Card) {
	s.t.Helper()
	s.types("#card_number", card.Number)
	s.types("#expiry", strings.ReplaceAll(card.Expiry, "/", "")) // the page adds the slash
	s.types("#cvv", card.CVV)
	s.clicks("form .button")
	s.until(`document.querySelector("#otp")`)
}

// picks chooses one of the test cards that the hosted page offers.
func (s *shopper) picks(card customer.Card) {
	s.t.Helper()
	s.clicks(`a[data-number="` + spaced(card.Number) + `"]`)
	s.until(`document.querySelector("#cvv").value === ` + quote(card.CVV))
	s.clicks("form .button")
	s.until(`document.querySelector("#otp")`)
}

// confirms types the one-time password and arrives at the result.
func (s *shopper) confirms() {
	s.t.Helper()
	s.do(chromedp.SendKeys(chromedp.CSS("#otp"), customer.OTP))
	s.clicks("form .button")
	s.until(`document.querySelector(".result")`)
}

// comesBack follows the hosted page's button to the shop, without waiting for the redirect.
func (s *shopper) comesBack() {
	s.t.Helper()
	s.clicks(`.result a[href*="order.html"]`)
	s.until(`location.pathname === "/order.html"`)
}

func (s *shopper) seesStatus(status string) {
	s.t.Helper()
	s.until(`document.querySelector("#status")?.dataset.status === ` + quote(status))
}

// inFrame waits for the expression, or acts, in the hosted page inside the shop's window.
func (s *shopper) inFrame(expression string) {
	s.t.Helper()
	browser.UntilInFrame(s.t, s.ctx, "/pay/", expression)
}

func (s *shopper) clicksInFrame(selector string) {
	s.t.Helper()
	s.inFrame(`(node => { node?.click(); return node })(document.querySelector(` + quote(selector) + `))`)
}

func spaced(number string) string {
	var b strings.Builder
	for i, digit := range number {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(digit)
	}
	return b.String()
}
