package shop_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"kasir/local/merchant/shop"
)

var working = shop.Config{APIURL: "https://api.example.com/v1/", TokenURL: "https://issuer.example.com/token",
	QuoteKey: quoteKey}

func get(t *testing.T, method, path string, headers ...string) *http.Response {
	t.Helper()
	request := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	shop.New(working).ServeHTTP(recorder, request)
	return recorder.Result()
}

func text(t *testing.T, response *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		method, path string
		status       int
		kind, holds  string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8", "Kopi Toraja"},
		{"GET", "/index.html", 200, "text/html; charset=utf-8", "Rp90.000"},
		{"GET", "/checkout.html", 200, "text/html; charset=utf-8", "/js/checkout.js"},
		{"GET", "/js/plain.js", 200, "text/javascript; charset=utf-8", "import"},
		{"GET", "/css/base.css", 200, "text/css; charset=utf-8", "--paper"},
		{"GET", "/img/logo.svg", 200, "image/svg+xml", "<svg"},
		{"GET", "/catalogue.json", 200, "application/json", `"kopi-toraja"`},
		{"GET", "/config.json", 200, "application/json", `{"api":"https://api.example.com/v1"}`},
		{"HEAD", "/", 200, "text/html; charset=utf-8", ""},
		{"GET", "/nowhere", 404, "text/html; charset=utf-8", "Nothing stored here"},
		{"GET", "/js/", 404, "text/html; charset=utf-8", ""},
		{"GET", "/pages/layout.html", 404, "text/html; charset=utf-8", ""},
		{"GET", "/../shop.go", 404, "text/html; charset=utf-8", ""},
		{"HEAD", "/nowhere", 404, "text/html; charset=utf-8", ""},
		{"POST", "/", 405, "text/plain; charset=utf-8", "GET and HEAD"},
	} {
		response := get(t, c.method, c.path)
		body := text(t, response)
		if response.StatusCode != c.status || response.Header.Get("Content-Type") != c.kind ||
			!strings.Contains(body, c.holds) {
			t.Errorf("%s %s: %d %s %.60q", c.method, c.path, response.StatusCode,
				response.Header.Get("Content-Type"), body)
		}
		if c.method == "HEAD" && body != "" {
			t.Errorf("%s %s has a body", c.method, c.path)
		}
		if response.Header.Get("Content-Security-Policy") == "" ||
			response.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: unprotected: %v", c.method, c.path, response.Header)
		}
	}
}

func TestPolicy(t *testing.T) {
	policy := get(t, "GET", "/").Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'self'", "connect-src 'self' https://api.example.com;",
		"frame-src http: https:",
		"frame-ancestors 'self'", "object-src 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
}

// Every file that a page names is served, and no page contains a script or a style of its own.
func TestPagesHoldTogether(t *testing.T) {
	named := regexp.MustCompile(`(?:src|href)="(/[^"#?]*)`)
	inline := regexp.MustCompile(`<script>|<script [^>]*>[^<]|<style| style="| on[a-z]+="`)
	for _, path := range []string{"/", "/checkout.html", "/order.html", "/orders.html", "/404.html"} {
		page := text(t, get(t, "GET", path))
		if found := inline.FindString(page); found != "" {
			t.Errorf("%s holds %q", path, found)
		}
		for _, match := range named.FindAllStringSubmatch(page, -1) {
			if response := get(t, "GET", match[1]); response.StatusCode != http.StatusOK {
				t.Errorf("%s names %s: %d", path, match[1], response.StatusCode)
			}
		}
	}
}

// Every page links to the console if there is one.
func TestTheConsoleIsLinked(t *testing.T) {
	const console = "https://console.example.com/console"
	config := working
	config.ConsoleURL = console
	for path, links := range map[string]int{"/": 1, "/checkout.html": 1, "/order.html": 2} {
		recorder := httptest.NewRecorder()
		shop.New(config).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		if got := strings.Count(recorder.Body.String(), `href="`+console+`"`); got != links {
			t.Errorf("%s has %d links to the console, want %d", path, got, links)
		}
		if page := text(t, get(t, "GET", path)); strings.Contains(page, "console") {
			t.Errorf("%s speaks of a console that there is not", path)
		}
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	first := get(t, "GET", "/js/order.js")
	again := get(t, "GET", "/js/order.js", "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || text(t, again) != "" {
		t.Errorf("%d for an unchanged file", again.StatusCode)
	}
}

func TestSettingsThatCannotWork(t *testing.T) {
	refused := func(about string, change func(*shop.Config)) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s was accepted", about)
			}
		}()
		config := working
		change(&config)
		shop.New(config)
	}
	for _, bad := range []string{"", "localhost:3000", "/api", "ftp://example.com", "https://",
		"https://user@example.com",
		"https://example.com?x=1", "https://example.com; script-src *", "https://example.com#x"} {
		refused("the API at "+bad, func(c *shop.Config) { c.APIURL = bad })
		refused("the issuer at "+bad, func(c *shop.Config) { c.TokenURL = bad })
		if bad != "" {
			refused("the console at "+bad, func(c *shop.Config) { c.ConsoleURL = bad })
		}
	}
	refused("no key", func(c *shop.Config) { c.QuoteKey = "" })
	refused("a short key", func(c *shop.Config) { c.QuoteKey = "31 bytes: less than SHA-256 has" })
}
