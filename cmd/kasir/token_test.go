package main

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"kasir/local/localtest"
)

func TestATokenOpensWhatItsScopeAllows(t *testing.T) {
	data, port := t.TempDir(), freePort(t)
	token := func(args ...string) string {
		t.Helper()
		stdout, stderr, err := output(t, kasir(t, append([]string{"token", "--data", data}, args...)...))
		if err != nil {
			t.Fatalf("kasir token %q: %v\n%s", args, err, stderr)
		}
		return strings.TrimSpace(stdout)
	}
	refused := func(want string, args ...string) {
		t.Helper()
		stdout, stderr, err := output(t, kasir(t, append([]string{"token", "--data", data}, args...)...))
		if err == nil || stdout != "" || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("kasir token %q: %v\n%s%s, want %q", args, err, stdout, stderr, want)
		}
	}
	refused("no kasir local is running with the data folder " + data)

	r := startLocal(t, data, port)
	expect := func(token string, want int) {
		t.Helper()
		api := r.API
		api.Token = token
		if answer, err := api.Do(t.Context(), http.MethodGet, "/payments/NOT-THERE", nil, nil); err != nil || answer.Status != want {
			t.Errorf("got %d %s %v, want %d", answer.Status, answer.Body, err, want)
		}
	}
	all := token()
	expect(all, 404)
	expect(token("--scope", "payments:read", "--sub", "CUST-1", "--ttl", "5m"), 404)
	expect(token("--scope", "payments:refund"), 403)
	expect(token("--scope", ""), 403)
	expect("", 401)
	refused("there is no scope payments:reed; there are payments:create, ", "--scope", "payments:reed")
	refused("must be a duration from 1s to 24h", "--ttl", "25h")
	r.end(t, os.Interrupt)
	refused("no kasir local is running")

	r = startLocal(t, data, port) // with the key it had
	defer r.end(t, os.Interrupt)
	expect(all, 404)
}

// QUOTE_KEY of whoever starts it is what the functions check quotes with.
func TestTheQuoteKeyIsPassedOn(t *testing.T) {
	t.Setenv("QUOTE_KEY", "a-quote-key-of-thirty-two-letters")
	cfg, err := (&place{}).config()
	if err != nil || cfg.QuoteKey != "a-quote-key-of-thirty-two-letters" {
		t.Errorf("%q, %v, in %s", cfg.QuoteKey, err, localtest.Root())
	}
}
