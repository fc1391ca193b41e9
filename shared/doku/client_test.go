package doku

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const (
	testClient = "MCH-0001-TEST"
	testSecret = "SK-test"
	testID     = "aaaabbbbccccddddeeeeffffgggghhhh"
	pageAnswer = `{"order":{"invoice_number":"INV-1"},"credit_card_payment_page":{"url":"https://pay.example/1"}}`
)

var testNow = time.Date(2026, 8, 27, 10, 23, 47, 0, time.UTC)

// signed computes a signature without this package's code.
func signed(secret, component string) string {
	h := hmac.New(sha256.New, []byte(secret))
	io.WriteString(h, component)
	return "HMACSHA256=" + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// answer is an answer of the server in DOKU's place.
type answer struct {
	status      int
	body        string
	contentType string // default application/json
	signature   string // "" right, "none" absent, else sent as it is
	client, id  string // in the headers; default right
}

func (a answer) send(w http.ResponseWriter, path string) {
	client, id := testClient, testID
	if a.client != "" {
		client = a.client
	}
	if a.id != "" {
		id = a.id
	}
	if a.contentType == "" {
		a.contentType = "application/json; charset=utf-8"
	}
	w.Header().Set("Content-Type", a.contentType)
	w.Header().Set("Client-Id", client)
	w.Header().Set("Request-Id", id)
	w.Header().Set("Response-Timestamp", "2026-08-27T10:23:48Z")
	if a.signature == "" {
		a.signature = signed(testSecret,
			fmt.Sprintf("Client-Id:%s\nRequest-Id:%s\nResponse-Timestamp:2026-08-27T10:23:48Z\nRequest-Target:%s\nDigest:%s",
				client, id, path, digest(a.body)))
	}
	if a.signature != "none" {
		w.Header().Set("Signature", a.signature)
	}
	w.WriteHeader(a.status)
	io.WriteString(w, a.body)
}

func newClient(t *testing.T, url string, change func(*Config)) *Client {
	t.Helper()
	cfg := Config{BaseURL: url, ClientID: testClient, SecretKey: testSecret, Now: func() time.Time { return testNow }}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func request() CreatePageRequest {
	return CreatePageRequest{
		Order: PageOrder{InvoiceNumber: "INV-1", Amount: 90000,
			LineItems: []LineItem{{Name: "Kopi", Price: 45000, Quantity: 2}}},
		Customer: Customer{Email: "budi@example.com"},
	}
}

func TestCreatePageSendsWhatDOKUExpects(t *testing.T) {
	var got *http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, body = r, string(raw)
		answer{status: 200, body: pageAnswer}.send(w, r.URL.Path)
	}))
	defer server.Close()
	r := request()
	r.Payment.Type = "AUTHORIZATION"
	out, err := newClient(t, server.URL, nil).CreatePage(t.Context(), testID, r)
	if err != nil {
		t.Fatal(err)
	}
	if out.CreditCardPaymentPage.URL != "https://pay.example/1" {
		t.Errorf("url %q", out.CreditCardPaymentPage.URL)
	}
	want := `{"order":{"invoice_number":"INV-1","amount":90000,"line_items":[{"name":"Kopi","price":45000,"quantity":2}],` +
		`"auto_redirect":false},"customer":{"email":"budi@example.com"},"payment":{"type":"AUTHORIZE"}}`
	if body != want {
		t.Errorf("body\n%s, want\n%s", body, want)
	}
	if got.Method != "POST" || got.URL.Path != "/credit-card/v1/payment-page" ||
		got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s %s", got.Method, got.URL, got.Header.Get("Content-Type"))
	}
	component := fmt.Sprintf("Client-Id:%s\nRequest-Id:%s\nRequest-Timestamp:2026-08-27T10:23:47Z\nRequest-Target:/credit-card/v1/payment-page\nDigest:%s",
		testClient, testID, digest(body))
	if want := signed(testSecret, component); got.Header.Get("Signature") != want {
		t.Errorf("signature %s, want %s", got.Header.Get("Signature"), want)
	}
	for name, want := range map[string]string{"Client-Id": testClient, "Request-Id": testID,
		"Request-Timestamp": "2026-08-27T10:23:47Z"} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), want)
		}
	}
}

func TestEveryAnswerIsDoneRefusedOrUnknown(t *testing.T) {
	const done, refused, unknown = "done", "refused", "unknown"
	for _, test := range []struct {
		name   string
		answer answer
		want   string
	}{
		{"200", answer{status: 200, body: pageAnswer}, done},
		{"201", answer{status: 201, body: pageAnswer}, done},
		{"200 unsigned", answer{status: 200, body: pageAnswer, signature: "none"}, done},
		{"409 with the original answer", answer{status: 409, body: pageAnswer}, done},
		{"409 with an error", answer{status: 409, body: `{"error":{"code":"DUPLICATE_TRANSACTION","message":"x"}}`},
			unknown},
		{"200 wrongly signed", answer{status: 200, body: pageAnswer, signature: signed("SK-other", "x")}, unknown},
		{"200 signed for another request", answer{status: 200, body: pageAnswer, id: "other"}, unknown},
		{"200 signed for another client", answer{status: 200, body: pageAnswer, client: "MCH-9"}, unknown},
		{"200 for another invoice", answer{status: 200, body: strings.Replace(pageAnswer, "INV-1", "INV-2", 1)},
			unknown},
		{"200 without url", answer{status: 200, body: `{"order":{"invoice_number":"INV-1"}}`}, unknown},
		{"200 HTML", answer{status: 200, body: "<html>", contentType: "text/html"}, unknown},
		{"200 cut short", answer{status: 200, body: pageAnswer[:40]}, unknown},
		{"200 empty", answer{status: 200}, unknown},
		{"200 endless", answer{status: 200, body: `{"order":"` + strings.Repeat("x", answerCap) + `"}`}, unknown},
		{"302", answer{status: 302, body: pageAnswer}, unknown},
		{"400", answer{status: 400, body: `{"error":{"code":"INVALID_PARAMETER","message":"m"}}`}, refused},
		{"400 wrongly signed", answer{status: 400, body: `{}`, signature: "HMACSHA256=AAAA"}, unknown},
		{"401", answer{status: 401, body: `{}`}, unknown},
		{"401 in DOKU's shape", answer{status: 401, body: `{"error":{"code":"invalid_signature"}}`}, refused},
		{"404", answer{status: 404, body: `not here`, contentType: "text/plain"}, unknown},
		{"408", answer{status: 408, body: `{}`}, unknown},
		{"412", answer{status: 412, body: `{"error":{"code":"MERCHANT_NOT_CONFIGURED"}}`}, refused},
		{"429", answer{status: 429, body: `{}`}, unknown},
		{"500", answer{status: 500, body: `{"error":"Internal Server Error"}`}, unknown},
		{"502", answer{status: 502, body: "<html>bad gateway</html>", contentType: "text/html"}, unknown},
		{"503 after the effect", answer{status: 503, body: pageAnswer}, unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
				r *http.Request) {
				test.answer.send(w, r.URL.Path)
			}))
			defer server.Close()
			_, err := newClient(t, server.URL, nil).CreatePage(t.Context(), testID, request())
			var refusal *Error
			got := done
			switch {
			case errors.Is(err, ErrUnknown) && errors.As(err, &refusal):
				t.Errorf("both refused and unknown: %v", err)
			case errors.Is(err, ErrUnknown):
				got = unknown
			case errors.As(err, &refusal):
				got = refused
			case err != nil:
				t.Errorf("neither of the three: %v", err)
			}
			if got != test.want {
				t.Errorf("%s (%v), want %s", got, err, test.want)
			}
		})
	}
}

func TestNoAnswerIsUnknown(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := newClient(t, server.URL, nil).CreatePage(ctx, testID, request()); !errors.Is(err, ErrUnknown) ||
		!errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("time-out: %v", err)
	}
	hangUp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		_ *http.Request) {
		panic(http.ErrAbortHandler)
	}))
	defer hangUp.Close()
	if _, err := newClient(t, hangUp.URL, nil).CreatePage(t.Context(), testID, request()); !errors.Is(err, ErrUnknown) {
		t.Errorf("connection closed: %v", err)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		w.Header().Set("Location", "/again")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	if _, err := newClient(t, server.URL, nil).CreatePage(t.Context(), testID, request()); !errors.Is(err, ErrUnknown) {
		t.Errorf("%v", err)
	}
	if calls != 1 {
		t.Errorf("%d calls: a redirected POST could be carried out twice", calls)
	}
}

func TestUnsignedAnswersCanBeRequiredToBeSigned(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer{status: 200, body: pageAnswer, signature: "none"}.send(w, r.URL.Path)
	}))
	defer server.Close()
	c := newClient(t, server.URL, func(cfg *Config) { cfg.Signatures = Signatures{Success: Require} })
	if _, err := c.CreatePage(t.Context(), testID, request()); !errors.Is(err, ErrUnknown) {
		t.Errorf("%v, want unknown", err)
	}
}

func TestAnAnswerSignedWithThePreviousKeyIsGenuine(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer{status: 200, body: pageAnswer}.send(w, r.URL.Path)
	}))
	defer server.Close()
	c := newClient(t, server.URL, func(cfg *Config) { cfg.SecretKey, cfg.PreviousSecretKey = "SK-new", testSecret })
	if _, err := c.CreatePage(t.Context(), testID, request()); err != nil {
		t.Error(err)
	}
}

func TestErrorBodies(t *testing.T) {
	for _, test := range []struct{ body, code, message string }{
		{`{"error":{"code":"invalid_signature","message":"Invalid Header Signature","type":"invalid_request_error"}}`,
			"invalid_signature", "Invalid Header Signature"},
		{`{"errors":{"code":"INVALID_PARAMETER","message":"Invalid Total Amount And Line Items"}}`, "INVALID_PARAMETER",
			"Invalid Total Amount And Line Items"},
		{`{"errors":[{"code":"A","message":"one"},{"code":"B","message":"two"}]}`, "A", "one; two"},
		{`{"error":"Internal Server Error"}`, "", "Internal Server Error"},
		{`{"message":["amount must be a number","name is empty"]}`, "", "amount must be a number; name is empty"},
		{`{"message":["PAYMENT CHANNEL IS INACTIVE"]}`, "", "PAYMENT CHANNEL IS INACTIVE"},
		{`{"error_messages":["one","two"]}`, "", "one; two"},
	} {
		e, ok := newClient(t, Sandbox, nil).refusal(400, testID, []byte(test.body))
		if !ok || e.Code != test.code || e.Message != test.message || e.RequestID != testID {
			t.Errorf("%s: %t %q %q", test.body, ok, e.Code, e.Message)
		}
	}
}

// Somebody between DOKU and kasir may answer: such an answer refuses nothing.
func TestAnErrorBodyThatIsNotDOKUsRefusesNothing(t *testing.T) {
	for _, body := range []string{
		`{"message":"no Route matched with those values"}`, `{"message":"No static resource orders/v9/status/INV-1."}`,
		`{"code":"X1","message":"plain"}`,
		`{"message":[]}`, `{"error":null}`, `{"error":{}}`, `{"error":{"code":7,"message":{"deep":true}}}`,
		`{"error":{"code":"idempotent_request"}}`,
		`no`, ` <html>Jos&eacute;`, `{}`, ``, `[]`, `"error"`,
	} {
		if e, ok := newClient(t, Sandbox, nil).refusal(400, testID, []byte(body)); ok {
			t.Errorf("%s is taken for a refusal: %+v", body, e)
		}
	}
}

func TestAMessageIsCut(t *testing.T) {
	for _, e := range endpoints {
		no := &Error{}
		err := e.call(t.Context(),
			dokuAnswering(t, answer{status: 400, body: `{"message":["` + strings.Repeat("é ", 4000) + `"]}`}))
		if !errors.As(err, &no) || len(no.Message) < messageCap-3 || len(no.Message) > messageCap ||
			!utf8.ValidString(no.Message) {
			t.Errorf("%s: %v, a message of %d bytes", e.name, err, len(no.Message))
		}
	}
}

func TestARefusalByHeadersIsToldFromARefusalOfTheRequest(t *testing.T) {
	for body, want := range map[string]bool{
		`{"error":{"code":"invalid_signature"}}`:         true,
		`{"error":{"code":"request_time_out_of_range"}}`: true,
		`{"error":{"code":"INVALID_PARAMETER"}}`:         false,
		`{"error":"Unauthorized"}`:                       false,
	} {
		for _, status := range []int{400, 401, 403, 429} {
			if e, _ := newClient(t, Sandbox, nil).refusal(status, testID, []byte(body)); e.Unprocessed != want {
				t.Errorf("%d %s: unprocessed %t", status, body, e.Unprocessed)
			}
		}
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"empty secret":      {func(c *Config) { c.SecretKey = "" }, "secret key is empty"},
		"other key family":  {func(c *Config) { c.SecretKey = "doku_key_live_1" }, "starts with SK-"},
		"empty client id":   {func(c *Config) { c.ClientID = "" }, "client id is empty"},
		"no clock":          {func(c *Config) { c.Now = nil }, "no Now"},
		"no base URL":       {func(c *Config) { c.BaseURL = "" }, "BaseURL"},
		"base URL and path": {func(c *Config) { c.BaseURL = "https://api.doku.com/v1" }, "belongs in Paths"},
	} {
		cfg := Config{BaseURL: Sandbox, ClientID: testClient, SecretKey: testSecret, Now: time.Now}
		test.change(&cfg)
		_, err := New(cfg)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "live_1") {
			t.Errorf("%s: the error shows the key", name)
		}
	}
}
