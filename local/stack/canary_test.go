package stack_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"kasir/local/sandbox"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// leaks are the texts that must appear nowhere: each as it is put in, and the part by which it would be
// recognised.
var leaks = []struct{ kind, value, piece string }{
	{"card number", "4761349999000039", "4761349999000039"},
	{"CVV", "CVV 8537", " 8537"},
	{"secret key", "SK-Qv7hTz2mKp9wXc4dLs6R", "Qv7hTz2mKp"},
	{"signature", "HMACSHA256=c2lnbmF0dXJlLWNhbmFyeS1vZi1rYXNpcg==", "c2lnbmF0dXJlLWNhbmFy"},
	{"e-mail", "melur.kenanga@surat.example", "melur.kenanga"},
	{"phone", "6281234567890", "81234567890"},
	{"token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnLWNhbmFyeS1qd3Q", "eyJzdWIiOiJjYW5hcnkifQ"},
	{"name", "Sekarwangi Padmanaba", "Sekarwangi"},
	{"address", "Jalan Flamboyan 17", "Flamboyan"},
	{"card token", "tok4Jasmin7Wq2Zr", "tok4Jasmin7Wq2Zr"},
}

// tape keeps the output of the functions.
type tape struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

// escapes are other spellings of these in JSON. PHP's json_encode always uses that of the slash.
var escapes = []string{"@", `\u0040`, "/", `\/`, "a", `\u0061`, "5", `\u0035`}

// unescape removes the escapes, also those that were escaped again.
func unescape(text string) string {
	for i := 0; i < len(escapes); i += 2 {
		text = strings.ReplaceAll(text, strings.TrimPrefix(escapes[i+1], `\`), escapes[i])
	}
	return strings.ReplaceAll(text, `\`, "")
}

// echoDOKU replaces DOKU. Every answer of it repeats the request, and the secrets that it got.
func echoDOKU() *httptest.Server {
	var mu sync.Mutex
	calls := 0
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		calls++
		n := calls
		mu.Unlock()
		text := fmt.Sprintf("%q", fmt.Sprint(leaks[n%7].value, " is wrong in ", string(body)))
		w.Header().Set("Content-Type", "application/json")
		switch _, number, _ := strings.Cut(string(body), `"invoice_number":"`); {
		case n%3 != 0 && number != "":
			number, _, _ = strings.Cut(number, `"`)
			fmt.Fprintf(w, `{"order":{"invoice_number":%q},"credit_card_payment_page":{"url":"https://pay.example/p?sign=%s"},"refund":{"status":"FAILED","message":%s}}`, number, leaks[3].value, text)
		case n%5 == 0:
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, text)
		case n%2 == 0 && number != "":
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"status":"FAILED","request":%s}`, strings.NewReplacer(escapes...).Replace(string(body)))
		default:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":{"code":%q,"message":%s}}`, leaks[n%7].value, text)
		}
	}))
}

// Canaries pass through the gateway and the built functions, whose whole output is kept. shared/edge has the large run.
func TestCanariesThroughTheBinaries(t *testing.T) {
	doku, printed := echoDOKU(), &tape{}
	t.Cleanup(doku.Close)
	running := harness.Start(t, func(c *stack.Config) {
		c.DOKU, c.ClientID, c.SecretKey, c.Log = doku.URL, sandbox.DefaultClientID, leaks[2].value, printed
	})
	api := harness.API(t, running)
	s := shopfront{running, api}
	answers, problems, found := 0, 0, 0
	spot := func(where, text string) {
		for _, leak := range leaks {
			if strings.Contains(text, leak.piece) || strings.Contains(unescape(text), leak.piece) {
				found++
				t.Errorf("a %s in %s: %.600s", leak.kind, where, text)
			}
		}
	}
	for i := range 500 {
		leak := leaks[i%len(leaks)].value
		method, path, body := canaryRequest(i, leak)
		header := http.Header{"User-Agent": {leak}, "X-Card": {leaks[0].value}, "Idempotency-Key": {"a key, " + leak},
			"Cookie": {"sid=" + leak}, "Signature": {leaks[3].value}}
		if i%3 == 0 {
			header.Set("Idempotency-Key", fmt.Sprint("a-key-of-the-canaries-", i))
		}
		answer, err := api.Do(t.Context(), method, path+"?q="+url.QueryEscape(leak), header, body)
		if err != nil {
			t.Fatal(err)
		}
		if answers++; answer.Status >= 400 {
			problems++
			spot(fmt.Sprintf("the problem of %s %s", method, path), string(answer.Body)+fmt.Sprint(answer.Header))
		}
		if i%10 == 0 {
			s.post(t, notification{invoice: fmt.Sprintf("CANARY-%d", i-i%60),
				status: []string{"SUCCESS", "FAILED"}[i/10%2], amount: 90000, secret: leaks[2].value,
				change: func(h http.Header, b string) string { h.Set("X-Note", leak); return b }})
		}
	}
	if _, err := running.Reconcile(t.Context()); err != nil {
		t.Error(err)
	}
	running.Close() // collects the functions' last lines too
	lines := 0
	for line := range strings.Lines(printed.text.String()) {
		lines++
		spot("the log", line)
	}
	if lines < answers || problems < answers/4 || !strings.Contains(printed.text.String(), `"ReconcileRuns":1`) {
		t.Errorf("%d lines and %d problems of %d answers, or no metrics of reconcile", lines, problems, answers)
	}
	t.Logf("%d requests: %d log lines, %d problems, %d canaries", answers, lines, problems, found)
}

// canaryRequest returns one of a cycle of requests with a canary in it.
func canaryRequest(i int, leak string) (method, path string, body []byte) {
	invoice := fmt.Sprintf("CANARY-%d", i-i%6)
	customer := fmt.Sprintf(`"customer":{"id":%q,"name":%q,"email":%q,"phone":%q,"address":%q},"card":{"token":%q}`,
		leaks[9].value, leaks[7].value, leaks[4].value, leaks[5].value, leaks[8].value, leaks[9].value)
	switch i % 6 {
	case 0:
		return "POST", "/payments",
			fmt.Appendf(nil, `{"order":{"invoice_number":%q,"amount":90000},%s}`, invoice, customer)
	case 1:
		return "POST", "/payments",
			fmt.Appendf(nil, `{"order":{"invoice_number":%q,"amount":%s,"line_items":[{"price":4761349999000039,`+
				`"quantity":1}]},%q:%q,"cvv":"8537",%s}`,
				leak, leaks[0].value, leak, leak, customer)
	case 2:
		return "POST", "/payments/" + invoice + "/refunds",
			fmt.Appendf(nil, `{"refund":{"amount":%s},"expected_refundable":4761349999000039}`,
				[]string{"1000", "4761349999000039"}[i/6%2])
	case 3:
		return "GET", "/payments/" + url.PathEscape(leak), nil
	case 4:
		return "POST", "/payments/" + url.PathEscape(leak) + "/capture",
			fmt.Appendf(nil, `{"payment":{"capture_amount":%q}} %s`, leak, leak)
	}
	return []string{"GET", "DELETE"}[i/6%2],
		"/customers/" + url.PathEscape(leak) + "/tokens" + []string{"", "/" + leaks[9].value}[i/6%2], nil
}
