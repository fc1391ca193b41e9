package console

import (
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"kasir/local/customer"
)

// payloads are texts that a page must show as they are.
var payloads = []string{
	`<img src=x onerror="window.hacked='img'">`,
	`"><script>window.hacked='script'</script><b class=evil>`,
	`javascript:window.hacked='link'//`,
	`<svg/onload=window.hacked='svg'>'"--><iframe srcdoc="<script>parent.hacked='frame'</script>">`,
	"\u202egnp.exe\u2066 reversed", // right-to-left override
	"{invoice} {{7*7}} ${window.hacked='template'} &lt;b&gt; %3Cimg%3E \u0000",
	strings.Repeat("W", 10<<10),
}

// poison replaces texts in the API's answers before the page sees them: every one, or those of free text alone.
const poison = `(() => {
	const payloads = PAYLOADS, words = /^(status|state|kind|type|source|decision|id|cursor|subject|at|since|paid_out|.*_at)$/;
	let n = 0;
	const spoil = (value, name) => typeof value === "string" ? (EVERY || !words.test(name) ? payloads[n++ % payloads.length] + value : value)
		: Array.isArray(value) ? value.map((one) => spoil(one, name))
		: value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, spoil(v, k)])) : value;
	const real = window.fetch;
	window.fetch = async (to, how) => {
		const answer = await real(to, how);
		if (!/^\/(payments|settlements)/.test(new URL(to, location.href).pathname)) return answer;
		return new Response(JSON.stringify(spoil(await answer.json(), "")), {status: answer.status, headers: answer.headers});
	};
})()`

// harms lists the texts of a payload that have become more than a text, and whatever else makes the page useless.
const harms = `[window.hacked && "ran: " + window.hacked,
	...[...document.querySelectorAll("#app img, #app script, #app iframe, .evil, svg[onload], a[href^=javascript], [onerror]")]
		.map((e) => "element: " + e.outerHTML.slice(0, 200)),
	document.body.innerText.includes("This page has a mistake") && "broken", !document.querySelector("main h1") && "empty",
	document.documentElement.scrollWidth > innerWidth && "wide: " + [...document.querySelectorAll("main *")].filter((e) =>
		e.getBoundingClientRect().right > innerWidth && !e.closest("pre")).slice(0, 3).map((e) => e.outerHTML.slice(0, 150)),
	...[...document.querySelectorAll("main *")].filter((e) => [...e.childNodes].some((c) => c.nodeType === 3 &&
		c.data.includes("\u202e")) && getComputedStyle(e).display === "inline" && getComputedStyle(e).unicodeBidi !== "isolate")
		.map((e) => "reverses: " + e.parentElement.outerHTML.slice(0, 300))].filter(Boolean).join("\n")`

// staysWhole fails if a payload does harm.
func (p *person) staysWhole() {
	p.t.Helper()
	if found := p.reads(harms); found != "" {
		p.t.Errorf("%s: %s", p.reads(`location.pathname`), found)
	}
}

// Every text of every answer of the API is shown as a text, on every page.
func TestEveryTextIsAText(t *testing.T) {
	for _, c := range []struct {
		name, every string
		payloads    []string
	}{
		{"free text", "false", payloads},
		{"every text", "true", payloads[:len(payloads)-1]}, // statuses, kinds and times are kasir's own, and never long
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPerson(t)
			p.has(customer.Visa, "INV-1")
			p.declines("INV-3")
			p.tells("/control/settle", `{}`)
			p.tells("/control/backoffice", `{"invoice_number":"INV-1","act":"refund","amount":30000}`)
			p.awaits("INV-1", "PARTIALLY_REFUNDED")
			p.asksFor("INV-2")
			p.reports("INV-2", 80000)
			p.awaits("INV-2", "NEEDS_REVIEW")
			batch := p.settles()
			script := strings.NewReplacer("PAYLOADS", quoteAll(c.payloads), "EVERY", c.every).Replace(poison)
			params := page.AddScriptToEvaluateOnNewDocumentParams{Source: script}
			if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, params); err != nil {
				t.Fatal(err)
			}
			for _, place := range []string{"", "?from=2026-11-01", "/orders", "/orders?q=INV-11", "/orders/INV-1", "/orders/INV-2",
				"/orders/INV-3", "/orders/INV-404", "/attention", "/settlements", "/settlements/" + batch} {
				p.signsIn("admin", place)
				p.until(`!document.querySelector(".loading")`)
				p.until(`[...document.querySelectorAll("details")].every((d) => d.open = true)`)
				p.staysWhole()
				if place == "/orders/INV-1" || place == "/orders/INV-2" || place == "/attention" {
					p.opensEveryDialog()
				}
			}
		})
	}
}

// opensEveryDialog opens each dialog of the page, and closes it.
func (p *person) opensEveryDialog() {
	p.t.Helper()
	p.until(`(window.opening = [...document.querySelectorAll("main button")].filter((b) => !b.disabled &&
		!b.closest("details") && !/Read again|Ask DOKU|Copy/.test(b.innerText))).length`)
	for p.reads(`String(window.opening.length)`) != "0" {
		p.until(`!window.opening.shift().click()`)
		p.until(`document.querySelector("dialog[open]")`)
		p.staysWhole()
		p.until(`!document.querySelector("dialog[open] header button").click()`)
		p.until(`!document.querySelector("dialog[open]")`)
	}
}

// settles uploads a settlement report with a difference, and returns the settlement's id.
func (p *person) settles() string {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), "report.csv")
	content := p.tells("/control/settlement?malformed=differing_amount", "")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.signsIn("finance", "/settlements")
	p.do(chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
	p.presses("Upload")
	p.until(`document.querySelector(".outcome a")`)
	return path.Base(p.reads(`document.querySelector(".outcome a").pathname`))
}

// What people and shops write arrives at the page through kasir itself.
func TestNotesAreTexts(t *testing.T) {
	p := newPerson(t)
	page, err := p.api.CreatePage(t.Context(), []byte(`{"order":{"invoice_number":"INV-1","amount":90000},
		"customer":{"email":"budi@example.com","name":"<img src=x onerror=hacked>"},
		"metadata":{"basket":"<img src=x onerror=\"window.hacked='metadata'\">","link":"javascript:window.hacked='link'"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Visa); err != nil {
		t.Fatal(err)
	}
	p.awaits("INV-1", "PAID")
	p.signsIn("finance", "/orders/INV-1")
	p.presses("Record money that moved")
	p.until(`(s => { s.value = "chargeback"; s.dispatchEvent(new Event("change", {bubbles: true})); return true })(
		document.querySelector("dialog select"))`)
	p.types("Amount in rupiah", "10.000")
	p.types("Reference", payloads[0])
	p.types("What you found", payloads[1])
	p.presses("Continue")
	p.staysWhole()
	p.presses("Record Rp 10.000")
	p.sees("is recorded")
	p.clicks("dialog button", "Close")
	p.sees(payloads[0])
	p.sees("javascript:window.hacked='link'")
	p.staysWhole()
	if !strings.Contains(p.reads(`document.querySelector("main").innerText`), payloads[1]) {
		t.Error("the note is not shown as it was written")
	}
}

func quoteAll(texts []string) string {
	var quoted []string
	for _, text := range texts {
		quoted = append(quoted, quote(text))
	}
	return "[" + strings.Join(quoted, ",") + "]"
}
