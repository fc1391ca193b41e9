package stack_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/route"
)

// tampering is one attempt to pay another price than the merchant quoted.
type tampering struct {
	name   string
	body   set                                    // changes the request
	claims set                                    // changes the claims before they are signed
	token  func(key, claims string) string        // signs in another way; nil: HS256 with the key
	text   func(body string, token string) string // changes the request's bytes
}

func signedWith(header string, key func(string) string) func(string, string) string {
	return func(k, claims string) string { return jws(header, claims, key(k)) }
}

func same(k string) string { return k }

// jws signs by hand, because a merchant's back end uses no code of kasir.
func jws(header, claims, key string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(claims))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

const hs256 = `{"alg":"HS256","typ":"JWT"}`

var item = map[string]any{"name": "Kopi", "price": 90000, "quantity": 1}

func expires(d time.Duration) int64 { return time.Now().Add(d).Unix() }

func tamperings() []tampering {
	return []tampering{
		{name: "amount and items lowered together",
			body: set{"order.amount": 1,
				"order.line_items": []any{map[string]any{"name": "Kopi", "price": 1, "quantity": 1}}}},
		{name: "amount alone", body: set{"order.amount": 1}},
		{name: "amount as text", body: set{"order.amount": "90000"}},
		{name: "amount with a fraction", text: replace(`"amount":90000`, `"amount":90000.5`)},
		{name: "amount with an exponent", text: replace(`"amount":90000`, `"amount":9e4`)},
		{name: "amount negative", body: set{"order.amount": -90000}},
		{name: "amount beyond 64 bits", text: replace(`"amount":90000`, `"amount":18446744073709641616`)},
		{name: "amount given twice", text: replace(`"amount":90000`, `"amount":90000,"amount":1`)},
		{name: "amount left out", body: set{"order.amount": remove{}}},
		{name: "other item, same sum",
			body: set{"order.line_items": []any{map[string]any{"name": "Emas", "price": 90000, "quantity": 1}}}},
		{name: "price and quantity swapped around",
			body: set{"order.line_items": []any{map[string]any{"name": "Kopi", "price": 45000, "quantity": 2}}}},
		{name: "an item more, of nothing",
			body: set{"order.line_items.1": map[string]any{"name": "Emas", "price": 0, "quantity": 1}}},
		{name: "items left out", body: set{"order.line_items": remove{}}},
		{name: "items that the quote does not have", claims: set{"line_items": remove{}}},
		{name: "reused for another order", body: set{"order.invoice_number": "TAMPER-OTHER"}},
		{name: "quoted for another order", claims: set{"invoice_number": "tamper"}},
		{name: "a promo", body: set{"override_configuration.promo": []any{map[string]any{"bin": "400000",
			"discount_amount": 89999}}}},
		{name: "split settlement",
			body: set{"additional_info.settlement": []any{map[string]any{"bank_account_settlement_id": "SBS-1",
				"value": 100, "type": "PERCENTAGE"}}}},
		{name: "settlement held", body: set{"additional_info.hold_settlement": true}},
		{name: "a sub-account", body: set{"additional_info.account": map[string]any{"id": "SAC-1"}}},
		{name: "a column of the report",
			body: set{"additional_info.report": []any{map[string]any{"key": "branch", "value": "1"}}}},
		{name: "a text in the merchant's name",
			body: set{"additional_info.disclaimer": map[string]any{"en": "I pay no tax"}}},
		{name: "an authorisation instead of a sale", body: set{"payment.type": "AUTHORIZE"}},
		{name: "MOTO, without CVV", body: set{"payment.type": "MOTO"}},
		{name: "another's customer id", body: set{"customer.id": "CUST-2"}},
		{name: "no quote", text: func(body,
			_ string) string {
			return strings.Replace(body, `"quote":`, `"order_note":`, 1)
		}},
		{name: "quote null", text: func(body,
			token string) string {
			return strings.Replace(body, `"`+token+`"`, "null", 1)
		}},
		{name: "quote given twice",
			text: func(body, token string) string { return `{"quote":"` + token + `",` + body[1:] }},
		{name: "another caller's quote", claims: set{"sub": "CUST-2"}},
		{name: "another customer's quote", claims: set{"customer_id": "CUST-2"}},
		{name: "expired", claims: set{"exp": expires(-time.Minute)}},
		{name: "of 16 minutes", claims: set{"exp": expires(16 * time.Minute)}},
		{name: "without exp", claims: set{"exp": remove{}}},
		{name: "exp as text", claims: set{"exp": "9999999999"}},
		{name: "alg none", token: func(_, claims string) string {
			t := jws(`{"alg":"none"}`, claims, "")
			return t[:strings.LastIndex(t, ".")+1]
		}},
		{name: "alg none with a signature", token: signedWith(`{"alg":"none"}`, same)},
		{name: "RS256 by HMAC", token: signedWith(`{"alg":"RS256"}`, same)},
		{name: "another key", token: signedWith(hs256,
			func(string) string { return "another key of at least 32 characters" })},
		{name: "the empty key", token: signedWith(hs256, func(string) string { return "" })},
		{name: "claims edited, not signed again",
			token: edited(func(c string) string { return strings.Replace(c, `"amount":90000`, `"amount":1`, 1) }),
			body:  set{"order.amount": 1, "order.line_items.0.price": 1}},
		{name: "signature cut off",
			token: func(k, claims string) string {
				t := jws(hs256, claims,
					k)
				return t[:strings.LastIndex(t, ".")+1]
			}},
		{name: "a character of the signature changed",
			token: func(k, claims string) string { return flip(jws(hs256, claims, k)) }},
		{name: "signature padded", token: func(k, claims string) string { return jws(hs256, claims, k) + "=" }},
		{name: "a line break in the signature",
			token: func(k, claims string) string { return jws(hs256, claims, k) + "\n" }},
		{name: "quoted amount as text", claims: set{"amount": "90000"}},
		{name: "quoted amount with a fraction", claims: set{"amount": 90000.5}},
		{name: "quoted amount of nothing", claims: set{"amount": 0}},
		{name: "quoted amount negative", claims: set{"amount": -90000}},
		{name: "a token of the API for a quote",
			token: func(string, string) string { return "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJDVVNULTEifQ.c2ln" }},
	}
}

func replace(old, new string) func(string, string) string {
	return func(body, _ string) string { return strings.Replace(body, old, new, 1) }
}

// edited returns a signer that changes the claims after signing them.
func edited(change func(string) string) func(string, string) string {
	return func(key, claims string) string {
		part := strings.Split(jws(hs256, claims, key), ".")
		part[1] = base64.RawURLEncoding.EncodeToString([]byte(change(claims)))
		return strings.Join(part, ".")
	}
}

func flip(token string) string {
	last := map[byte]byte{'A': 'E'}[token[len(token)-10]]
	if last == 0 {
		last = 'A'
	}
	return token[:len(token)-10] + string(last) + token[len(token)-9:]
}

// Requests pass through the gateway and the built binaries. If a customer's browser changes anything, DOKU is not
// called and no order is made. A request that matches the merchant's quote is accepted.
func TestPriceTampering(t *testing.T) {
	running := harness.Start(t, nil)
	token, err := running.Token("CUST-1", route.PaymentsCreate)
	if err != nil {
		t.Fatal(err)
	}
	browser := merchant.API{URL: running.API, Client: http.DefaultClient, Token: token}
	merchant := harness.API(t, running)
	refused := 0
	for i, w := range append(tamperings(), tampering{name: "as quoted"}) {
		invoice := fmt.Sprintf("TAMPER-%02d", i)
		var claims any = map[string]any{"invoice_number": invoice, "amount": 90000,
			"line_items": []any{maps.Clone(item)}, "exp": expires(10 * time.Minute)}
		var body any = map[string]any{
			"order": map[string]any{"invoice_number": invoice, "amount": 90000,
				"line_items": []any{maps.Clone(item)}},
			"customer": map[string]any{"id": "CUST-1", "email": "budi@example.com"},
		}
		for path, value := range w.claims {
			claims = change(claims, strings.Split(path, "."), value)
		}
		sign := w.token
		if sign == nil {
			sign = signedWith(hs256, same)
		}
		quote := sign(running.Keys.QuoteKey, encoded(t, claims))
		body = change(body, []string{"quote"}, quote)
		for path, value := range w.body {
			body = change(body, strings.Split(path, "."), value)
		}
		text := encoded(t, body)
		if w.text != nil {
			was := text
			if text = w.text(text, quote); text == was {
				t.Fatalf("%s changes nothing in %s", w.name, text)
			}
		}
		answer, err := browser.Do(t.Context(), http.MethodPost, "/payments", nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		made, err := merchant.Do(t.Context(), http.MethodGet, "/payments/"+invoice, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if w.name == "as quoted" {
			if answer.Status != 201 || made.Status != 200 {
				t.Errorf("what is as quoted: %d %s, then %d", answer.Status, answer.Body, made.Status)
			}
			continue
		}
		if answer.Status != 422 || made.Status != 404 {
			t.Errorf("%s: %d %s, then %d", w.name, answer.Status, answer.Body, made.Status)
			continue
		}
		refused++
	}
	t.Logf("%d ways, %d refused", len(tamperings()), refused)
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The key in docs/quotes.md is the key of the functions here.
func TestTheDocumentedQuoteKeyIsTheDefault(t *testing.T) {
	content, err := os.ReadFile("../../docs/quotes.md")
	if err != nil || !strings.Contains(string(content), "    export QUOTE_KEY="+stack.DefaultQuoteKey+"\n") {
		t.Errorf("docs/quotes.md does not name it: %v", err)
	}
}
