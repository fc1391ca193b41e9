package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kasir/local/stack"
	"kasir/local/test/harness"
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
		if answer, err := api.Do(t.Context(), http.MethodGet, "/payments/NOT-THERE", nil, nil); err != nil ||
			answer.Status != want {
			t.Errorf("got %d %s %v, want %d", answer.Status, answer.Body, err, want)
		}
	}
	all := token()
	expect(all, 404)
	expect(token("--scope", "payments:read", "--sub", "CUST-1", "--ttl", "5m"), 404)
	expect(token("--scope", "payments:refund"), 403)
	expect(token("--scope", ""), 403)
	expect("", 401)
	expect(token("--roles", "viewer", "--sub", "sari"), 404)
	expect(token("--roles", "viewer", "--sub", "sari", "--scope", "payments:refund"), 403)
	expect(token("--roles", "nobody"), 403)
	expect(token("--client", "kasir-staff"), 403)
	refused("there is no scope payments:reed; there are payments:create, ", "--scope", "payments:reed")
	refused("must be a duration from 1s to 24h", "--ttl", "25h")
	r.end(t, os.Interrupt)
	refused("no kasir local is running")

	r = startLocal(t, data, port) // with the key it had
	defer r.end(t, os.Interrupt)
	expect(all, 404)
}

// The other commands also find a stack in memory, unless another stack was there first.
func TestAKasirInMemoryIsFound(t *testing.T) {
	data := filepath.Join(t.TempDir(), "not made yet")
	r := startLocal(t, data, freePort(t), "--memory")
	r.pay(t, "MEMORY-1")
	for want, args := range map[string][]string{".": {"token"}, "MEMORY-1  PAID": {"orders"},
		"eyJ": {"quote", "--invoice", "MEMORY-2", "--amount", "1"}} {
		if stdout, stderr, err := output(t, kasir(t, append(args, "--data", data)...)); err != nil ||
			!strings.Contains(stdout, want) {
			t.Errorf("%s: %v\n%s%s", args[0], err, stdout, stderr)
		}
	}
	second := startLocal(t, data, freePort(t), "--memory")
	if !strings.Contains(r.tokens, "bin/kasir token") || strings.Contains(second.tokens, "bin/kasir token") {
		t.Errorf("one says %q, the next %q", r.tokens, second.tokens)
	}
	second.end(t, os.Interrupt)
	if url, ok := stack.RunningAPI(data); !ok || url != r.URL {
		t.Errorf("after the second has ended, %q is found, want %s", url, r.URL)
	}
	r.end(t, os.Interrupt)
	if left, err := os.ReadDir(data); err != nil || len(left) != 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}

// A stack that keeps its orders replaces one in memory. The one in memory does not change that when it ends.
func TestAKasirWithDataIsFoundBeforeOneInMemory(t *testing.T) {
	data := t.TempDir()
	memory := startLocal(t, data, freePort(t), "--memory")
	kept := startLocal(t, data, freePort(t))
	memory.end(t, os.Interrupt)
	if url, ok := stack.RunningAPI(data); !ok || url != kept.URL {
		t.Errorf("%q is found, want %s", url, kept.URL)
	}
	kept.end(t, os.Interrupt)
}

func TestAShortQuoteKeyIsOneClearLine(t *testing.T) {
	c := kasir(t, "local", "--memory", "--functions", harness.Functions(), "--port", freePort(t))
	c.Env = append(c.Env, "QUOTE_KEY=short")
	_, stderr, err := output(t, c)
	if err == nil || !strings.Contains(stderr,
		"QUOTE_KEY has 5 characters and must have at least 32: export QUOTE_KEY=$(openssl rand -hex 32)") ||
		strings.Count(stderr, "\n") != 1 {
		t.Errorf("%v\n%s", err, stderr)
	}
}

// The functions check quotes with the QUOTE_KEY of kasir local's environment.
func TestTheQuoteKeyIsPassedOn(t *testing.T) {
	t.Setenv("QUOTE_KEY", "a-quote-key-of-thirty-two-letters")
	cfg, err := (&place{}).config()
	if err != nil || cfg.QuoteKey != "a-quote-key-of-thirty-two-letters" {
		t.Errorf("%q, %v, in %s", cfg.QuoteKey, err, harness.Root())
	}
}
