package console

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/browser"
	"kasir/local/test/harness"
)

// person is one of the merchant's people at the console.
type person struct {
	t     *testing.T
	ctx   context.Context
	stack *stack.Stack
	api   merchant.API // with the back end's token, to prepare and to look

	meeting context.CancelFunc // ends what requests meet on their way
}

func newPerson(t *testing.T) *person {
	t.Parallel()
	ctx := browser.New(t) // first, so that it closes last: a page that still sends requests finds its servers
	running := harness.Start(t, nil)
	recordRequests(t, ctx, running)
	answer, err := http.Get(running.Console)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if answer.StatusCode == http.StatusServiceUnavailable && os.Getenv("CI") != "true" {
		t.Skipf("%s", content) // the page is not built
	}
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s %s %v", answer.Status, content, err)
	}
	return &person{t: t, ctx: ctx, stack: running, api: harness.API(t, running)}
}

// signsIn opens a place of the console under a role, and waits until the place is there.
func (p *person) signsIn(role, place string) {
	p.t.Helper()
	join := "?"
	if strings.Contains(place, "?") {
		join = "&"
	}
	p.do(chromedp.Navigate(p.stack.Console + place + join + "login_hint=" + role))
	p.until(`document.querySelector("main#main h1") && !location.search.includes("login_hint")`)
}

// opens goes to another place of the console, by its link in the navigation.
func (p *person) opens(name string) {
	p.t.Helper()
	p.clicks(`header nav a`, name)
	p.until(`document.querySelector("main h1")?.textContent.includes(` + quote(name) + `) ||
		document.querySelector("header nav a[aria-current]")?.textContent === ` + quote(name))
}

func (p *person) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	browser.Do(p.t, p.ctx, steps...)
}

func (p *person) until(expression string) {
	p.t.Helper()
	browser.Until(p.t, p.ctx, expression)
}

// sees waits until the words are on the page. White space, such as that in Rp 90.000, counts as a space.
func (p *person) sees(words string) {
	p.t.Helper()
	p.until(`document.body.innerText.replace(/\s+/g, " ").includes(` + quote(words) + `)`)
}

// seesNo fails if the words are on the page.
func (p *person) seesNo(words string) {
	p.t.Helper()
	if p.reads(`String(document.body.innerText.replace(/\s+/g, " ").includes(`+quote(words)+`))`) == "true" {
		p.t.Errorf("the page has %q", words)
	}
}

func (p *person) reads(expression string) string {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// clicks clicks on the first enabled element of the selector whose text begins with the words. If the page replaces the
// element before the click, it is found again.
func (p *person) clicks(selector, words string) {
	p.t.Helper()
	var err error
	for range 5 {
		p.until(`(() => {
			document.querySelectorAll("[data-target]").forEach((e) => e.removeAttribute("data-target"));
			const open = document.querySelector("dialog[open]") ?? document;
			const found = [...open.querySelectorAll(` + quote(selector) + `)].find((e) => !e.disabled &&
				e.checkVisibility() && e.innerText.replace(/\s+/g, " ").trim().startsWith(` + quote(words) + `));
			found?.setAttribute("data-target", "");
			return found;
		})()`)
		limited, cancel := context.WithTimeout(p.ctx, clickLimit)
		err = chromedp.Do(limited, chromedp.Click(chromedp.CSS("[data-target]"), chromedp.NodeVisible))
		cancel()
		if err == nil {
			return
		}
	}
	p.t.Fatalf("clicking on %s: %v", words, err)
}

// clickLimit is longer than a click takes, also on a busy machine.
const clickLimit = 10 * time.Second

func (p *person) presses(button string) {
	p.t.Helper()
	p.clicks("button", button)
}

// types replaces the contents of the field with a label, with the keyboard.
func (p *person) types(label, value string) {
	p.t.Helper()
	p.until(`(() => {
		const open = document.querySelector("dialog[open]") ?? document;
		const field = [...open.querySelectorAll("label")].find((l) => l.innerText.startsWith(` + quote(label) + `))?.control;
		field?.focus();
		field?.select?.();
		return field && document.activeElement === field;
	})()`)
	p.do(chromedp.KeyEvent(kb.Backspace), chromedp.KeyEvent(value))
}

// chooses clicks on an answer of a question.
func (p *person) chooses(answer string) {
	p.t.Helper()
	p.clicks("label", answer)
}

func quote(words string) string {
	quoted, err := json.Marshal(words)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}
