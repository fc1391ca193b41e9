package console

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"kasir/local/customer"
)

// focused describes the element that has the focus, and is empty if a person cannot see that it has.
const focused = `(e => { const s = getComputedStyle(e), r = e.getBoundingClientRect();
	return e !== document.body && s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && r.width && r.bottom > 0 &&
		r.top < innerHeight ? (e.innerText || e.labels?.[0]?.innerText || e.ariaLabel || e.tagName).replace(/\s+/g, " ").trim() : "" })(document.activeElement)`

func (p *person) keys(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.do(chromedp.KeyEvent(key))
	}
}

// tabsTo presses the tabulator until an element that begins with the words has the focus. Each on the way shows it.
func (p *person) tabsTo(words string) {
	p.t.Helper()
	for range 60 {
		p.keys(kb.Tab)
		var at string
		if err := json.Unmarshal([]byte(p.reads(`JSON.stringify(`+focused+`)`)), &at); err != nil {
			p.t.Fatal(err)
		}
		if at == "" {
			p.t.Errorf("the focus is not to be seen on %s", p.reads(`document.activeElement.outerHTML.slice(0, 200)`))
		}
		if len(at) >= len(words) && at[:len(words)] == words {
			return
		}
	}
	p.t.Fatalf("the tabulator does not lead to %q", words)
}

// A person without a mouse finds an order and refunds a part of it.
func TestRefundsWithTheKeyboardAlone(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1", "INV-2")
	p.tells("/control/settle", `{}`)
	p.signsIn("support", "")
	p.sees("All 2 orders")
	p.keys(kb.Tab)
	if at := p.reads(focused); at != "Skip to the content" {
		t.Errorf("the first stop is %q", at)
	}
	p.tabsTo("Orders")
	p.keys(kb.Enter)
	p.until(`document.activeElement.tagName === "H1" && document.activeElement.innerText === "Orders"`) // a screen reader reads it
	p.tabsTo("Invoice number")
	p.keys("INV-1", kb.Enter)
	p.until(`location.search.includes("INV-1") && document.querySelectorAll("main tbody tr").length === 1`)
	p.tabsTo("INV-1")
	p.keys(kb.Enter)
	p.sees("Can still be refunded")
	p.until(`document.activeElement.tagName === "H1"`)
	p.tabsTo("Refund")
	p.keys(kb.Enter)
	p.until(`document.activeElement.matches("dialog input")`)
	p.until(`document.activeElement.select() || true`)
	p.keys("30.000", kb.Enter)
	p.sees("Give Rp 30.000 of INV-1 back")
	p.until(`document.querySelector("dialog button.primary:enabled")`)
	p.tabsTo("Refund")
	p.keys(kb.Enter)
	p.sees("Rp 30.000 was given back.")
	p.keys(kb.Escape)
	p.until(`!document.querySelector("dialog") && document.activeElement.innerText === "Refund"`)
	p.once()
}

// The tabulator visits everything that can be used, from the top to the bottom, and stays inside an open dialog.
func TestTheOrderOfTheFocus(t *testing.T) {
	p := newPerson(t)
	p.has(customer.Visa, "INV-1")
	p.tells("/control/backoffice", `{"invoice_number":"INV-1","act":"dispute"}`)
	for _, place := range []string{"", "/orders", "/orders/INV-1", "/attention", "/settlements"} {
		p.signsIn("admin", place)
		p.until(`!document.querySelector(".loading")`)
		p.until(`window.usable = [...document.querySelectorAll("a[href], button:enabled, input:enabled, select, summary, [tabindex='0']")]
			.filter((e) => e.checkVisibility())`)
		p.until(`!document.activeElement.blur() && (window.visited = [])`)
		for range 80 {
			p.keys(kb.Tab)
			if p.reads(`(e => { if (e === document.body || visited.includes(e)) return "all"; visited.push(e); return "" })(document.activeElement)`) != "" {
				break
			}
		}
		if missed := p.reads(`usable.filter((e) => !visited.includes(e)).map((e) => e.outerHTML.slice(0, 150)).join("\n")`); missed != "" {
			t.Errorf("%s: the tabulator does not reach %s", place, missed)
		}
		if back := p.reads(`visited.filter((e, i) => i && !(visited[i - 1].compareDocumentPosition(e) & 4)).map((e) =>
			e.outerHTML.slice(0, 150)).join("\n")`); back != "" {
			t.Errorf("%s: the focus jumps back to %s", place, back)
		}
	}
	p.signsIn("admin", "/orders/INV-1")
	p.presses("Record money that moved")
	for range 8 {
		p.keys(kb.Tab)
		p.until(`document.activeElement === document.body || document.activeElement.closest("dialog")`)
	}
}
