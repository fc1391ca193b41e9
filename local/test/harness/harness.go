// Package harness starts kasir for tests. It builds the functions as for deployment and runs everything on free ports.
package harness

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"kasir/local/merchant"
	"kasir/local/stack"
)

var root, functions, issuerKey string

// Main is the TestMain of a package whose tests use Start or Functions. It builds the functions once, runs the tests,
// calls after, and removes the build.
func Main(m *testing.M, after ...func()) {
	os.Exit(run(m, after))
}

func run(m *testing.M, after []func()) int {
	dir, err := os.MkdirTemp("", "kasir-test-")
	if err == nil {
		defer os.RemoveAll(dir)
		functions, issuerKey = filepath.Join(dir, "functions"), filepath.Join(dir, "issuer.pem")
		err = build()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "building the functions:", err)
		return 1
	}
	code := m.Run()
	for _, f := range after {
		f()
	}
	return code
}

func build() (err error) {
	if root, err = stack.Root(); err != nil {
		return err
	}
	return Build(root, functions, stack.Functions()...)
}

// Build builds functions of the source in root into the folder functions, as make functions does.
func Build(root, functions string, names ...string) error {
	for _, name := range names {
		build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc",
			"-ldflags=-s -w -buildid=",
			"-o", stack.Bootstrap(functions, name), "./functions/"+name)
		build.Dir, build.Env, build.Stderr = root, append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// Root returns the project's folder.
func Root() string { return root }

// Functions returns the folder of the built functions.
func Functions() string { return functions }

// Start starts everything, with orders in memory, until the test ends. change may change the configuration.
func Start(t testing.TB, change func(*stack.Config)) *stack.Stack {
	t.Helper()
	cfg := stack.Config{Root: root, Functions: functions, IssuerKey: issuerKey, Log: io.Discard}
	if change != nil {
		change(&cfg)
	}
	running, err := stack.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(running.Close)
	return running
}

// API returns a client of the stack's HTTP API with the token of the merchant's back end.
func API(t testing.TB, running *stack.Stack) merchant.API {
	t.Helper()
	token, err := running.BackEndToken()
	if err != nil {
		t.Fatal(err)
	}
	return merchant.API{URL: running.API, Client: http.DefaultClient, Token: token}
}
