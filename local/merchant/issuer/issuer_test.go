package issuer

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kasir/shared/route"
)

func start(t *testing.T, change func(*Config)) *Issuer {
	t.Helper()
	c := Config{URL: "http://localhost:8080/dev", Audience: "kasir"}
	if change != nil {
		change(&c)
	}
	i, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// ask posts a form to the token endpoint.
func ask(i *Issuer, form url.Values, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080/dev/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	i.ServeHTTP(w, r)
	return w
}

func claimsOf(t *testing.T, i *Issuer, token string) jwt.MapClaims {
	t.Helper()
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return &i.key.PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256"}))
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestATokenSaysWhatWasAskedFor(t *testing.T) {
	i := start(t, func(c *Config) { c.ScopePrefix = "kasir/" })
	w := ask(i, url.Values{"sub": {"CUST-1"}, "scope": {"payments:create payments:read"}, "ttl": {"5m"}}, nil)
	var answer struct {
		Token   string `json:"access_token"`
		Expires int    `json:"expires_in"`
		Type    string `json:"token_type"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 || answer.Expires != 300 ||
		answer.Type != "Bearer" {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	c := claimsOf(t, i, answer.Token)
	if c["sub"] != "CUST-1" || c["iss"] != "http://localhost:8080/dev" || c["aud"] != "kasir" ||
		c["scope"] != "kasir/payments:create kasir/payments:read" ||
		c["exp"].(float64)-c["iat"].(float64) != 300 {
		t.Errorf("%v", c)
	}
	bare := ask(i, url.Values{"scope": {""}}, func(r *http.Request) { r.Header.Set("Accept", "text/plain") })
	if c := claimsOf(t, i, bare.Body.String()); c["scope"] != "" || c["sub"] != DefaultClient {
		t.Errorf("an empty scope allows %v", c)
	}
}

// A person's token has the roles as Cognito's have them, is of the client of staff, and lives ten minutes.
func TestATokenOfAPersonHasRoles(t *testing.T) {
	i := start(t, nil)
	text := func(r *http.Request) { r.Header.Set("Accept", "text/plain") }
	c := claimsOf(t, i, ask(i, url.Values{"sub": {"sari"}, "roles": {"support admin"}}, text).Body.String())
	if roles, _ := c["cognito:groups"].([]any); len(roles) != 2 || roles[0] != "support" || c["sub"] != "sari" ||
		c["client_id"] != StaffClient || c["exp"].(float64)-c["iat"].(float64) != 600 {
		t.Errorf("%v", c)
	}
	other := url.Values{"client_id": {"mine"}, "roles": {"admin"}, "ttl": {"1h"}}
	if c := claimsOf(t, i, ask(i, other, text).Body.String()); c["client_id"] != "mine" || c["sub"] != "mine" ||
		c["exp"].(float64)-c["iat"].(float64) != 3600 {
		t.Errorf("%v", c)
	}
}

func TestWhatIsAskedWronglyIsNamed(t *testing.T) {
	i := start(t, nil)
	for want, form := range map[string]url.Values{
		"payments:steal":        {"scope": {"payments:read payments:steal"}},
		"no parameter":          {"scopes": {"payments:read"}},
		`ttl is \"forever\"`:    {"ttl": {"forever"}},
		`ttl is \"25h\"`:        {"ttl": {"25h"}},
		string(route.TokensAll): {"scope": {"x"}}, // the answer lists the existing scopes
	} {
		if w := ask(i, form, nil); w.Code != 400 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%v: %d %s, want %q", form, w.Code, w.Body, want)
		}
	}
}

// A tunnel that is open for DOKU's notifications, or a page that points its host name to 127.0.0.1, gets no token.
func TestTokensAreForThisMachineOnly(t *testing.T) {
	i := start(t, nil)
	for name, change := range map[string]func(*http.Request){
		"a tunnel's host":  func(r *http.Request) { r.Host = "abc.tunnel.example" },
		"a proxy's header": func(r *http.Request) { r.Header.Set("X-Forwarded-For", "203.0.113.7") },
		"localhost's look": func(r *http.Request) { r.Host = "localhost.evil.example" },
	} {
		if w := ask(i, url.Values{}, change); w.Code != 403 || strings.Contains(w.Body.String(), "eyJ") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := ask(i, url.Values{}, func(r *http.Request) { r.Host = "[::1]:8080" }); w.Code != 200 {
		t.Errorf("::1: %d %s", w.Code, w.Body)
	}
}

func TestTheKeyOutlivesARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "issuer.pem")
	keep := func(c *Config) { c.KeyFile = file }
	before := start(t, keep)
	token, err := before.Token(
		Request{Subject: "CUST-1", Scopes: []route.Scope{route.PaymentsRead}, Lifetime: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if c := claimsOf(t, start(t, keep), token); c["sub"] != "CUST-1" {
		t.Errorf("%v", c)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v %v", info, err)
	}
	if err := os.WriteFile(file, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{URL: "http://localhost/dev", Audience: "kasir", KeyFile: file}); err == nil ||
		!strings.Contains(err.Error(), file) {
		t.Errorf("a broken key file: %v", err)
	}
}

func TestTheDocumentsLeadToTheKey(t *testing.T) {
	i := start(t, nil)
	get := func(path string, into any) {
		w := httptest.NewRecorder()
		i.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	var discovery struct{ Issuer, JWKSURI string }
	var raw map[string]any
	get("/dev/.well-known/openid-configuration", &raw)
	discovery.Issuer, _ = raw["issuer"].(string)
	discovery.JWKSURI, _ = raw["jwks_uri"].(string)
	if discovery.Issuer != i.URL || discovery.JWKSURI != i.URL+"/.well-known/jwks.json" {
		t.Fatalf("%+v", discovery)
	}
	var keys struct {
		Keys []map[string]string `json:"keys"`
	}
	get("/dev/.well-known/jwks.json", &keys)
	if len(keys.Keys) != 1 || keys.Keys[0]["kid"] != i.id || keys.Keys[0]["kty"] != "RSA" || keys.Keys[0]["d"] != "" {
		t.Errorf("%v", keys)
	}
}
