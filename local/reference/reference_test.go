package reference

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

const root = "../.."

func get(t *testing.T, url string) *httptest.ResponseRecorder {
	t.Helper()
	handler, err := New(root)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
	return w
}

// The JSON is docs/api.yaml in its order, with the server that was asked.
func TestTheDescriptionIsTheDocument(t *testing.T) {
	w := get(t, "http://localhost:9000"+DescriptionPath)
	served, err := openapi3.NewLoader().LoadFromData(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	document, err := openapi3.NewLoader().LoadFromFile(root + "/docs/api.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := served.Servers[0].URL; got != "http://localhost:9000" {
		t.Errorf("the server is %s", got)
	}
	served.Servers = document.Servers
	if diff := cmp.Diff(asMap(t, document), asMap(t, served)); diff != "" {
		t.Error(diff)
	}
	text := w.Body.String()
	if strings.Index(text, `"createpage"`) > strings.Index(text, `"getpayment"`) {
		t.Error("the routes have another order")
	}
}

func asMap(t *testing.T, doc *openapi3.T) (all map[string]any) {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Scripts come from this server alone, and no other page may show this one.
func TestThePageHasAPolicy(t *testing.T) {
	policy := get(t, "http://localhost:9000"+PagePath).Header().Get("Content-Security-Policy")
	for _, rule := range []string{
		"default-src 'none'", "script-src 'self';", "connect-src 'self';", "frame-ancestors 'none'",
	} {
		if !strings.Contains(policy, rule) {
			t.Errorf("%q does not have %s", policy, rule)
		}
	}
}

// A page that is not installed says what to do.
func TestThePageMayBeMissing(t *testing.T) {
	w := httptest.NewRecorder()
	servePage(w, t.TempDir()+"/standalone.js")
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "make npm") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
