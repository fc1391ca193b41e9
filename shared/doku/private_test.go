package doku

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const hush = "hush-4761349999000039"

func fullRequest() CreatePageRequest {
	return CreatePageRequest{
		Order:    PageOrder{InvoiceNumber: "INV-1", Amount: 90000},
		Card:     PageCard{Token: hush},
		Customer: Customer{ID: "c-1", Name: hush, Email: hush, Phone: hush, Address: hush},
	}
}

// dokuAnswering is a client of a server that always gives one answer.
func dokuAnswering(t *testing.T, a answer) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request) {
		a.send(w, r.URL.Path)
	}))
	t.Cleanup(server.Close)
	return newClient(t, server.URL, nil)
}

// A private text at any depth of a printed value is shown as "[private]".
func TestPrivateTextsDoNotPrint(t *testing.T) {
	r := fullRequest()
	var page CreatePageResponse
	page.CreditCardPaymentPage.URL = hush
	var captured CaptureResponse
	captured.Card.Token = hush
	client := newClient(t, Sandbox, func(c *Config) { c.SecretKey, c.PreviousSecretKey = hush, hush })
	for name, value := range map[string]any{
		"text": Private(hush), "pointer": new(Private(hush)), "request": r, "request pointer": &r,
		"customer":    r.Customer,
		"in a struct": struct{ Deep []CreatePageRequest }{[]CreatePageRequest{r}},
		"in a map":    map[string]any{"a": map[string]any{"b": r}},
		"page":        page, "capture": captured, "token": Token{ID: hush}, "tokens": []Token{{ID: hush}},
		"secret": Secret(hush), "pointers": struct {
			A *CreatePageRequest
			B *Customer
			C *Token
			D *CreatePageResponse
		}{&r, &r.Customer, &Token{ID: hush}, &page}, "client": client,
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
			args := []any{value}
			if verb == "%T %v" {
				args = append(args, value)
			}
			if text := fmt.Sprintf(verb, args...); strings.Contains(text, "hush") ||
				strings.Contains(text, "68757368") {
				t.Errorf("%s with %s: %s", name, verb, text)
			}
		}
		if text := fmt.Sprint(value) + fmt.Sprintln("x", value); strings.Contains(text, "hush") {
			t.Errorf("%s: %s", name, text)
		}
		if err := fmt.Errorf("trying %v: %w", value, errors.New("x")); strings.Contains(err.Error(), "hush") {
			t.Errorf("%s in an error: %v", name, err)
		}
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "value", value, slog.Group("g", "value", value))
		if strings.Contains(out.String(), "hush") {
			t.Errorf("%s in a text log: %s", name, out.String())
		}
	}
}

// slog's JSON handler calls LogValue of the value itself, but not of the parts of a map or struct. edge.NewLog keeps
// those out of the log.
func TestPrivateTextsAreNotInAJSONLog(t *testing.T) {
	r := fullRequest()
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "text", Private(hush), "request", r, "customer", r.Customer,
		"token", Token{ID: hush},
		"secret", Secret(hush), "page", CreatePageResponse{}, slog.Group("g", "request", r))
	if strings.Contains(out.String(), "hush") ||
		!strings.Contains(out.String(), `"request":{"invoice_number":"INV-1","amount":90000}`) {
		t.Error(out.String())
	}
}

// DOKU must get the customer's name.
func TestPrivateTextsReachDOKU(t *testing.T) {
	body, err := json.Marshal(fullRequest())
	if err != nil || strings.Count(string(body), hush) != 5 {
		t.Errorf("%s, %v", body, err)
	}
	var p struct{ Token Private }
	if err := json.Unmarshal([]byte(`{"Token":12345}`), &p); err != nil || string(p.Token) != "12345" {
		t.Errorf("%q, %v", string(p.Token), err)
	}
}

// DOKU's refusal may repeat values of the request.
func TestARefusalDoesNotRepeatTheCustomer(t *testing.T) {
	r := CreatePageRequest{Order: PageOrder{InvoiceNumber: "INV-1", Amount: 90000},
		Card: PageCard{Token: "tok_Kenari77"},
		Customer: Customer{ID: "c-1", Name: "Melati Kenari", Email: "melati@example.com", Phone: "6281122334455",
			Address: "Jalan Flamboyan 17"}}
	long := strings.Repeat("a b c d ", 62)
	for body, want := range map[string]string{
		`{"error":{"message":"` + long +
			`Melati Kenari"}}`: long + "[pri",
		`{"error":{"code":"INVALID_PARAMETER","message":"name MELATI  KENARI is odd"}}`:                            "name [private]  [private] is odd",
		`{"error":{"code":"X","message":"melati@example.com and 6281122334455 of Jalan Flamboyan 17"}}`:            "[e-mail] and [digits] of [private]",
		`{"message":["token tok_Kenari77 is unknown"]}`:                                                            "token [private] is unknown",
		`{"message":["order.amount 90000000 is over the limit"]}`:                                                  "order.amount 90000000 is over the limit",
		`{"error":{"code":"4761349999000039","message":"card 4761 3499 9900 0039, Signature HMACSHA256=abc+/=="}}`: "card [digits], Signature [signature]",
	} {
		c := dokuAnswering(t, answer{status: 400, body: body})
		_, err := c.CreatePage(t.Context(), testID, r)
		var refused *Error
		if !errors.As(err, &refused) || refused.Message != want || strings.Contains(refused.Error(), refused.Message) {
			t.Errorf("%s: %v, %+v", body, err, refused)
		}
		if refused != nil && refused.Code == "4761349999000039" {
			t.Errorf("code %s", refused.Code)
		}
	}
}

// JSON can escape any character, as PHP escapes every é and /. Escaped texts are masked in an unknown shape, in a text,
// and in a JSON text within one.
func TestARefusalDoesNotRepeatTheCustomerEscaped(t *testing.T) {
	r := CreatePageRequest{Order: PageOrder{InvoiceNumber: "INV-1", Amount: 90000},
		Customer: Customer{ID: "c-1", Name: "Zoë Anaïs", Email: "zoë@example.com", Address: "Jl. Nuri 1/23"}}
	const echo = `{"name":"Zo\u00eb Ana\u00EFs","email":"zo\u00eb\u0040example.com","address":"Jl. Nuri 1\/23"}`
	const masked = `{"name":"[private]","email":"[e-mail]","address":"[private]"}`
	quote := func(text string) string { quoted, _ := json.Marshal(text); return string(quoted) }
	for body, want := range map[string]string{
		`{"error":` + quote(`{"status":"FAILED","request":`+echo+`}`) + `}`: `{"status":"FAILED","request":` + masked +
			`}`,
		`{"error":{"message":` + quote("in "+echo) + `}}`:          "in " + masked,
		`{"message":[` + quote(quote(echo)) + `]}`:                 `"` + masked + `"`,
		`{"error_messages":[` + quote("Bad request: "+echo) + `]}`: "Bad request: " + masked,
		`{"errors":["\ud83d\ude00 of Zo\u00eb Ana\u00efs"]}`:       "\U0001f600 of [private]",
	} {
		_, err := dokuAnswering(t, answer{status: 400, body: body}).CreatePage(t.Context(), testID, r)
		var refused *Error
		if !errors.As(err, &refused) || refused.Message != want {
			t.Errorf("%s: %v, %+v", body, err, refused)
		}
	}
	// A notification names the customer itself.
	body := `{"order":{"invoice_number":"INV-1","amount":1},"customer":{"name":"Zoë Anaïs"},"card_payment":{"response_message":` + quote("in "+echo) + `}}`
	n, err := receiver().ParseNotification(t.Context(),
		posted(testSecret, "/notifications", "2026-08-27T10:23:47Z", body), []byte(body))
	if err != nil || !strings.HasPrefix(n.ResponseMessage, `in {"name":"[private]","email":"[e-mail]"`) {
		t.Errorf("%+v, %v", n, err)
	}
}

// The error of an unknown outcome holds no text of DOKU's answer or of the transport.
func TestAnUnknownOutcomeIsToldInOurWords(t *testing.T) {
	for name, a := range map[string]answer{
		"invoice": {status: 200,
			body: `{"order":{"invoice_number":"hush"},"credit_card_payment_page":{"url":"https://pay.example/1"}}`},
		"type":   {status: 200, body: pageAnswer, contentType: "text/hush"},
		"number": {status: 200, body: `{"order":{"invoice_number":{"hush":1}}}`},
		"syntax": {status: 200, body: `hush`},
		"status": {status: 502, body: `hush`},
	} {
		c := dokuAnswering(t, a)
		_, err := c.CreatePage(t.Context(), testID, fullRequest())
		if !errors.Is(err, ErrUnknown) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestScrub(t *testing.T) {
	for text, want := range map[string]string{
		"":                                         "",
		"order.amount must be above 0":             "order.amount must be above 0",
		"amount 90000000.00 is too much":           "amount 90000000.00 is too much",
		"Rp 90000000":                              "Rp 90000000",
		"amount is 4761349999000039":               "amount is [digits]",
		"phone 6281122334455":                      "phone [digits]",
		"phone +62 811-2233-4455.":                 "phone [digits].",
		"card 4761-3499-9900-0039 / 03":            "card [digits] / 03",
		"INV-123456 is known":                      "INV-123456 is known",
		"to budi.s@example.co.id, twice":           "to [e-mail], twice",
		"email=budi%40example.com":                 "email=[e-mail]",
		"HMACSHA256=abc/+def==":                    "[signature]",
		"Digest: SHA-256=AAAA":                     "Digest: [signature]",
		"Authorization: Bearer abcdefghijklmnop.q": "Authorization: [token]",
		"eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln was": "[token] was",
		"SK-hush1234 and doku_key_test_1234":       "[key] and [key]",
		"https://pay.example/p?sig=abc&x=1 failed": "https://pay.example/p?[query] failed",
		strings.Repeat("aB3", 20):                  "[token]",
		"INSUFFICIENT FUNDS (51)":                  "INSUFFICIENT FUNDS (51)",
		"2026-08-27T10:23:47Z":                     "[digits]T10:23:47Z",
	} {
		if got := Scrub(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestAmountsThatComeTwiceAreNoAmounts(t *testing.T) {
	for body, valid := range map[string]bool{
		`{"order":{"invoice_number":"A","amount":1}}`:                                       true,
		`{"order":{"invoice_number":"A","amount":1,"note":2,"note":3}}`:                     true,
		`{"order":{"invoice_number":"A","amount":1,"amount":2}}`:                            false,
		`{"order":{"invoice_number":"A","amount":1,"amount":1}}`:                            false,
		`{"order":{"invoice_number":"A","amount":1,"\u0061mount":2}}`:                       false,
		`{"order":{"amount":1},"order":{"invoice_number":"A","amount":2}}`:                  false,
		`{"order":{"invoice_number":"A","amount":1},"order":{"invoice_number":"A"}}`:        false,
		`{"order":{"invoice_number":"A","amount":1},"x":{"order":{"amount":1,"amount":2}}}`: true,
	} {
		n, err := receiver().ParseNotification(t.Context(),
			posted(testSecret, "/notifications", "2026-08-27T10:23:47Z", body), []byte(body))
		if err != nil || n.Amount.Valid != valid {
			t.Errorf("%s: %+v, %v", body, n.Amount, err)
		}
	}
	c := dokuAnswering(t, answer{status: http.StatusOK,
		body: `{"order":{"invoice_number":"INV-1"},"refund":{"amount":1,"amount":1,"status":"SUCCESS"}}`})
	if _, err := c.Refund(t.Context(), testID, RefundRequest{InvoiceNumber: "INV-1", Amount: 1}); !errors.Is(err,
		ErrUnknown) {
		t.Errorf("an answer with two amounts: %v", err)
	}
}
