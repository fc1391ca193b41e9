package console

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
	"kasir/local/test/browser"
)

// refunds counts the refunds of an order that DOKU's sandbox has carried out.
func (p *person) refunds(invoice string) int {
	p.t.Helper()
	answer, err := http.Get(p.stack.DOKU + "/control/ledger?invoice_number=" + invoice)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	var book struct {
		Ledger []struct{ Refunds []struct{ Status string } }
	}
	if err := json.NewDecoder(answer.Body).Decode(&book); err != nil || len(book.Ledger) != 1 {
		p.t.Fatalf("%+v %v", book, err)
	}
	return len(book.Ledger[0].Refunds)
}

// once fails if there is not one refund of 30000.
func (p *person) once() {
	p.t.Helper()
	if got := p.reading("INV-1"); p.refunds("INV-1") != 1 || got.Refunded != 30000 || len(got.Refunds) != 1 {
		p.t.Errorf("DOKU carried out %d refunds; the API says %+v", p.refunds("INV-1"), got)
	}
}

// confirms opens a refund of 30.000 and stops before its last click.
func (p *person) confirms() {
	p.t.Helper()
	p.presses("Refund")
	p.types("Amount to give back", "30.000")
	p.presses("Continue")
	p.until(`[...document.querySelectorAll("dialog button:enabled")].some((b) => b.innerText.startsWith("Refund"))`)
}

// insists clicks on the dialog's button whenever that is possible, until the money has gone back.
func (p *person) insists(button string) {
	p.t.Helper()
	p.until(`(dialog => dialog && (/was given back/.test(dialog.innerText) || dialog.querySelector(".sum") &&
		[...dialog.querySelectorAll("button:enabled")].find((b) =>
			b.innerText.replace(/\s+/g, " ") === ` + quote(button) + `)?.click()))(document.querySelector("dialog"))`)
}

// settled has a paid order of which a part can be refunded, open in the browser of support.
func settled(t *testing.T) *person {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.tells("/control/settle", `{}`)
	p.signsIn("support", "/orders/INV-1")
	return p
}

// The same refund is confirmed in two tabs. The second one was confirmed for an order that is another one by now.
func TestTwoTabsRefundOnce(t *testing.T) {
	p := settled(t)
	second := *p
	second.ctx = browser.Tab(t, p.ctx)
	recordRequests(t, second.ctx, p.stack)
	second.signsIn("support", "/orders/INV-1")
	p.confirms()
	second.confirms()
	p.presses("Refund Rp 30.000")
	second.presses("Refund Rp 30.000")
	p.until(`/was given back|order has changed/.test(document.querySelector("dialog").innerText)`)
	second.until(`/was given back|order has changed/.test(document.querySelector("dialog").innerText)`)
	p.once()
}

// The page is loaded anew, or left by the back button, while DOKU is asked. The act is there again, and is sent again
// as the same one.
func TestLeavesInTheMiddle(t *testing.T) {
	leave := map[string]func(p *person){
		"reload": func(p *person) { p.do(reload()) },
		"back": func(p *person) {
			p.until(`!history.back()`)
			p.until(`location.pathname.endsWith("/orders")`)
			p.until(`!history.forward()`)
		},
	}
	for name, leaves := range leave {
		t.Run(name, func(t *testing.T) {
			p := settled(t)
			p.opens("Orders")
			p.clicks("main tbody a", "INV-1")
			p.confirms()
			p.meets("/payments/*/refunds", &meeting{wait: time.Minute, after: true})
			p.presses("Refund Rp 30.000")
			p.sees("DOKU is being asked")
			p.awaits("INV-1", "PARTIALLY_REFUNDED") // kasir has done it, and the page does not know
			leaves(p)
			p.meets("", nil)
			p.insists("Send the same again")
			p.sees("Rp 30.000 was given back.")
			p.once()
		})
	}
}

// Between the page and kasir: nothing, something slow, a limit, a failure. Each is said, nothing typed is lost, and the
// refund is made once.
func TestTheNetworkFails(t *testing.T) {
	for name, c := range map[string]struct {
		meeting     *meeting
		says, again string
	}{
		"API down":        {offline(), "kasir cannot be reached.", "Send the same again"},
		"answer lost":     {&meeting{reason: offline().reason, after: true}, "No answer came.", "Send the same again"},
		"limit":           {answered(429, "2"), "That was too soon", "Refund Rp 30.000"},
		"limit, no time":  {answered(429, ""), "That was too soon", "Refund Rp 30.000"},
		"unavailable":     {answered(503, ""), "not finished yet", "Send the same again"},
		"no JSON":         {&meeting{status: 502, body: "<html>Bad Gateway"}, "not finished yet", "Send the same again"},
		"refused by WAF":  {answered(403, ""), "Your role does not allow this.", "Refund Rp 30.000"},
		"slow":            {&meeting{wait: 10 * time.Second}, "DOKU is being asked", ""},
		"answered wrong ": {&meeting{status: 200, body: "<html>captive portal"}, "not finished yet", "Send the same again"},
	} {
		t.Run(name, func(t *testing.T) {
			p := settled(t)
			p.confirms()
			p.meets("/payments/*/refunds", c.meeting)
			p.presses("Refund Rp 30.000")
			p.sees(c.says)
			if c.again != "" {
				p.meets("", nil)
				p.insists(c.again)
			}
			p.sees("Rp 30.000 was given back.")
			p.once()
		})
	}
}

// Reading fails too: what was there stays, it says so, and reading again helps.
func TestReadingFails(t *testing.T) {
	p := settled(t)
	for _, c := range []struct {
		meeting *meeting
		says    string
	}{
		{offline(), "kasir cannot be reached."},
		{answered(429, "1"), "That was too soon"},
		{answered(503, ""), "kasir cannot answer at the moment."},
	} {
		p.sees("Can still be refunded Rp 90.000")
		p.meets("/payments/*", c.meeting)
		p.presses("Read again")
		p.sees(c.says)
		p.sees("Can still be refunded Rp 90.000")
		p.meets("", nil)
		p.presses("Try again")
		p.until(`!document.querySelector("main [role=alert]")`)
	}
	p.meets("/payments?*", offline())
	p.opens("Orders")
	p.sees("kasir cannot be reached.")
	p.meets("", nil)
	p.presses("Try again")
	p.sees("INV-1")
}

// A sign-in ends after ten minutes. What was typed is there after the next one, and nothing is sent twice.
func TestTheSignInEnds(t *testing.T) {
	p := settled(t)
	p.presses("Refund")
	p.types("Amount to give back", "30.000")
	if err := p.stack.Clock.Advance(t.Context(), 11*time.Minute); err != nil {
		t.Fatal(err)
	}
	p.ages(11 * time.Minute)
	p.presses("Continue")
	p.presses("Refund Rp 30.000")
	p.insists("Refund Rp 30.000")
	p.sees("Rp 30.000 was given back.")
	p.once()
}

// The sign-in ends while an act waits for its confirmation, and somebody with another role signs in: on one machine
// each role is another person. Nothing moves, and the act of the first is not offered to the second.
func TestAnotherRoleSignsIn(t *testing.T) {
	p := settled(t)
	p.confirms()
	p.until(`sessionStorage.setItem("kasir.login-hint", "viewer") || true`)
	if err := p.stack.Clock.Advance(t.Context(), 11*time.Minute); err != nil {
		t.Fatal(err)
	}
	p.ages(11 * time.Minute)
	p.presses("Refund Rp 30.000")
	p.until(`document.querySelector(".person")?.innerText.includes("viewer")`)
	p.sees("Can still be refunded Rp 90.000")
	p.until(`!document.querySelector("dialog[open]")`)
	p.until(`![...document.querySelectorAll("button")].some((b) => b.innerText.startsWith("Refund"))`)
	if p.refunds("INV-1") != 0 {
		t.Error("a viewer refunded")
	}
}

// ages lets the browser's clock be ahead too, on this page.
func (p *person) ages(by time.Duration) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](`((now) => { Date.now = () => now() + ` +
		quote(by.String()) + `.match(/\d+/)[0] * 60000 })(Date.now.bind(Date))`))
}
