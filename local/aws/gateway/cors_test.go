package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var shop = CORS{
	AllowOrigins:     []string{"http://localhost:8081", "https://*"},
	AllowMethods:     []string{"GET", "POST"},
	AllowHeaders:     []string{"authorization", "content-type"},
	ExposeHeaders:    []string{"apigw-requestid", "retry-after"},
	MaxAge:           10 * time.Minute,
	AllowCredentials: true,
}

// ask returns the status and the CORS headers of a response.
func ask(t *testing.T, c CORS, method, path string, headers map[string]string) (int, map[string]string) {
	t.Helper()
	handler := api(t, Config{CORS: c, Invoke: answering(
		`{"statusCode":200,"headers":{"access-control-allow-origin":"https://the-function",` +
			`"Access-Control-Max-Age":"1"}}`)})
	r := httptest.NewRequest(method, path, nil)
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	got := make(map[string]string)
	for name, values := range w.Header() {
		if strings.HasPrefix(name, "Access-Control-") || name == "Vary" {
			got[name] = strings.Join(values, "|")
		}
	}
	return w.Code, got
}

func TestCORS(t *testing.T) {
	const local = "http://localhost:8081"
	preflight := func(origin string) map[string]string {
		return map[string]string{"Origin": origin, "Access-Control-Request-Method": "POST"}
	}
	full := func(origin string) map[string]string {
		return map[string]string{
			"Access-Control-Allow-Origin":      origin,
			"Access-Control-Allow-Credentials": "true",
			"Access-Control-Allow-Methods":     "GET,POST",
			"Access-Control-Allow-Headers":     "authorization,content-type",
			"Access-Control-Max-Age":           "600",
			"Vary":                             "Origin",
		}
	}
	actual := map[string]string{
		"Access-Control-Allow-Origin":      local,
		"Access-Control-Allow-Credentials": "true",
		"Access-Control-Expose-Headers":    "apigw-requestid,retry-after",
		"Vary":                             "Origin",
	}
	everybody := CORS{AllowOrigins: []string{"*"}, AllowMethods: []string{"*"}}
	none := map[string]string{}
	for _, c := range []struct {
		name         string
		cors         CORS
		method, path string
		headers      map[string]string
		status       int
		want         map[string]string
	}{
		{"preflight", shop, "OPTIONS", "/do/it", preflight(local), 204, full(local)},
		{"preflight of any https origin", shop, "OPTIONS", "/do/it", preflight("https://shop.example"), 204,
			full("https://shop.example")},
		{"preflight of no route", shop, "OPTIONS", "/nothing/here", preflight(local), 204, full(local)},
		{"preflight of another port", shop, "OPTIONS", "/do/it", preflight("http://localhost:9999"), 204, none},
		{"preflight of a null origin", shop, "OPTIONS", "/do/it", preflight("null"), 204, none},
		{"OPTIONS without a method", shop, "OPTIONS", "/do/it", map[string]string{"Origin": local}, 204, none},
		{"OPTIONS without an origin", shop, "OPTIONS", "/do/it", nil, 204, none},
		{"request", shop, "GET", "/do/it", map[string]string{"Origin": local}, 200, actual},
		{"request of no route", shop, "GET", "/nothing", map[string]string{"Origin": local}, 404, actual},
		{"request of a foreign origin", shop, "GET", "/do/it", map[string]string{"Origin": "http://evil"}, 200, none},
		{"request of no origin", shop, "GET", "/do/it", nil, 200, none},
		{"everybody", everybody, "GET", "/do/it", map[string]string{"Origin": "http://a"}, 200,
			map[string]string{"Access-Control-Allow-Origin": "*"}},
		{"everybody's preflight", everybody, "OPTIONS", "/do/it", preflight("http://a"), 204,
			map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "*"}},
		{"not configured", CORS{}, "OPTIONS", "/do/it", preflight(local), 404, none},
		{"not configured, the function's own", CORS{}, "GET", "/do/it", map[string]string{"Origin": local}, 200,
			map[string]string{"Access-Control-Allow-Origin": "https://the-function", "Access-Control-Max-Age": "1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, got := ask(t, c.cors, c.method, c.path, c.headers)
			if status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPreflightsReachNoFunction(t *testing.T) {
	handler := api(t, Config{CORS: shop, Invoke: func() Invoker {
		return failing(http.ErrAbortHandler)
	}()})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("OPTIONS", "/do/it", nil))
	if w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestCredentialsForEverybodyAreRefused(t *testing.T) {
	_, err := New(Config{Invoke: answering(""), CORS: CORS{AllowOrigins: []string{"*"}, AllowCredentials: true}})
	if err == nil || !strings.Contains(err.Error(), "credentials") {
		t.Errorf("got %v", err)
	}
}
