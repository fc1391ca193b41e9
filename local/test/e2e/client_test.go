package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kasir/local/customer"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// clientFolder returns the folder of the TypeScript client.
func clientFolder() string { return filepath.Join(harness.Root(), "clients", "typescript") }

// command runs a program in a folder, and fails the test if the program fails. It returns the program's output.
func command(t *testing.T, folder string, env []string, name string, arguments ...string) string {
	t.Helper()
	run := exec.CommandContext(t.Context(), name, arguments...)
	run.Dir, run.Env = folder, append(os.Environ(), env...)
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

// needClient fails the test if the packages of the client and of examples/node are not installed.
func needClient(t *testing.T) {
	t.Helper()
	for _, folder := range []string{"clients/typescript", "examples/node"} {
		if _, err := os.Stat(filepath.Join(harness.Root(), folder, "node_modules", ".package-lock.json")); err != nil {
			t.Fatalf("make clients installs the packages of %s: %v", folder, err)
		}
	}
}

var buildClient sync.Once

// builtClient builds the TypeScript client, once for all tests.
func builtClient(t *testing.T) {
	t.Helper()
	needClient(t)
	buildClient.Do(func() { command(t, clientFolder(), nil, "npm", "run", "build") })
}

// clientEnvironment returns the variables by which the client's tests find the stack. A POST to PAY_URL pays on a page
// and waits for the order's status.
func clientEnvironment(t *testing.T, running *stack.Stack) []string {
	t.Helper()
	api := harness.API(t, running)
	pays := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Page, Invoice, Status string }
		err := json.NewDecoder(r.Body).Decode(&asked)
		if err == nil {
			err = customer.Pay(r.Context(), http.DefaultClient, asked.Page, customer.Visa)
		}
		if err == nil {
			_, err = api.Await(r.Context(), asked.Invoice, asked.Status)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}))
	t.Cleanup(pays.Close)
	return []string{
		"API_URL=" + running.API, "TOKEN_URL=" + running.Issuer + "/token", "SANDBOX_URL=" + running.DOKU,
		"QUOTE_KEY=" + running.Keys.QuoteKey, "PAY_URL=" + pays.URL,
	}
}

// soonAgain lets a caller repeat an unanswered refund after 3 s.
func soonAgain(c *stack.Config) {
	c.Settings = map[string]string{"DOKU_TIMEOUT": "2s", "RESEND_AFTER": "3s"}
}

// The TypeScript client's own tests, and the example of its README, against the functions' binaries. All is compiled
// with strict.
func TestClientInTypeScript(t *testing.T) {
	t.Parallel()
	builtClient(t)
	command(t, clientFolder(), nil, "node_modules/.bin/tsc", "--project", "test")
	running := harness.Start(t, soonAgain)
	env := clientEnvironment(t, running)
	out := command(t, clientFolder(), append(env, "KASIR_URL="+running.API), "node", "build/example.js")
	if !strings.Contains(out, " is PENDING. Pay at "+running.DOKU) {
		t.Errorf("the example printed %s", out)
	}
	tests, err := filepath.Glob(filepath.Join(clientFolder(), "build", "test", "*.test.js"))
	if err != nil || len(tests) < 2 {
		t.Fatalf("%v %v", tests, err)
	}
	t.Log(command(t, clientFolder(), env, "node", append([]string{"--test", "--test-reporter=spec"}, tests...)...))
}

// The types are generated, and follow the documents.
func TestClientTypesAreThoseOfTheDocuments(t *testing.T) {
	t.Parallel()
	needClient(t)
	folder := t.TempDir()
	command(t, clientFolder(), nil, "node", "generate.mjs", folder)
	for _, name := range []string{"api.ts", "details.ts"} {
		want, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(clientFolder(), "src", name))
		if err != nil || string(got) != string(want) {
			t.Errorf("src/%s is not up to date: npm --prefix clients/typescript run generate (%v)", name, err)
		}
	}
}
