package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/local/customer"
	"kasir/local/test/harness"
)

// snippet is a client in a language, in docs/clients.
type snippet struct {
	run   []string                   // a command; arguments follow
	hooks func(port string) []string // the command of the endpoint of webhooks
}

var snippets = map[string]snippet{
	"php": {
		run: []string{"php", "docs/clients/kasir.php"},
		hooks: func(port string) []string {
			return []string{"php", "-S", "127.0.0.1:" + port, "docs/clients/hooks.php"}
		},
	},
	"python3": {
		run:   []string{"python3", "docs/clients/kasir.py"},
		hooks: func(string) []string { return []string{"python3", "docs/clients/hooks.py"} },
	},
}

// eachSnippet runs a test for each language. Without its interpreter it is skipped, or fails if CI is set.
func eachSnippet(t *testing.T, test func(*testing.T, snippet)) {
	t.Parallel()
	for interpreter, s := range snippets {
		t.Run(interpreter, func(t *testing.T) {
			if _, err := exec.LookPath(interpreter); err != nil {
				if os.Getenv("CI") != "" {
					t.Fatal(err)
				}
				t.Skip(err)
			}
			test(t, s)
		})
	}
}

// A page with a quote, then a refund. Each answer is lost once, and DOKU's answer to the refund too.
func TestSnippetsPayAndRefund(t *testing.T) {
	eachSnippet(t, func(t *testing.T, s snippet) {
		gate := newCalls(t)
		running := harness.Start(t, soonAgain)
		gate.leadsTo(t, running.API)
		gate.goThrough(losingFirst())
		env := []string{"KASIR_URL=" + gate.URL, "TOKEN_URL=" + running.Issuer + "/token", "CLIENT_ID=shop",
			"CLIENT_SECRET=any", "QUOTE_KEY=" + running.Keys.QuoteKey, "PYTHONDONTWRITEBYTECODE=1"}
		snippet := func(arguments ...string) string {
			return command(t, harness.Root(), env, s.run[0], append(s.run[1:], arguments...)...)
		}
		page, found := strings.CutPrefix(snippet("INV-SNIPPET"), "INV-SNIPPET is PENDING. Pay at ")
		if !found {
			t.Fatalf("it printed %s", page)
		}
		refused := command(t, harness.Root(), env, "sh", "-c",
			strings.Join(s.run, " ")+" INV-SNIPPET refund-1-of-INV-SNIPPET 2>&1 || true")
		if !strings.Contains(refused, "kasir answered 409: The order is PENDING") {
			t.Errorf("before the payment it printed %s", refused)
		}
		err := customer.Pay(t.Context(), http.DefaultClient, strings.TrimSpace(page), customer.Visa)
		if err != nil {
			t.Fatal(err)
		}
		api := harness.API(t, running)
		if _, err := api.Await(t.Context(), "INV-SNIPPET", "PAID"); err != nil {
			t.Fatal(err)
		}
		m := &shopper{t: t, stack: running, doku: running.DOKU, api: api}
		m.posts("/control/faults/next", `{"endpoint":"refund","fault":"error_after"}`)
		for range 2 { // the second one is the same refund
			out := snippet("INV-SNIPPET", "refund-1-of-INV-SNIPPET")
			if out != "INV-SNIPPET is VOIDED. Given back: Rp90000\n" {
				t.Errorf("it printed %s", out)
			}
		}
		payment, err := api.Payment(t.Context(), "INV-SNIPPET")
		if err != nil || len(payment.Refunds) != 1 || payment.Refunded != 90000 {
			t.Errorf("%+v, %v: want one refund of all", payment, err)
		}
		if out := command(t, harness.Root(), append(env, "QUOTE_KEY="+strings.Repeat("x", 32)), "sh", "-c",
			strings.Join(s.run, " ")+" 2>&1 || true"); !strings.Contains(out, "kasir answered 422: ") ||
			!strings.Contains(out, "/quote") {
			t.Errorf("with a wrong quote it printed %s", out)
		}
	})
}

// losingFirst returns a handler that drops the first answer to each request.
func losingFirst() between {
	var mu sync.Mutex
	lost := map[string]bool{}
	return func(pass http.Handler, w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		again := lost[r.Method+r.URL.Path]
		lost[r.Method+r.URL.Path] = true
		mu.Unlock()
		if again {
			pass.ServeHTTP(w, r)
			return
		}
		pass.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
}

const (
	hookSecret  = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	otherSecret = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
	paidEvent   = `{"type":"payment.paid","timestamp":"2026-08-27T10:25:00Z","data":{` +
		`"id":"evt-0123456789abcdef01234567","sequence":4,"at":"2026-08-27T10:25:00Z","amount":90000,"payment":{},` +
		`"order":{"invoice_number":"INV-1","status":"PAID","amount":90000,"captured":90000,"refunded":0,` +
		`"refundable":90000}}}`
)

// signHook returns the headers of a webhook that is sent now. The published library in Node signs it.
func signHook(t *testing.T, secret, body string, at time.Time) http.Header {
	t.Helper()
	const script = `import { Webhook } from "standardwebhooks";
		const [secret, body, at] = process.argv.slice(1);
		console.log(new Webhook(secret).sign("evt-0123456789abcdef01234567", new Date(Number(at)), body));`
	signature := command(t, clientFolder(), nil, "node", "--input-type=module", "--eval", script, secret, body,
		strconv.FormatInt(at.UnixMilli(), 10))
	header := http.Header{}
	header.Set("Webhook-Id", "evt-0123456789abcdef01234567")
	header.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	header.Set("Webhook-Signature", strings.TrimSpace(signature))
	return header
}

// The endpoints take events that the published library has signed, each once, and refuse all else.
func TestSnippetsTakeWebhooks(t *testing.T) {
	eachSnippet(t, func(t *testing.T, s snippet) {
		now := time.Now()
		right := signHook(t, hookSecret, paidEvent, now)
		future := right.Clone()
		future.Set("Webhook-Signature", "v2,AAAA v1,AAAA "+right.Get("Webhook-Signature"))
		unsigned := right.Clone()
		unsigned.Del("Webhook-Signature")
		address, said := serveHooks(t, s)
		for _, c := range []struct {
			what   string
			header http.Header
			body   string
			status int
		}{
			{"signed", right, paidEvent, 204},
			{"again", right, paidEvent, 204},
			{"by the other secret", signHook(t, otherSecret, paidEvent, now), paidEvent, 204},
			{"of several signatures", future, paidEvent, 204},
			{"of a type of a later version", signHook(t, hookSecret, laterEvent, now), laterEvent, 204},
			{"with another body", right, strings.Replace(paidEvent, "90000", "1", 1), 400},
			{"by another secret", signHook(t, "whsec_"+strings.Repeat("A", 32), paidEvent, now), paidEvent, 400},
			{"unsigned", unsigned, paidEvent, 400},
			{"too old", signHook(t, hookSecret, paidEvent, now.Add(-6*time.Minute)), paidEvent, 400},
			{"too new", signHook(t, hookSecret, paidEvent, now.Add(6*time.Minute)), paidEvent, 400},
		} {
			if status := postHook(t, address, c.header, c.body); status != c.status {
				t.Errorf("%s: answered %d, want %d", c.what, status, c.status)
			}
		}
		said.awaits(t, "payment.paid INV-1 verified")
		if n := strings.Count(said.text(), "payment.paid INV-1 verified"); n != 1 {
			t.Errorf("the order was paid %d times: %s", n, said.text())
		}
	})
}

// laterEvent has a type that no version has yet.
var laterEvent = strings.Replace(paidEvent, "payment.paid", "payment.blessed", 1)

func postHook(t *testing.T, address string, header http.Header, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header.Clone()
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// serveHooks runs an endpoint with two secrets on a free port.
func serveHooks(t *testing.T, s snippet) (address string, said *program) {
	t.Helper()
	port := freePort(t)
	env := []string{"PORT=" + port, "TMPDIR=" + t.TempDir(), "PYTHONDONTWRITEBYTECODE=1",
		"WEBHOOK_SECRET=" + hookSecret + " " + otherSecret}
	server := start(t, harness.Root(), env, s.hooks(port)...)
	server.awaits(t, ":"+port)
	return "http://127.0.0.1:" + port + "/hooks", server
}
