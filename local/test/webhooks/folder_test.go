package webhooks

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/doku"
	"kasir/shared/webhook"
)

// An endpoint is known by its URL. Its events and its secret never go to another one, and wait for its return.
func TestAnEndpointIsKnownByItsURL(t *testing.T) {
	folder := t.TempDir()
	keep := func(c *stack.Config) { c.Webhooks.Folder = folder }
	var up atomic.Bool
	a := receive(t, func(w http.ResponseWriter, _ *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	b := receive(t, nil)
	running := startWith(t, keep, a.URL)
	first := running.Webhooks[0]
	put(t, running, "payment.paid", "evt-1", 4)
	a.next(t)
	running.Close()

	running = startWith(t, keep, b.URL)
	second := running.Webhooks[0]
	if first.Name == second.Name || first.Secret == second.Secret || len(running.Absent) != 1 ||
		running.Absent[0] != (stack.AbsentWebhook{URL: a.URL, Events: 1}) {
		t.Errorf("%v, %v, %v", first, second, running.Absent)
	}
	put(t, running, "payment.paid", "evt-2", 5)
	if got := b.next(t).header.Get("webhook-id"); got != "evt-2" {
		t.Errorf("an endpoint received the event %s of another one", got)
	}
	running.Close()

	up.Store(true)
	running = startWith(t, keep, b.URL, a.URL)
	if len(running.Absent) != 0 || running.Webhooks[0] != second || running.Webhooks[1] != first {
		t.Errorf("%v, %v, %v", running.Webhooks, first, second)
	}
	got := a.next(t)
	if got.header.Get("webhook-id") != "evt-1" ||
		webhook.Verify(doku.Secret(first.Secret), got.header, got.body) != nil {
		t.Errorf("%v", got.header)
	}
}

// A damaged file of the folder stops the start. The error has its path and a remedy, and the file stays as it is.
func TestADamagedFileIsNamed(t *testing.T) {
	for file, content := range map[string]string{
		"secrets.json": "", "endpoints.json": "null", "queues/webhook-local/A.json": "",
		"queues/webhook-local-letters/B.json": "{}",
	} {
		folder := t.TempDir()
		path := filepath.Join(folder, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		running, err := stack.Start(t.Context(), stack.Config{Root: harness.Root(), Functions: harness.Functions(),
			Webhooks: stack.Webhooks{URLs: []string{"http://localhost:1/hooks"}, Folder: folder}})
		if err == nil {
			running.Close()
			t.Errorf("%s: it started", file)
			continue
		}
		if kept, _ := os.ReadFile(path); string(kept) != content || !strings.Contains(err.Error(), path) ||
			!strings.Contains(err.Error(), "delete it") && !strings.Contains(err.Error(), "move ") {
			t.Errorf("%s: %v, %q", file, err, kept)
		}
	}
}

// A run that changes no secret does not write the file of the secrets.
func TestTheSecretsAreWrittenOnlyWhenTheyChange(t *testing.T) {
	folder := t.TempDir()
	keep := func(c *stack.Config) { c.Webhooks.Folder = folder }
	file := filepath.Join(folder, "secrets.json")
	startWith(t, keep, "http://localhost:1/hooks").Close()
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	startWith(t, keep, "http://localhost:1/hooks").Close()
	if after, err := os.Stat(file); err != nil || !os.SameFile(before, after) || after.ModTime() != before.ModTime() {
		t.Errorf("%v %v", err, after)
	}
}
