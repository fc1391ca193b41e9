package stack_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// signIn signs a person in as the console does, and returns the token.
func signIn(t *testing.T, running *stack.Stack, role string) string {
	t.Helper()
	origin := strings.TrimSuffix(running.Console, "/console")
	const verifier = "a-verifier-that-is-long-enough-to-be-one-0123456789"
	sum := sha256.Sum256([]byte(verifier))
	var c struct {
		Authorize, Token string
		Client           string `json:"client_id"`
		Scopes           []string
	}
	getJSON(t, running.Console+"/config.json", &c)
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(origin + c.Authorize + "?" + url.Values{
		"client_id": {c.Client}, "redirect_uri": {running.Console}, "response_type": {"code"}, "state": {"s"},
		"scope": {strings.Join(c.Scopes, " ")}, "nonce": {"n"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "login_hint": {role},
	}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		t.Fatal(err)
	}
	answer, err = browser.PostForm(origin+c.Token, url.Values{
		"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "client_id": {c.Client},
		"redirect_uri": {running.Console}, "code_verifier": {verifier},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var tokens struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&tokens); err != nil || tokens.Access == "" {
		t.Fatalf("%d, %v", answer.StatusCode, err)
	}
	return tokens.Access
}

func getJSON(t *testing.T, address string, into any) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// People sign in at the console's port, and call the API there within their roles. A refusal names the limit of their
// roles before anything is stored.
func TestTheConsolesPort(t *testing.T) {
	running := harness.Start(t, func(c *stack.Config) {
		c.Settings = map[string]string{"MAX_REFUND": "support=5000", "SCOPE_PREFIX": "kasir/"}
	})
	origin := strings.TrimSuffix(running.Console, "/console")
	payOrder(t, running, "CONSOLE-1")
	refund := `{"refund":{"amount":5001},"expected_refundable":90000}`
	for role, want := range map[string][]int{ // read, refund, close
		"viewer": {200, 403, 403}, "support": {200, 422, 409}, "finance": {200, 403, 403}, "nobody": {403, 403, 403},
	} {
		api := merchant.API{URL: origin, Client: http.DefaultClient, Token: signIn(t, running, role)}
		for i, call := range []struct{ method, path, body string }{
			{"GET", "/payments/CONSOLE-1", ""}, {"POST", "/payments/CONSOLE-1/refunds", refund},
			{"POST", "/payments/CONSOLE-1/close", `{"note":"by mistake"}`},
		} {
			got, err := api.Do(t.Context(), call.method, call.path,
				http.Header{"Idempotency-Key": {"a-key-of-the-console"}, "Origin": {origin}}, []byte(call.body))
			if err != nil || got.Status != want[i] {
				t.Errorf("%s: %s %s: %d, %v, want %d: %s", role, call.method, call.path, got.Status, err, want[i],
					got.Body)
			}
			if got.Status == 422 && !strings.Contains(string(got.Body), "5000") {
				t.Errorf("the refusal does not name the limit: %s", got.Body)
			}
		}
	}
	for address, want := range map[string]int{
		origin + "/dev/token": 404, origin + "/dev/clock": 404, running.API + "/oauth2/authorize": 404,
	} {
		answer, err := http.Get(address)
		if err != nil || answer.StatusCode != want {
			t.Errorf("%s: %v, %v", address, answer.StatusCode, err)
		}
		answer.Body.Close()
	}
	answer, err := http.Get(running.API + "/console/config.json")
	if err != nil || answer.Request.URL.String() != running.Console+"/config.json" {
		t.Errorf("the API's port does not lead to the console: %v", err)
	}
	answer.Body.Close()
	answer, err = http.Head(running.Console) // HTTP APIs have no HEAD without a route for it
	if err != nil || answer.StatusCode != http.StatusNotFound {
		t.Errorf("HEAD: %d, %v", answer.StatusCode, err)
	}
	answer.Body.Close()
}

// Pages of the console, and no others, may upload a settlement report and read the answer.
func TestTheConsoleMayUpload(t *testing.T) {
	running := harness.Start(t, nil)
	origin := strings.TrimSuffix(running.Console, "/console")
	api := merchant.API{URL: origin, Client: http.DefaultClient, Token: signIn(t, running, "finance")}
	for from, status := range map[string]int{origin: http.StatusNoContent, running.Shop: http.StatusForbidden} {
		got, err := api.Do(t.Context(), "POST", "/settlements", nil, []byte(`{}`))
		if err != nil || got.Status != http.StatusCreated {
			t.Fatalf("%d, %v: %s", got.Status, err, got.Body)
		}
		var form struct {
			URL    string
			Fields map[string]string
		}
		if err := json.Unmarshal(got.Body, &form); err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for name, value := range form.Fields {
			w.WriteField(name, value)
		}
		file, _ := w.CreateFormFile("file", "report.csv")
		io.WriteString(file, "not a report")
		w.Close()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, form.URL, &body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", w.FormDataContentType())
		request.Header.Set("Origin", from)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		readable := answer.Header.Get("Access-Control-Allow-Origin") == from
		if answer.StatusCode != status || readable != (from == origin) {
			t.Errorf("from %s: %d, readable: %v", from, answer.StatusCode, readable)
		}
	}
}
