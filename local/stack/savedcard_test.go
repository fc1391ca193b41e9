package stack_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kasir/local/customer"
	"kasir/local/sandbox"
	"kasir/local/stack"
)

// Every customer id that can save a card can list and delete it, also one that a path cannot contain.
func TestEveryCustomerCanForgetACard(t *testing.T) {
	s := openMerchantStack(t)
	inPath := func(id string) string { return "~" + base64.RawURLEncoding.EncodeToString([]byte(id)) }
	for i, c := range []struct{ id, path string }{
		{"CUST-1", "CUST-1"}, {"CUST-1", inPath("CUST-1")}, {"team/budi", inPath("team/budi")},
		{"what?", inPath("what?")}, {"..", inPath("..")},
		{"~budi", inPath("~budi")}, {"a%2Fb", inPath("a%2Fb")}, {"Budi Šiti+1|é", url.PathEscape("Budi Šiti+1|é")},
	} {
		invoice := fmt.Sprint("PATH-", i)
		body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"customer":{"id":%q,`+
			`"email":"budi@example.com"},"card":{"save":true}}`, invoice, c.id)
		page, err := s.CreatePage(t.Context(), []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := customer.Pay(t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL,
			customer.Visa); err != nil {
			t.Fatal(err)
		}
		s.await(t, invoice, "PAID")
		status, list := s.request(t, "GET", "/customers/"+c.path+"/tokens", "", "")
		tokens, _ := list["tokens"].([]any)
		if status != 200 || len(tokens) != 1 {
			t.Errorf("%s: %d %v", c.id, status, list)
			continue
		}
		id := fmt.Sprint(tokens[0].(map[string]any)["id"])
		if status, answer := s.request(t, "DELETE", "/customers/"+c.path+"/tokens/"+inPath(id), "", ""); status != 200 {
			t.Errorf("%s: %d %v", c.id, status, answer)
		}
	}
	if status, answer := s.request(t, "GET", "/customers/~a~b/tokens", "", ""); status != 422 {
		t.Errorf("no base64url: %d %v", status, answer)
	}
}

// Many requests of one customer for saved cards make few calls of DOKU.
func TestListingCardsCostsFewCalls(t *testing.T) {
	theirs, err := sandbox.New(sandbox.Config{ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey,
		NotificationURL: "http://127.0.0.1:9/notifications", RetryDelays: []time.Duration{}})
	if err != nil {
		t.Fatal(err)
	}
	var calls atomic.Int64
	counting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "get-token") {
			calls.Add(1)
		}
		theirs.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { counting.Close(); theirs.Close() })
	s := open(t, func(c *stack.Config) {
		c.DOKU, c.ClientID, c.SecretKey = counting.URL, sandbox.DefaultClientID, sandbox.DefaultSecretKey
	})
	start := time.Now()
	for range 60 {
		if answer, err := s.Do(t.Context(), "GET", "/customers/CUST-1/tokens", nil, nil); err != nil ||
			answer.Status != 200 {
			t.Fatal(answer.Status, err)
		}
	}
	if most := 1 + int64(time.Since(start)/(5*time.Second)); calls.Load() > most {
		t.Errorf("60 requests one after another are %d calls, want %d", calls.Load(), most)
	}
}
