package gateway

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
)

// eventOf returns the event for a request, decoded into aws-lambda-go's types.
func eventOf(t *testing.T, r *http.Request) events.APIGatewayV2HTTPRequest {
	t.Helper()
	var e events.APIGatewayV2HTTPRequest
	handler := api(t, Config{Invoke: func(_ context.Context, function string, event []byte) ([]byte, error) {
		if function != "api" {
			t.Errorf("invoked %q", function)
		}
		if err := json.Unmarshal(event, &e); err != nil {
			t.Errorf("event %s: %v", event, err)
		}
		return []byte(`{"statusCode":204}`), nil
	}})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusNoContent {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return e
}

// This was measured on the live service: text/* and three types are text, all others are base64.
func TestWhichBodiesAreBase64(t *testing.T) {
	const body = `{"a":"é"}`
	for contentType, text := range map[string]bool{
		"application/json":                  true,
		"Application/JSON; charset=UTF-8":   true,
		"application/json;":                 true,
		"application/json; =broken":         true,
		"application/xml":                   true,
		"application/javascript":            true,
		"text/plain":                        true,
		"text/html; charset=utf-8":          true,
		"":                                  false,
		"application/x-www-form-urlencoded": false,
		"application/problem+json":          false,
		"application/vnd.api+json":          false,
		"application/octet-stream":          false,
		"multipart/form-data; boundary=x":   false,
		"image/svg+xml":                     false,
		"textual":                           false,
	} {
		r := httptest.NewRequest("POST", "/do/it", strings.NewReader(body))
		r.URL.Path = "/do/echo"
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		want := body
		if !text {
			want = base64.StdEncoding.EncodeToString([]byte(body))
		}
		if e := eventOf(t, r); e.Body != want || e.IsBase64Encoded == text {
			t.Errorf("%q: body %q, base64 %v", contentType, e.Body, e.IsBase64Encoded)
		}
	}
}

func TestBinaryBodiesArriveWhole(t *testing.T) {
	all := make([]byte, 256)
	for n := range all {
		all[n] = byte(n)
	}
	r := httptest.NewRequest("POST", "/do/echo", strings.NewReader(string(all)))
	e := eventOf(t, r)
	if got, err := base64.StdEncoding.DecodeString(e.Body); err != nil || string(got) != string(all) {
		t.Errorf("got %q, %v", got, err)
	}
	if e.Headers["content-length"] != "256" {
		t.Errorf("content-length %q", e.Headers["content-length"])
	}
}

func TestQueries(t *testing.T) {
	for raw, want := range map[string]map[string]string{
		"":                    nil,
		"&&":                  nil,
		"a":                   {"a": ""},
		"a=1&b=2&a=3":         {"a": "1,3", "b": "2"},
		"a=&a=":               {"a": ","},
		"a=b=c":               {"a": "b=c"},
		"a=1%2B1&b=1+1":       {"a": "1+1", "b": "1 1"},
		"a%5B%5D=1&a[]=2":     {"a[]": "1,2"},
		"a=%zz&b=%":           {"a": "%zz", "b": "%"},
		"a;b=1":               {"a;b": "1"},
		"redirect=http://x/y": {"redirect": "http://x/y"},
	} {
		r := httptest.NewRequest("GET", "/do/it", nil)
		r.URL.RawQuery = raw
		e := eventOf(t, r)
		if diff := cmp.Diff(want, e.QueryStringParameters); diff != "" || e.RawQueryString != raw {
			t.Errorf("%q: raw %q, (-want +got):\n%s", raw, e.RawQueryString, diff)
		}
	}
}

func TestHeadersAFunctionDoesNotSee(t *testing.T) {
	r := httptest.NewRequest("GET", "/do/it", nil)
	for _, name := range []string{"Connection", "Keep-Alive", "Te", "Upgrade", "Transfer-Encoding", "Cookie"} {
		r.Header.Set(name, "x")
	}
	r.Header.Set("X-Forwarded-Proto", "gopher") // a client cannot choose these
	r.Header.Set("X-Forwarded-Port", "70")
	r.Header.Set("Content-Length", "12345")
	e := eventOf(t, r)
	if trace := e.Headers["x-amzn-trace-id"]; !regexp.MustCompile(`^Root=1-5e5ffb9e-[0-9a-f]{24}$`).MatchString(trace) {
		t.Errorf("trace id %q", trace)
	}
	delete(e.Headers, "x-amzn-trace-id")
	if diff := cmp.Diff(map[string]string{
		"content-length":    "0",
		"host":              "example.com",
		"x-forwarded-for":   "192.0.2.1",
		"x-forwarded-port":  "80",
		"x-forwarded-proto": "http",
	}, e.Headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestWhereARequestCameFrom(t *testing.T) {
	r := httptest.NewRequest("GET", "https://pay.example.com/do/it", nil)
	r.RemoteAddr = "[2001:db8::1]:1234"
	e := eventOf(t, r)
	if e.RequestContext.HTTP.SourceIP != "2001:db8::1" || e.Headers["x-forwarded-for"] != "2001:db8::1" {
		t.Errorf("source %q, forwarded for %q", e.RequestContext.HTTP.SourceIP, e.Headers["x-forwarded-for"])
	}
	if e.Headers["x-forwarded-proto"] != "https" || e.Headers["x-forwarded-port"] != "443" {
		t.Errorf("forwarded %q, %q", e.Headers["x-forwarded-proto"], e.Headers["x-forwarded-port"])
	}
	if e.RequestContext.DomainName != "pay.example.com" || e.RequestContext.DomainPrefix != "pay" {
		t.Errorf("domain %q, %q", e.RequestContext.DomainName, e.RequestContext.DomainPrefix)
	}
}
