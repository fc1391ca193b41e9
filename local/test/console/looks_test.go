package console

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"kasir/local/test/browser"
	"kasir/local/test/harness"
)

// axe is the checker of accessibility, as npm installs it for the tests.
var axe = sync.OnceValues(func() (string, error) {
	content, err := os.ReadFile(filepath.Join(harness.Root(), "node_modules", "axe-core", "axe.min.js"))
	return string(content), err
})

// looks inspects the page as it is: in both languages, on a laptop and on a phone, in both themes. Nothing is wider
// than the window, and axe finds nothing. If the environment has KASIR_SCREENSHOTS, each of the eight is a picture
// there.
func (p *person) looks(name string) {
	p.t.Helper()
	defer p.speaks("en")
	for _, language := range []string{"en", "id"} {
		p.speaks(language)
		p.inspects(name + "-" + language)
	}
}

// inspects is looks for a page that has one language.
func (p *person) inspects(name string) {
	p.t.Helper()
	for _, device := range []string{"desktop", "phone"} {
		if device == "phone" {
			p.do(browser.Phone())
		}
		for _, theme := range []string{"light", "dark"} {
			p.theme(theme)
			p.until(`document.documentElement.scrollWidth <= innerWidth && !document.getAnimations().length`)
			p.findsNothing(name + "-" + device + "-" + theme)
			browser.FullScreenshot(p.t, p.ctx, "console-"+name+"-"+device+"-"+theme)
		}
	}
	p.theme("light")
	p.do(browser.Desktop())
}

func (p *person) theme(theme string) {
	p.t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
		p.t.Fatal(err)
	}
}

// speaks chooses a language. The choice also works behind a dialog.
func (p *person) speaks(language string) {
	p.t.Helper()
	p.until(`document.documentElement.lang === ` + quote(language) + ` ||
		document.querySelector("button[lang=` + language + `]")?.click()`)
}

// findsNothing lets axe look at the page, with every rule and without exceptions.
func (p *person) findsNothing(name string) {
	p.t.Helper()
	source, err := axe()
	if err != nil {
		p.t.Fatalf("axe-core (npm ci installs it): %v", err)
	}
	p.until(`(window.axe?.run ?? (() => { ` + source + `; return window.axe })())`)
	p.until(`(() => {
		if (window.axed?.name === ` + quote(name) + `) return window.axed.found;
		window.axed = {name: ` + quote(name) + `};
		axe.run(document, {resultTypes: ["violations"], rules: {"region": {enabled: true}}}).then(
			(r) => window.axed.found = JSON.stringify(r.violations.map((v) => ({rule: v.id, help: v.help,
				at: v.nodes.slice(0, 5).map((n) => n.target.join(" ") + " " + n.html.slice(0, 200) + " " + n.failureSummary)}))),
			(e) => window.axed.found = JSON.stringify([{rule: "axe failed", help: String(e), at: []}]));
	})()`)
	var found []struct {
		Rule, Help string
		At         []string
	}
	if err := json.Unmarshal([]byte(p.reads(`window.axed.found`)), &found); err != nil {
		p.t.Fatal(err)
	}
	for _, f := range found {
		p.t.Errorf("axe, %s: %s: %s\n\t%q", name, f.Rule, f.Help, f.At)
	}
}
