package lambda

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestInitErrorsSayWhy(t *testing.T) {
	for _, c := range []struct{ init, errorType, message string }{
		{"exit", "Runtime.ExitError", "failed to start: exit status 7: settings: TABLE_NAME is not set"},
		{"panic", "Runtime.ExitError", "failed to start: exit status 2: panic: no settings"},
		{"report", "Runtime.ImportModuleError", "no such module"},
		{"hang", "Sandbox.Timedout", "failed to start: asked for no event within 300ms"},
	} {
		t.Run(c.init, func(t *testing.T) {
			r, log := start(t, Function{MaxInstances: 1, Env: map[string]string{"INIT": c.init}})
			if c.init == "hang" {
				r.pools["probe"].initLimit = 300 * time.Millisecond
			}
			check := func(e *Error) {
				t.Helper()
				message := strings.TrimSuffix(e.Message, ": waiting for the table") // if it printed that in time
				if e.Type != c.errorType || message != c.message || e.RequestID != "" {
					t.Errorf("got %+v, want %s: %s", e, c.errorType, c.message)
				}
			}
			check(want(t, Init, nil, r.Warm(t.Context(), "probe")))
			check(fail(t, r, Init, `{"do":"echo"}`)) // the slot is free again
			if !strings.Contains(log.String(), "probe | "+c.message) {
				t.Errorf("log %q does not say why", log)
			}
		})
	}
}

func TestABinaryThisMachineCannotRun(t *testing.T) {
	script := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(script, []byte("\x7fELF for something else"), 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := New(Config{Functions: []Function{{Name: "probe", Binary: script}}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	e := fail(t, r, Init, `{}`)
	if !strings.Contains(e.Message, "exec format error") {
		t.Errorf("got %q, want the system's reason", e.Message)
	}
}

func TestABootstrapMayBeAScript(t *testing.T) {
	script := filepath.Join(t.TempDir(), "bootstrap")
	// Without exec the shell stays in between, as do launchers of other languages.
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho from a script\n"+probe+"\ntrue\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	d, lifeline := openRendezvous(t), openRendezvous(t)
	r, err := New(Config{Functions: []Function{{
		Name: "probe", Binary: script, Timeout: 300 * time.Millisecond,
		Env: map[string]string{"LIFELINE": lifeline.Addr().String()},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fail(t, r, TimedOut, d.event("never let go"))
	behind := lifeline.welcome(t)
	behind.awaitEnd(t) // the child, not only the shell
	r.pools["probe"].fn.Timeout = safety
	if got := invoke(t, r, `{"do":"echo"}`); got.PID == behind.PID {
		t.Error("a killed process answered")
	}
}

func TestNewRefusesWhatCannotRun(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "bootstrap")
	for _, c := range []struct {
		functions []Function
		message   string
	}{
		{[]Function{{Name: "notify", Binary: missing}},
			`function "notify": ` + missing + ` does not exist: build the functions first`},
		{[]Function{{Name: "notify", Binary: plain}}, plain + " is not an executable file: build the functions first"},
		{[]Function{{Name: "notify", Binary: filepath.Dir(plain)}}, "is not an executable file"},
		{[]Function{{Name: "a", Binary: probe}, {Name: "a", Binary: probe}}, `function "a" is listed twice`},
		{[]Function{{Name: "no spaces", Binary: probe}}, "a name has"},
		{[]Function{{Binary: probe}}, "a name has"},
		{[]Function{{Name: "a", Binary: probe, Timeout: -1}}, "cannot be negative"},
	} {
		if _, err := New(Config{Functions: c.functions}); err == nil || !strings.Contains(err.Error(), c.message) {
			t.Errorf("got %v, want %q", err, c.message)
		}
	}
	for _, name := range []string{
		"_HANDLER", "_X_AMZN_TRACE_ID", "TZ", "AWS_EXECUTION_ENV", "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_FUNCTION_NAME",
		"AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_INITIALIZATION_TYPE",
		"AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
	} {
		f := Function{Name: "a", Binary: probe, Env: map[string]string{name: "mine"}}
		if _, err := New(Config{Functions: []Function{f}}); err == nil ||
			!strings.Contains(err.Error(), name+" is set by Lambda") {
			t.Errorf("configured %s: got %v", name, err)
		}
	}
}
