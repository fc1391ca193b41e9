package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/app"
	"kasir/shared/edge"
	"kasir/shared/function"
)

// page is a page as the build writes it.
const page = `<!doctype html><link rel="stylesheet" href="./assets/main-a1.css"><script type="module" ` +
	`src="./assets/main-b2.js"></script>`

var settings = map[string]string{
	"AWS_REGION": "ap-southeast-3", "DOKU_ENVIRONMENT": "production", "STAFF_CLIENTS": "staff-1,staff-2",
	"SIGN_IN_ISSUER": "https://cognito-idp.ap-southeast-3.amazonaws.com/p", "SCOPE_PREFIX": "kasir/",
	"SIGN_IN_URL":       "https://toko.auth.ap-southeast-3.amazoncognito.com/oauth2/authorize",
	"SIGN_IN_TOKEN_URL": "https://toko.auth.ap-southeast-3.amazoncognito.com/oauth2/token",
	"SIGN_OUT_URL":      "https://toko.auth.ap-southeast-3.amazoncognito.com/logout",
	"REPORTS_ORIGIN":    "https://reports.s3.ap-southeast-3.amazonaws.com", "CONSOLE_PATH": "/pay/console",
}

// read reads the settings as the function does.
func read(t *testing.T, changes map[string]string) app.Settings {
	t.Helper()
	row, _ := function.Find("console")
	s, err := app.Load(func(name string) string {
		if value, ok := changes[name]; ok {
			return value
		}
		return settings[name]
	}, row)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answer is what a browser gets.
type answer struct {
	status int
	header map[string]string
	body   string
}

// get asks the function for a path below the console's, or for the console itself.
func get(t *testing.T, files fstest.MapFS, s app.Settings, path, accepted string) answer {
	t.Helper()
	row, _ := function.Find("console")
	e := edge.Edge{Log: slog.New(slog.DiscardHandler), Now: time.Now, Function: row}
	event := events.APIGatewayV2HTTPRequest{RouteKey: "GET /console", Headers: map[string]string{
		"accept-encoding": accepted}}
	if path != "" {
		event.RouteKey, event.PathParameters = "GET /console/{path+}", map[string]string{"path": path}
	}
	got, err := e.Serve(serve(load(files, s.Console.Path), s))(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	body := got.Body
	if got.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		body = string(decoded)
	}
	return answer{got.StatusCode, got.Headers, body}
}

func built1() fstest.MapFS {
	files := fstest.MapFS{}
	for name, content := range map[string]string{
		".keep": "", "index.html": page, "icon.svg": "<svg/>", "assets/main-b2.js": "js", "assets/main-b2.js.br": "br",
		"assets/main-b2.js.gz": "gz", "assets/main-a1.css": "css", "assets/secret.pem": "-",
	} {
		files["site/"+name] = &fstest.MapFile{Data: []byte(content)}
	}
	return files
}

func TestEveryPathGetsItsFile(t *testing.T) {
	const forever, never = "public, max-age=31536000, immutable", "no-store"
	const html, js, plain = "text/html; charset=utf-8", "text/javascript; charset=utf-8", "text/plain; charset=utf-8"
	for _, c := range []struct {
		path, accepted      string
		status              int
		kind, encoding, age string
		body                string
	}{
		{"", "", 200, html, "", never, `src="/pay/console/assets/main-b2.js"`},
		{"orders/INV.2026-1", "", 200, html, "", never, `href="/pay/console/assets/main-a1.css"`},
		{"orders/~YS9i", "identity", 200, html, "", never, "<!doctype html>"},
		{"attention/", "", 200, html, "", never, "<!doctype html>"},
		{"assets/main-b2.js", "gzip, deflate, br, zstd", 200, js, "br", forever, "br"},
		{"assets/main-b2.js", "gzip, br;q=0", 200, js, "gzip", forever, "gz"},
		{"assets/main-b2.js", "GZIP;q=0.5", 200, js, "gzip", forever, "gz"},
		{"assets/main-b2.js", "zstd", 200, js, "", forever, "js"},
		{"assets/main-a1.css", "br", 200, "text/css; charset=utf-8", "", forever, "css"},
		{"icon.svg", "", 200, "image/svg+xml", "", never, "<svg/>"},
		{"favicon.ico", "", 404, plain, "", never, "no such file"},
		{"assets/main-old.js", "br", 404, plain, "", never, "no such file"},
		{"assets/main-b2.js.br", "", 404, plain, "", never, "no such file"},
		{"assets/secret.pem", "", 404, plain, "", never, "no such file"},
		{".keep", "", 404, plain, "", never, "no such file"},
		{"assets/../index.html", "", 404, plain, "", never, "no such file"}, // API Gateway decodes ..%2f
		{"assets/../../../etc/passwd", "", 404, plain, "", never, "no such file"},
		{"../../etc/passwd", "", 404, plain, "", never, "no such file"},
		{"..\\..\\boot.ini", "", 404, plain, "", never, "no such file"},
		{"orders/../../bootstrap", "", 200, html, "", never, "<!doctype html>"},
	} {
		got := get(t, built1(), read(t, nil), c.path, c.accepted)
		if got.status != c.status || got.header["content-type"] != c.kind || got.header["cache-control"] != c.age ||
			got.header["content-encoding"] != c.encoding || !strings.Contains(got.body, c.body) {
			t.Errorf("%q with %q: %+v, want %+v", c.path, c.accepted, got, c)
		}
		if c.status == 200 && got.header["vary"] != "accept-encoding" {
			t.Errorf("%q: a cache may give one browser's form to another", c.path)
		}
	}
	got := get(t, built1(), read(t, nil), "orders", "gzip")
	unpacked, err := gzip.NewReader(bytes.NewReader([]byte(got.body)))
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(unpacked); err != nil || !strings.Contains(string(content), "/pay/console/assets/") {
		t.Errorf("%s, %v", content, err)
	}
}

// Without the build every address of the page names the command, and the configuration is there.
func TestWithoutTheBuild(t *testing.T) {
	empty := fstest.MapFS{"site/.keep": &fstest.MapFile{}}
	for _, path := range []string{"", "orders/A", "assets/main.js"} {
		got := get(t, empty, read(t, nil), path, "br")
		if got.status != 503 || !strings.Contains(got.body, "run make console") {
			t.Errorf("%q: %+v", path, got)
		}
	}
	if got := get(t, empty, read(t, nil), configPath, ""); got.status != 200 {
		t.Errorf("%+v", got)
	}
}

// No answer may be framed, guessed to be of another type, or allowed to load from elsewhere.
func TestEveryAnswerHasTheHeaders(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for _, path := range []string{"", "orders", "assets/main-b2.js", "icon.svg", "unknown.js", configPath, long} {
		for _, files := range []fstest.MapFS{built1(), {}} {
			got := get(t, files, read(t, nil), path, "")
			for name, want := range map[string]string{
				"x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
				"strict-transport-security": "max-age=31536000",
			} {
				if got.header[name] != want {
					t.Errorf("%.20q: %s is %q", path, name, got.header[name])
				}
			}
			csp := got.header["content-security-policy"]
			if !strings.HasPrefix(csp, "default-src 'none';") || !strings.Contains(csp, "frame-ancestors 'none'") ||
				strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
				t.Errorf("%.20q: %q", path, csp)
			}
		}
	}
	got := get(t, built1(), read(t, nil), "", "").header
	if want := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self' https://toko.auth.ap-southeast-3.amazoncognito.com " +
		"https://cognito-idp.ap-southeast-3.amazonaws.com https://reports.s3.ap-southeast-3.amazonaws.com; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"; got["content-security-policy"] != want {
		t.Errorf("%s", got["content-security-policy"])
	}
	if got["cross-origin-opener-policy"] != "same-origin" {
		t.Error("another window may hold on to the page")
	}
}

func TestTheConfiguration(t *testing.T) {
	configured := func(changes map[string]string) (c config) {
		t.Helper()
		got := get(t, nil, read(t, changes), configPath, "")
		if err := json.Unmarshal([]byte(got.body), &c); err != nil || got.header["cache-control"] != "no-store" ||
			got.header["content-type"] != "application/json" {
			t.Errorf("%+v, %v", got, err)
		}
		return c
	}
	c := configured(nil)
	if c.Path != "/pay/console" || c.Client != "staff-1" || c.Return != "logout_uri" || c.Claim != "cognito:groups" ||
		c.Stage != "production" || !strings.HasPrefix(c.BackOffice, "https://dashboard.doku.com/") {
		t.Errorf("%+v", c)
	}
	if len(c.Roles) != 4 || c.Roles["support"].MaxRefund != 1_000_000 || c.Roles["admin"].MaxRefund != 0 {
		t.Errorf("%+v", c.Roles)
	}
	scopes := strings.Join(c.Scopes, " ")
	if !strings.HasPrefix(scopes, "openid kasir/payments:read ") || strings.Contains(scopes, "payments:create") {
		t.Errorf("scopes %s", scopes)
	}
	c = configured(map[string]string{
		"SIGN_IN_ISSUER": "https://login.example/", "SIGN_IN_AUDIENCE": "https://kasir", "SIGN_IN_SCOPES": "openid a b",
		"ROLES": "boss=payments:refund", "DOKU_ENVIRONMENT": "http://127.0.0.1:8082", "SIGN_OUT_URL": "",
	})
	if c.Return != "post_logout_redirect_uri" || c.Audience != "https://kasir" || strings.Join(c.Scopes, " ") !=
		"openid a b" || len(c.Roles) != 1 || c.Stage != "local" || c.BackOffice != "http://127.0.0.1:8082/backoffice" ||
		c.Logout != "" {
		t.Errorf("%+v", c)
	}
}

// The built page has no script or style of its own, which the policy would refuse. make console builds it.
func TestTheBuiltPage(t *testing.T) {
	files := load(built, "/console")
	if len(files) == 0 && os.Getenv("CI") != "" {
		t.Fatal("the console is not built")
	}
	if len(files) == 0 {
		t.Skip("the console is not built: run make console")
	}
	page, err := base64.StdEncoding.DecodeString(files[index].contents[""])
	if err != nil {
		t.Fatal(err)
	}
	for _, inline := range []string{"<style", " style=", "javascript:", " onload=", "<base"} {
		if bytes.Contains(page, []byte(inline)) {
			t.Errorf("the page has %s", inline)
		}
	}
	for part := range bytes.SplitSeq(page, []byte("<script")) {
		if !bytes.HasPrefix(part, []byte("<!")) && !bytes.Contains(part, []byte(` src="/console/assets/`)) {
			t.Errorf("a script is not a file of the console: %s", part)
		}
	}
	for name, f := range files {
		if f.kept && (f.contents["br"] == "" || f.contents["gzip"] == "") {
			t.Errorf("%s has no compressed form", name)
		}
	}
}
