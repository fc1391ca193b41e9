package gateway

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/route"
)

var guarded = []route.Route{
	{Function: "api", Method: "POST", Path: "/refund", Scope: "payments:refund"},
	{Function: "api", Method: "GET", Path: "/read", Scope: "payments:read"},
	{Function: "api", Method: "POST", Path: "/open"},
}

// issuer is a minimal OpenID provider. It shares no code with local/merchant/issuer.
type issuer struct {
	*httptest.Server
	mu    sync.Mutex
	keys  map[string]*rsa.PrivateKey
	asked int // number of requests for the keys
	down  bool
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{keys: map[string]*rsa.PrivateKey{"key-1": newKey(t)}}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		switch {
		case i.down:
			http.Error(w, "down", http.StatusServiceUnavailable)
		case r.URL.Path == "/pool/.well-known/openid-configuration":
			fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, i.URL+"/pool", i.URL+"/keys")
		case r.URL.Path == "/keys":
			i.asked++
			set := []map[string]string{{"kty": "EC", "kid": "elliptic", "crv": "P-256"},
				{"kty": "RSA", "use": "enc", "kid": "encrypts", "n": "AQAB", "e": "AQAB"}}
			for id, key := range i.keys {
				set = append(set, map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": id,
					"n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes())})
			}
			json.NewEncoder(w).Encode(map[string]any{"keys": set})
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(i.Close)
	return i
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (i *issuer) authorizer() *Authorizer {
	return &Authorizer{Issuer: i.URL + "/pool", Audience: []string{"kasir", "kasir-too"}}
}

type claimSet map[string]any

// with returns the claims with changes; a nil value removes a claim.
func (o claimSet) with(changes claimSet) claimSet {
	changed := maps.Clone(o)
	maps.Copy(changed, changes)
	maps.DeleteFunc(changed, func(_ string, v any) bool { return v == nil })
	return changed
}

// withNull returns a token's claims with one of them null.
func withNull(claims claimSet, name string) claimSet {
	claims = maps.Clone(claims)
	claims[name] = json.RawMessage("null")
	return claims
}

func (i *issuer) claims() claimSet {
	now := clock().Unix()
	return claimSet{"iss": i.URL + "/pool", "aud": "kasir", "sub": "CUST-1", "scope": "payments:read payments:refund",
		"iat": now - 60, "exp": now + 60}
}

func unsigned(header, claims claimSet) string {
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(claims)
	return encode(h) + "." + encode(c)
}

func (i *issuer) sign(t *testing.T, id string, claims claimSet) string {
	t.Helper()
	return signWith(t, i.keys["key-1"], claimSet{"alg": "RS256", "kid": id}, claims)
}

func signWith(t *testing.T, key *rsa.PrivateKey, header, claims claimSet) string {
	t.Helper()
	text := unsigned(header, claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + encode(signature)
}

// hmacSigned returns a token that is signed by HMAC with the issuer's public key.
func hmacSigned(t *testing.T, key *rsa.PublicKey, claims claimSet) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := unsigned(claimSet{"alg": "HS256", "kid": "key-1"}, claims)
	mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	mac.Write([]byte(text))
	return text + "." + encode(mac.Sum(nil))
}

// requestWith sends a request with Authorization headers.
func requestWith(handler http.Handler, method, path string, authorization ...string) response {
	r := httptest.NewRequest(method, path, nil)
	r.Header["Authorization"] = authorization
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return response{w.Code, w.Header(), w.Body.String()}
}

func TestTokens(t *testing.T) {
	i, other := newIssuer(t), newKey(t)
	good, now := i.claims(), clock().Unix()
	token := i.sign(t, "key-1", good)
	signed := func(changes claimSet) string { return "Bearer " + i.sign(t, "key-1", good.with(changes)) }
	parts := strings.Split(token, ".")
	denied := func(reason string) string {
		return `Bearer scope="" error="invalid_token" error_description="` + reason + `"`
	}
	for name, c := range map[string]struct {
		authorization []string
		status        int
		challenge     string
	}{
		"good":                       {[]string{"Bearer " + token}, 200, ""},
		"bare":                       {[]string{token}, 200, ""},
		"scheme in lower case":       {[]string{"bearer " + token}, 200, ""},
		"one of several audiences":   {[]string{signed(claimSet{"aud": []string{"other", "kasir-too"}})}, 200, ""},
		"client_id without audience": {[]string{signed(claimSet{"aud": nil, "client_id": "kasir"})}, 200, ""},
		"scp as a list": {[]string{signed(claimSet{"scope": nil, "scp": []string{"payments:refund"}})},
			200, ""},
		"scope as a list": {[]string{signed(claimSet{"scope": []string{"openid", "payments:refund"}})}, 200,
			""},
		"scope null, scp a list": {[]string{"Bearer " +
			i.sign(t, "key-1", withNull(good, "scope").with(claimSet{"scp": []string{"payments:refund"}}))}, 200, ""},
		"scp with a space": {[]string{signed(claimSet{"scope": nil, "scp": []string{"x payments:refund"}})}, 403,
			`Bearer scope="payments:refund" error="insufficient_scope" error_description="the token does not have ` +
				`the scope of this route"`},
		"a critical extension": {[]string{"Bearer " +
			signWith(t, i.keys["key-1"], claimSet{"alg": "RS256", "kid": "key-1", "crit": []string{"x"}, "x": 1},
				good)}, 401,
			denied("the token has a critical extension that is not supported")},
		"scp as text":    {[]string{signed(claimSet{"scope": nil, "scp": "payments:refund"})}, 200, ""},
		"nbf now":        {[]string{signed(claimSet{"nbf": now})}, 200, ""},
		"none":           {nil, 401, "Bearer"},
		"empty":          {[]string{""}, 401, "Bearer"},
		"garbage":        {[]string{"Bearer garbage"}, 401, denied("the token is not a JWT")},
		"scheme only":    {[]string{"Bearer"}, 401, denied("the token is not a JWT")},
		"another scheme": {[]string{"Basic " + token}, 401, denied("the token is not a JWT")},
		"two headers": {[]string{"Bearer " + token, "Bearer " + token}, 401,
			denied("the token is not a JWT")},
		"alg none": {[]string{"Bearer " + unsigned(claimSet{"alg": "none"}, good) + "."}, 401,
			denied("the token is not signed with RS256")},
		"alg none with a key id": {[]string{"Bearer " + unsigned(claimSet{"alg": "none", "kid": "key-1"}, good) +
			"." + parts[2]}, 401, denied("the token is not signed with RS256")},
		"HS256 with the public key": {[]string{"Bearer " + hmacSigned(t, &i.keys["key-1"].PublicKey, good)}, 401,
			denied("the token is not signed with RS256")},
		"an algorithm of no library": {[]string{"Bearer " + unsigned(claimSet{"alg": "RS1"}, good) + "." + parts[2]},
			401, denied("the token is not signed with RS256")},
		"unknown key id": {[]string{"Bearer " + i.sign(t, "key-2", good)}, 401,
			denied("the token's kid is not a key of the issuer")},
		"a key that does not sign": {[]string{"Bearer " + i.sign(t, "encrypts", good)}, 401,
			denied("the token's kid is not a key of the issuer")},
		"no key id": {[]string{"Bearer " + i.sign(t, "", good)}, 401,
			denied("the token's kid is not a key of the issuer")},
		"another's key": {[]string{"Bearer " +
			signWith(t, other, claimSet{"alg": "RS256", "kid": "key-1"}, good)}, 401,
			denied("the token does not have a valid signature")},
		"claims changed": {[]string{"Bearer " +
			unsigned(claimSet{"alg": "RS256", "kid": "key-1"}, good.with(claimSet{"sub": "CUST-2"})) + "." + parts[2]},
			401, denied("the token does not have a valid signature")},
		"wrong issuer": {[]string{signed(claimSet{"iss": i.URL})}, 401,
			denied("the token does not have a valid issuer")},
		"issuer with a slash": {[]string{signed(claimSet{"iss": i.URL + "/pool/"})}, 401,
			denied("the token does not have a valid issuer")},
		"no issuer": {[]string{signed(claimSet{"iss": nil})}, 401,
			denied("the token lacks iss or exp")},
		"wrong audience": {[]string{signed(claimSet{"aud": "other"})}, 401,
			denied("the token does not have a valid audience")},
		"wrong audience, right client": {[]string{signed(claimSet{"aud": "other", "client_id": "kasir"})}, 401,
			denied("the token does not have a valid audience")},
		"no audience": {[]string{signed(claimSet{"aud": nil})}, 401,
			denied("the token does not have a valid audience")},
		"expired": {[]string{signed(claimSet{"exp": now})}, 401, denied("the token has expired")},
		"no expiry": {[]string{signed(claimSet{"exp": nil})}, 401,
			denied("the token lacks iss or exp")},
		"expiry as text": {[]string{signed(claimSet{"exp": "tomorrow"})}, 401,
			denied("the token has claims that cannot be read")},
		"nbf in the future": {[]string{signed(claimSet{"nbf": now + 1})}, 401,
			denied("the token is not valid yet")},
		"issued in the future": {[]string{signed(claimSet{"iat": now + 1})}, 401,
			denied("the token was issued in the future")},
		"scope of another route": {[]string{signed(claimSet{"scope": "payments:read payments:refunds"})}, 403,
			`Bearer scope="payments:refund" error="insufficient_scope" error_description="the token does not have ` +
				`the scope of this route"`},
		"no scope": {[]string{signed(claimSet{"scope": nil})}, 403,
			`Bearer scope="payments:refund" error="insufficient_scope" error_description="the token does not have ` +
				`the scope of this route"`},
	} {
		handler := api(t, Config{Routes: guarded, Authorizer: i.authorizer(), Invoke: answering(`"in"`)})
		got := requestWith(handler, "POST", "/refund", c.authorization...)
		if got.status != c.status || got.header.Get("Www-Authenticate") != c.challenge {
			t.Errorf("%s: got %d with %s, want %d with %s", name, got.status, got.header.Get("Www-Authenticate"),
				c.status, c.challenge)
		}
		if c.status != 200 {
			expectOwn(t, got, c.status, map[int]string{401: "Unauthorized", 403: "Forbidden"}[c.status])
		}
	}
}

// This was measured on AWS: numbers as their digits, a list as [a b], an object as JSON, null omitted, everything as
// text.
func TestWhatAFunctionLearnsOfAToken(t *testing.T) {
	i := newIssuer(t)
	var event []byte
	handler := api(t, Config{Routes: guarded,
		Authorizer: &Authorizer{Issuer: i.URL + "/pool", Audience: []string{"kasir"}, ScopePrefix: "shop/"},
		Invoke: func(_ context.Context, _ string, e []byte) ([]byte,
			error) {
			event = e
			return []byte(`"in"`), nil
		}})
	authorizer := func() any {
		var e struct{ RequestContext struct{ Authorizer any } }
		if err := json.Unmarshal(event, &e); err != nil {
			t.Fatal(err)
		}
		return e.RequestContext.Authorizer
	}
	token := i.sign(t, "key-1",
		i.claims().with(claimSet{"aud": []string{"kasir", "b"}, "scope": "payments:read shop/payments:read",
			"admin": true, "big": 12345678901234567,
			"nick": json.RawMessage("null"), "address": map[string]any{"city": "a b"},
			"groups": []any{"a b", []string{"c"}, map[string]any{"d": 1}}}))
	if got := requestWith(handler, "GET", "/read", "Bearer "+token); got.status != 200 {
		t.Fatalf("got %d %s", got.status, got.header)
	}
	if diff := cmp.Diff(map[string]any{"jwt": map[string]any{
		"claims": map[string]any{"iss": i.URL + "/pool", "aud": "[kasir b]", "sub": "CUST-1",
			"scope": "payments:read shop/payments:read",
			"iat":   "1583348578", "exp": "1583348698", "admin": "true", "big": "12345678901234567",
			"address": `{"city":"a b"}`, "groups": `[a b [c] {"d":1}]`},
		"scopes": []any{"shop/payments:read"},
	}}, authorizer()); diff != "" {
		t.Errorf("authorizer (-want +got):\n%s", diff)
	}
	if got := requestWith(handler, "GET", "/read", "Bearer "+i.sign(t, "key-1", i.claims())); got.status != 403 {
		t.Errorf("a scope without the prefix: got %d", got.status)
	}
	for _, authorization := range [][]string{nil, {"Bearer " + token}, {"garbage"}} {
		if got := requestWith(handler, "POST", "/open", authorization...); got.status != 200 || authorizer() != nil {
			t.Errorf("the open route: got %d, and the function saw %v", got.status, authorizer())
		}
	}
}

func TestPreflightsNeedNoToken(t *testing.T) {
	handler := api(t, Config{Routes: guarded, Authorizer: newIssuer(t).authorizer(), CORS: shop,
		Invoke: answering(`"in"`)})
	r := httptest.NewRequest("OPTIONS", "/refund", nil)
	r.Header.Set("Origin", "http://localhost:8081")
	r.Header.Set("Access-Control-Request-Method", "POST")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != 204 || w.Header().Get("Access-Control-Allow-Headers") != "authorization,content-type" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	r.Method = "POST"
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != 401 || w.Header().Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("the browser cannot read the 401: got %d %v", w.Code, w.Header())
	}
}

func TestKeysAreFetchedWhenNeeded(t *testing.T) {
	i := newIssuer(t)
	now := clock()
	handler := api(t, Config{Routes: guarded, Authorizer: i.authorizer(), Invoke: answering(`"in"`),
		Now: func() time.Time { return now }})
	long := i.claims().with(claimSet{"exp": now.Add(24 * time.Hour).Unix()})
	expect := func(what, token string, status, asked int) {
		t.Helper()
		if got := requestWith(handler, "GET", "/read", token); got.status != status || i.asked != asked {
			t.Errorf("%s: got %d after asking for the keys %d times, want %d and %d", what, got.status, i.asked,
				status, asked)
		}
	}
	token := i.sign(t, "key-1", long)
	i.down = true
	expect("the issuer is down", token, 401, 0) // AWS also answers 401 if it cannot fetch the keys
	i.down = false
	expect("the first", token, 200, 1)
	expect("the second", token, 200, 1)
	expect("an unknown key", i.sign(t, "key-2", long), 401, 2)
	i.keys["key-2"] = i.keys["key-1"]
	expect("a new key", i.sign(t, "key-2", long), 200, 3)
	i.down = true
	expect("down with keys known", token, 200, 3)
	expect("down and an unknown key", i.sign(t, "key-3", long), 401, 3)
	i.down = false
	delete(i.keys, "key-1")
	i.keys["key-3"] = newKey(t)
	now = now.Add(2 * time.Hour)
	expect("a key that was taken back two hours ago", token, 401, 4)
}

func TestNothingOfATokenIsLogged(t *testing.T) {
	i := newIssuer(t)
	var log bytes.Buffer
	handler := api(t, Config{Routes: guarded, Authorizer: i.authorizer(), Invoke: answering(`"in"`),
		Log: slog.New(slog.NewJSONHandler(&log, nil))})
	claims := i.claims().with(claimSet{"sub": "canary-subject"})
	tokens := []string{
		i.sign(t, "key-1", claims), i.sign(t, "canary-key", claims),
		i.sign(t, "key-1", claims.with(claimSet{"exp": 1})),
		i.sign(t, "key-1", claims.with(claimSet{"scope": "canary-scope"})),
		i.sign(t, "key-1", claims.with(claimSet{"iss": "canary-issuer"})),
		unsigned(claimSet{"alg": "canary-alg"}, claims) + ".x", "canary-garbage",
	}
	for _, down := range []bool{false, true} {
		i.down = down
		for _, token := range tokens {
			requestWith(handler, "POST", "/refund", "Bearer "+token)
		}
	}
	if text := log.String(); strings.Contains(text, "canary") || strings.Contains(text, encode([]byte(`{"al`))) ||
		!strings.Contains(text, "503 Service Unavailable") {
		t.Errorf("the log:\n%s", text)
	}
}

func TestAuthorizersThatCannotWork(t *testing.T) {
	for want, a := range map[string]*Authorizer{
		"there is no authorizer":      nil,
		"is not an http or https URL": {Issuer: "issuer", Audience: []string{"kasir"}},
		"needs audiences":             {Issuer: "https://issuer.example"},
		"none may be empty":           {Issuer: "https://issuer.example", Audience: []string{""}},
		`route "POST /refund" need`:   nil,
	} {
		if _, err := New(Config{Routes: guarded, Authorizer: a, Invoke: answering("")}); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
