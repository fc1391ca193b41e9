package webhooks

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kasir/local/stack"
	"kasir/local/test/harness"
)

// verifiers are the published libraries of Standard Webhooks, as commands that verify a request under a secret. The
// tests install nothing: .ci/run does.
func verifiers(t *testing.T) map[string]func(secret string) *exec.Cmd {
	t.Helper()
	python, err := filepath.Glob(filepath.Join(harness.Root(), ".kasir", "standardwebhooks==*", "bin", "python3"))
	if err != nil || len(python) != 1 {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the library for Python is not installed: %v, %v", python, err)
		}
		t.Skip("the library for Python is not installed: .ci/run has the commands")
	}
	file := func(name string) string { return filepath.Join("testdata", name) }
	return map[string]func(string) *exec.Cmd{
		"Node": func(secret string) *exec.Cmd {
			c := exec.CommandContext(t.Context(), "node", file("verify.cjs"), secret)
			c.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(harness.Root(), "node_modules"))
			return c
		},
		"Python": func(secret string) *exec.Cmd {
			return exec.CommandContext(t.Context(), python[0], file("verify.py"), secret)
		},
	}
}

// verify gives a request to a library.
func verify(c *exec.Cmd, got request) (string, error) {
	headers := map[string]string{}
	for name := range got.header {
		headers[strings.ToLower(name)] = got.header.Get(name)
	}
	in, err := json.Marshal(map[string]any{"headers": headers, "body": string(got.body)})
	if err != nil {
		return "", err
	}
	c.Stdin = bytes.NewReader(in)
	out, err := c.CombinedOutput()
	return string(out), err
}

// The published libraries accept an event of the built function, under each of two secrets. They refuse another secret
// and another body.
func TestThePublishedLibrariesVerifyAnEvent(t *testing.T) {
	const old = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	endpoint := receive(t, nil)
	running := startWith(t, func(c *stack.Config) { c.Webhooks.Secret = old }, endpoint.URL+"/hooks")
	rotated := rotate(t, running)
	put(t, running, "payment.paid", "evt-1", 4)
	got := endpoint.next(t)
	altered := got
	altered.body = bytes.Replace(got.body, []byte("evt-1"), []byte("evt-2"), 1)
	for name, command := range verifiers(t) {
		for _, secret := range []string{old, rotated} {
			if out, err := verify(command(secret), got); err != nil || !strings.Contains(out, "evt-1") {
				t.Errorf("%s refuses the event: %v\n%s", name, err, out)
			}
		}
		if out, err := verify(command("whsec_"+strings.Repeat("A", 32)), got); err == nil {
			t.Errorf("%s accepts another secret: %s", name, out)
		}
		if out, err := verify(command(old), altered); err == nil {
			t.Errorf("%s accepts another body: %s", name, out)
		}
	}
}
