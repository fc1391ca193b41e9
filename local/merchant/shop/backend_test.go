package shop_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"kasir/local/merchant/shop"
)

// post sends JSON to the shop's back end, as a page of the shop does.
func post(t *testing.T, tokenURL, path, body string, headers ...string) *http.Response {
	t.Helper()
	request := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	config := working
	if tokenURL != "" {
		config.TokenURL = tokenURL
	}
	recorder := httptest.NewRecorder()
	shop.New(config).ServeHTTP(recorder, request)
	return recorder.Result()
}

// decoded decodes an answer of the back end.
func decoded[T any](t *testing.T, response *http.Response) T {
	t.Helper()
	var value T
	if err := json.NewDecoder(response.Body).Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

type opened struct {
	Token     string
	ExpiresIn int64 `json:"expires_in"`
	Customer  string
}

func TestTheCookieSaysWhoTheCustomerIs(t *testing.T) {
	issuer := newFakeIssuer(t)
	open := func(cookie string) (opened, *http.Cookie) {
		t.Helper()
		response := post(t, issuer.URL+"/token", "/session", "{}", "Cookie", cookie)
		if response.StatusCode != http.StatusOK || response.Header.Get("Cache-Control") != "no-store" ||
			len(response.Cookies()) != 1 {
			t.Fatalf("%s, %v", response.Status, response.Header)
		}
		return decoded[opened](t, response), response.Cookies()[0]
	}
	first, cookie := open("")
	if !regexp.MustCompile(`^CUST-[a-z2-7]{24}$`).MatchString(first.Customer) || first.Token == "" ||
		first.ExpiresIn != 900 {
		t.Errorf("%+v", first)
	}
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.MaxAge <= 0 || cookie.Path != "/" {
		t.Errorf("cookie %v", cookie)
	}
	for i := range len(cookie.Value) - 7 { // eight equal characters are no coincidence
		if part := strings.ToLower(cookie.Value[i : i+8]); strings.Contains(first.Customer, part) {
			t.Errorf("the id %s tells %s of the cookie", first.Customer, part)
		}
	}
	again, kept := open(cookie.Name + "=" + cookie.Value)
	if again.Customer != first.Customer || kept.Value != cookie.Value {
		t.Errorf("%s came back as %s", first.Customer, again.Customer)
	}
	seen := map[string]bool{first.Customer: true}
	for _, made := range []string{"", "=", "=" + first.Customer, "=A", "=" + strings.Repeat("A", 65)} {
		other, _ := open(cookie.Name + made)
		if seen[other.Customer] {
			t.Errorf("%q is %s, who is known already", made, other.Customer)
		}
		seen[other.Customer] = true
	}
	if asked := issuer.issued()[0]; asked.Get("sub") != first.Customer || asked.Get("client_id") == "" ||
		asked.Get("ttl") == "" ||
		asked.Get("scope") != "payments:create payments:read tokens:read tokens:unbind" {
		t.Errorf("the issuer was asked for %v", asked)
	}
}

func TestTheCookieIsForTLSWhereThereIsTLS(t *testing.T) {
	issuer := newFakeIssuer(t)
	config := working
	config.TokenURL = issuer.URL + "/token"
	for _, scheme := range []string{"http", "https"} {
		request := httptest.NewRequest(http.MethodPost, scheme+"://shop.example.com/session", strings.NewReader("{}"))
		request.Header.Set("Content-Type", "application/json")
		recorder := httptest.NewRecorder()
		shop.New(config).ServeHTTP(recorder, request)
		if cookies := recorder.Result().Cookies(); len(cookies) != 1 || cookies[0].Secure != (scheme == "https") {
			t.Errorf("over %s: %v", scheme, cookies)
		}
	}
}

// No request gets a token that captures, refunds or reads the orders of others.
func TestTheShopHandsOutCustomersTokensOnly(t *testing.T) {
	issuer := newFakeIssuer(t)
	for _, path := range []string{"/session", "/session?as=merchant"} {
		response := post(t, issuer.URL+"/token", path, `{"scope":"payments:refund"}`)
		if got := decoded[opened](t, response); !strings.HasPrefix(got.Customer, "CUST-") {
			t.Errorf("%s: %s %+v", path, response.Status, got)
		}
	}
	for _, asked := range issuer.issued() {
		if asked.Get("scope") != "payments:create payments:read tokens:read tokens:unbind" {
			t.Errorf("the issuer was asked for %v", asked)
		}
	}
}

func TestAnIssuerThatGivesNoToken(t *testing.T) {
	for about, handler := range map[string]http.HandlerFunc{
		"refuses": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) },
		"babbles": func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, "hello") },
		"is empty": func(w http.ResponseWriter, _ *http.Request) {
			reply(w, http.StatusOK, map[string]any{"expires_in": 60})
		},
		"is gone": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		issuer := httptest.NewServer(handler)
		response := post(t, issuer.URL, "/session", "{}")
		if body := text(t, response); response.StatusCode != http.StatusBadGateway ||
			strings.Contains(body, issuer.URL) {
			t.Errorf("an issuer that %s: %s %s", about, response.Status, body)
		}
		issuer.Close()
	}
}

func TestOnlyTheShopsOwnPagesMayAsk(t *testing.T) {
	issuer := newFakeIssuer(t)
	for _, path := range []string{"/session", "/quote"} {
		for _, c := range []struct {
			status  int
			headers []string
		}{
			{http.StatusForbidden, []string{"Sec-Fetch-Site", "cross-site"}},
			{http.StatusForbidden, []string{"Sec-Fetch-Site", "same-site"}},
			{http.StatusForbidden, []string{"Sec-Fetch-Site", "", "Origin", "https://elsewhere.example"}},
			{http.StatusForbidden, []string{"Sec-Fetch-Site", "", "Origin", "null"}},
			{http.StatusUnsupportedMediaType, []string{"Content-Type", ""}},
			{http.StatusUnsupportedMediaType, []string{"Content-Type", "text/plain"}},
			{http.StatusUnsupportedMediaType, []string{"Content-Type", "application/x-www-form-urlencoded"}},
		} {
			response := post(t, issuer.URL+"/token", path, "{}", c.headers...)
			if response.StatusCode != c.status || len(response.Cookies()) != 0 ||
				response.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s with %q: %s, %v", path, c.headers, response.Status, response.Header)
			}
		}
		for _, method := range []string{"GET", "OPTIONS", "PUT"} {
			if response := get(t, method, path); response.StatusCode != http.StatusMethodNotAllowed ||
				response.Header.Get("Allow") != "POST" {
				t.Errorf("%s %s: %s", method, path, response.Status)
			}
		}
	}
	if asked := issuer.issued(); len(asked) != 0 {
		t.Errorf("the issuer was asked for %v", asked)
	}
	for _, site := range []string{"none", ""} { // an old browser does not send where a request comes from
		response := post(t, issuer.URL+"/token", "/session", "{}", "Sec-Fetch-Site", site, "Content-Type",
			"application/json; charset=utf-8")
		if response.StatusCode != http.StatusOK {
			t.Errorf("Sec-Fetch-Site %q: %s", site, response.Status)
		}
	}
}
