package sandbox

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"kasir/local/sandbox/validate"
)

func TestPageShowsTheOrderInTheMerchantsColours(t *testing.T) {
	b := newBench(t)
	page := b.create(`{"order":{"invoice_number":"INV-1","amount":1090000,"descriptor":"Toko <Batik>",
		"line_items":[{"name":"Kain & Selendang","price":1000000,"quantity":1},{"name":"Kirim","price":45000,"quantity":2}]},
		"customer":{"phone":"+6281122334455","name":"Siti"},
		"override_configuration":{"themes":{"background_color":"0A1B2C","button_background_color":"00FF88"}}}`)
	a := b.get(page)
	for _, want := range []string{
		"Toko &lt;Batik&gt;", "Kain &amp; Selendang", "Rp1.090.000", "2 × Rp45.000", "Rp90.000", "INV-1",
		"--bg: #0A1B2C",
		"--button: #00FF88", "--fg: #1A1A1A", `value="Siti"`, "This is kasir&#39;s sandbox, not DOKU",
		"5573 3810 1111 1101",
	} {
		if !strings.Contains(string(a.body), want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	csp := a.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "frame-ancestors") ||
		a.header.Get("X-Frame-Options") != "" {
		t.Errorf("a merchant must be able to frame the page, and it loads nothing: %q", csp)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Error("the page may be cached")
	}
}

// A merchant may frame the pages of a customer, and nobody the pages whose buttons move money.
func TestNoSiteFramesTheBackOffice(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/", "/backoffice"} {
		if csp := b.get(b.url + path).header.Get("Content-Security-Policy"); !strings.Contains(csp,
			"frame-ancestors 'none'") {
			t.Errorf("%s may be framed: %q", path, csp)
		}
	}
}

func TestIndonesian(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-1", 90000, `,"override_configuration":{"themes":{"language":"ID"}}`))
	a := b.submit(page, cardValues("1"))
	if s := string(a.body); !strings.Contains(s, `lang="id"`) || !strings.Contains(s, "Nomor kartu tidak valid") {
		t.Errorf("%s", s)
	}
	// The customer's own choice lasts through all steps.
	english := stepOf(page, "?language=EN")
	if a := b.get(english); !strings.Contains(string(a.body), "Card number") {
		t.Errorf("%s", a.body)
	}
	form := cardValues(poorCard)
	form.Set("language", "EN")
	if a := b.submit(page, form); !strings.Contains(string(a.body), "Confirm it is you") {
		t.Errorf("%s", a.body)
	}
	if a := b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}}); !strings.Contains(string(a.body),
		"Saldo kartu ini tidak mencukupi") {
		t.Errorf("%s", a.body)
	}
}

func TestNoSentenceIsMissing(t *testing.T) {
	for _, w := range []*texts{english, indonesian} {
		v := reflect.ValueOf(*w)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s: %s is empty", w.Language, v.Type().Field(i).Name)
			}
		}
	}
	for code := range english.Reasons {
		if indonesian.Reasons[code] == "" {
			t.Errorf("no Indonesian reason for %q", code)
		}
	}
}

func TestTestCardLinkFillsTheForm(t *testing.T) {
	b := newBench(t)
	a := b.get(stepOf(b.create(simple("INV-1", 90000, "")), "?fill=2"))
	for _, want := range []string{`value="4761 3499 9900 0039"`, `value="12/31"`, `value="998"`} {
		if !strings.Contains(string(a.body), want) {
			t.Errorf("%s is not in the form", want)
		}
	}
}

func TestAddressesAfterThePayment(t *testing.T) {
	const urls = `"callback_url":"https://m.example/ok?a=1&b=2","failed_url":"https://m.example/no"`
	b := newBench(t)
	page := b.create(`{"order":{"invoice_number":"INV-1","amount":5000,"auto_redirect":true,` + urls +
		`},"customer":{"email":"a@b.co"}}`)
	a := string(b.pay(page, poorCard).body)
	if !strings.Contains(a, `href="https://m.example/no"`) || strings.Contains(a, "http-equiv") {
		t.Errorf("after a decline: %s", a)
	}
	a = string(b.pay(page, goodCard).body)
	if !strings.Contains(a, `<meta http-equiv="refresh" content="3;url=https://m.example/ok?a=1&amp;b=2">`) ||
		!strings.Contains(a, `href="https://m.example/ok?a=1&amp;b=2"`) {
		t.Errorf("after success: %s", a)
	}
	page = b.create(`{"order":{"invoice_number":"INV-2","amount":5000,"callback_url":"https://m.example/ok"},"customer":{"email":"a@b.co"}}`)
	if a := string(b.pay(page, poorCard).body); !strings.Contains(a, `href="https://m.example/ok"`) {
		t.Errorf("without failed_url: %s", a)
	}
	if a := string(b.pay(page, goodCard).body); strings.Contains(a, "http-equiv") {
		t.Errorf("without auto_redirect: %s", a)
	}
}

func TestStepsOutOfOrder(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-1", 90000, ""))
	leads := func(when, step, to string) {
		t.Helper()
		if a := b.get(stepOf(page, step+"?language=ID")); a.status != 303 ||
			!strings.HasSuffix(stepOf(page, to+"?language=ID"), a.header.Get("Location")) {
			t.Errorf("%s, %s leads to %d %s", when, step, a.status, a.header.Get("Location"))
		}
	}
	leads("before a card", "/otp", "")
	leads("before a card", "/result", "")
	if a := b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}}); !strings.Contains(string(a.body), "Pay by card") {
		t.Errorf("a password before a card: %d %s", a.status, a.body)
	}
	b.submit(page, cardValues(poorCard))
	leads("before the password", "/result", "/otp")
	b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}})
	leads("after a decline", "/otp", "")
	// If the invoice was paid elsewhere, a decline offers no other card.
	b.pay(b.create(simple("INV-1", 90000, "")), goodCard)
	if a := b.get(stepOf(page, "/result")); strings.Contains(string(a.body), "Try another card") {
		t.Error("a paid invoice can be paid again")
	}
}

func TestPublicURLBehindAProxy(t *testing.T) {
	b := newBench(t, func(c *Config) { c.PublicURL = "https://pay.example/doku/" })
	page := b.create(simple("INV-1", 90000, ""))
	if !strings.HasPrefix(page, "https://pay.example/doku/pay/") {
		t.Errorf("%s", page)
	}
	inside := b.url + strings.TrimPrefix(stepOf(page, ""), "https://pay.example/doku")
	a := b.get(inside)
	if !strings.Contains(string(a.body), `action="/doku/pay/`) {
		t.Errorf("the form leaves the proxy: %s", a.body)
	}
}

func TestTestCards(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range TestCards {
		if !luhn(c.Number) || seen[c.Number] || len(c.CVV) != 3 {
			t.Errorf("%+v", c)
		}
		seen[c.Number] = true
		if c.Code != "00" && !c.Fails3D && !strings.HasSuffix(c.Number, c.Code) {
			t.Errorf("%s does not end in its response code %s", c.Number, c.Code)
		}
	}
}

func TestRupiah(t *testing.T) {
	for amount, want := range map[int64]string{0: "Rp0", 999: "Rp999", 1000: "Rp1.000", 90000: "Rp90.000",
		1234567890: "Rp1.234.567.890"} {
		if got := rupiah(amount); got != want {
			t.Errorf("%d: %s", amount, got)
		}
	}
}

func TestThemeStaysReadable(t *testing.T) {
	for _, c := range []struct {
		bg, fg string
		dark   bool
	}{{"", "", false}, {"000000", "FFFFFF", true}, {"FFFFFF", "EEEEEE", true}, {"111111", "222222", false}} {
		var body validate.Body
		body.Override.Themes.Background, body.Override.Themes.Font = c.bg, c.fg
		th := themeOf(body)
		if gap := brightness(th.Font) - brightness(th.Panel); th.Dark != c.dark || gap*gap < 100*100 {
			t.Errorf("%+v", th)
		}
	}
}

// With all colours of a merchant, the edge of a field is visible (WCAG 2.2, 1.4.11), and so are the colours of good and
// bad.
func TestEdgesCanBeSeenInEveryTheme(t *testing.T) {
	shades := []string{"", "000000", "333333", "767676", "969696", "A0A0A0", "CCCCCC", "FFFFFF", "E1251B", "1144CC",
		"00FF88", "FFD700", "F5F8FB"}
	for _, background := range shades {
		for _, font := range shades {
			var body validate.Body
			body.Override.Themes.Background, body.Override.Themes.Font = background, font
			th := themeOf(body)
			field := mix(th.Panel, th.Font, 3)
			for name, colour := range map[string]string{"edge": th.Edge, "bad": th.Bad, "good": th.Good} {
				if on, in := contrast(colour, th.Panel), contrast(colour, field); on < 3 || in < 3 {
					t.Errorf("%s on %s: %s %s has %.2f and %.2f", font, background, name, colour, on, in)
				}
			}
		}
	}
	css := string(asset("style.css"))
	for _, rule := range []string{".field input {", ".field select {", ".plans label {", "td button {"} {
		_, rest, found := strings.Cut(css, "\n"+rule)
		block, _, _ := strings.Cut(rest, "}")
		if !found || !strings.Contains(block, "border: 1px solid var(--edge)") {
			t.Errorf("%s has no edge: %s", rule, block)
		}
	}
}

// After a refusal the first wrong field has the focus. Each wrong field is marked and has a reason. No other is marked.
func TestWrongFieldsAreMarkedAndTheFirstHasTheFocus(t *testing.T) {
	const invalid = `aria-invalid="true" aria-describedby="`
	b := newBench(t)
	page := b.create(simple("INV-1", 90000,
		`,"payment":{"type":"INSTALLMENT","acquirer":"BCA","tenor":3},"override_configuration":{"allow_tenor":[3,6]},`+
			`"additional_info":{"disclaimer":{"en":"No returns"}}`))
	if a := string(b.get(page).body); strings.Contains(a, invalid) || strings.Contains(a, "autofocus") {
		t.Error("fields are wrong before anything was typed")
	}
	form := cardValues(goodCard)
	form.Set("expiry", "13/99")
	form.Set("name", "")
	a := b.submit(page, form)
	body := string(a.body)
	if a.status != 422 || strings.Count(body, invalid) != strings.Count(body, `class="why"`) ||
		strings.Count(body, "autofocus") != 1 {
		t.Errorf("%d: %d fields are wrong, %d sentences, %d in focus", a.status, strings.Count(body, invalid),
			strings.Count(body, `class="why"`), strings.Count(body, "autofocus"))
	}
	for name, focused := range map[string]bool{"expiry": true, "name": false, "disclaimer": false} {
		want := invalid + name + `-why"`
		if focused {
			want += " autofocus"
		}
		_, rest, found := strings.Cut(body, want)
		if !found || strings.HasPrefix(rest, " autofocus") || !strings.Contains(body, `id="`+name+`-why"`) {
			t.Errorf("%s: no %s", name, want)
		}
	}
	b.submit(page, agreed(cardValues(goodCard)))
	a = b.submit(stepOf(page, "/otp"), url.Values{"otp": {"000000"}})
	if body := string(a.body); a.status != 422 ||
		!strings.Contains(body, `aria-invalid="true" aria-describedby="otp-why" autofocus`) ||
		strings.Count(body, "autofocus") != 1 {
		t.Errorf("a wrong password: %d", a.status)
	}
}

func agreed(form url.Values) url.Values {
	form.Set("disclaimer", "on")
	form.Set("tenor", "3")
	return form
}

func TestAPageThatIsGoneSaysWhy(t *testing.T) {
	b := newBench(t)
	for language, want := range map[string]string{"EN": "The sandbox forgets its pages when it ends",
		"ID": "Sandbox lupa semua halamannya saat berhenti"} {
		if a := b.get(b.url + "/pay/gone?language=" + language); a.status != 404 ||
			!strings.Contains(string(a.body), want) {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
}
