package main

import (
	"bufio"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kasir/local/sandbox"
)

// probed prepares kasir doctor --probe against its own sandbox, with the report in a file.
func probed(t *testing.T, settings []string, args ...string) (c *exec.Cmd, report string) {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	doku := httptest.NewServer(box)
	t.Cleanup(doku.Close)
	report = filepath.Join(t.TempDir(), "report.json")
	c = kasir(t, append([]string{"doctor", "--probe", "--report", report}, args...)...)
	c.Env = append(append(c.Env, "DOKU_ENVIRONMENT="+doku.URL, "DOKU_CLIENT_ID="+sandbox.DefaultClientID,
		"DOKU_SECRET_KEY="+sandbox.DefaultSecretKey, "DOKU_NOT_FOUND_CODES=TRANSACTION_NOT_FOUND"), settings...)
	return c, report
}

func status(err error) int {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ended):
		return ended.ExitCode()
	}
	return -1
}

func TestTheProbesStatusSaysWhetherSettingsChange(t *testing.T) {
	for name, c := range map[string]struct {
		settings, args []string
		status         int
		want           []string
	}{
		"nothing differs": {nil, nil, 0,
			[]string{"held       A-NOT-FOUND", "No setting should change.", "The report is in "}},
		"settings change": {[]string{"UNSIGNED_REFUSALS=status"}, nil, 1,
			[]string{"differs    A-UNSIGNED-ERRORS", "\n  UNSIGNED_REFUSALS=doubt\n",
				"kasir: 1 assumptions do not hold"}},
		"another key": {[]string{"DOKU_SECRET_KEY=SK-another"}, nil, 1,
			[]string{"DOKU does not take the credentials"}},
		"a key of no use": {[]string{"DOKU_SECRET_KEY=doku_another"}, nil, 1,
			[]string{"of the family doku_"}},
		"nobody there": {[]string{"DOKU_ENVIRONMENT=http://127.0.0.1:1"}, nil, 1,
			[]string{"DOKU cannot be reached"}},
		"production": {[]string{"DOKU_ENVIRONMENT=production"}, nil, 1,
			[]string{"give --production"}},
		"production, paying": {[]string{"DOKU_ENVIRONMENT=production"}, []string{"--production", "--pay"}, 2,
			[]string{"moves no money"}},
		"a misspelt step": {nil, []string{"--skip", "refnd"}, 2,
			[]string{"no step \"refnd\""}},
		"no deployment": {[]string{"DOKU_SECRET_KEY="}, []string{"--outputs", "nowhere.json"}, 1,
			[]string{"run make deploy"}},
		"no such folder": {nil, []string{"--report", "/nowhere/report.json"}, 1,
			[]string{"the report cannot be written"}},
	} {
		run, report := probed(t, c.settings, c.args...)
		stdout, stderr, err := output(t, run)
		if status(err) != c.status {
			t.Errorf("%s: status %d, want %d", name, status(err), c.status)
		}
		for _, want := range c.want {
			if !strings.Contains(stdout+stderr, want) {
				t.Errorf("%s: no %q in\n%s%s", name, want, stdout, stderr)
			}
		}
		content, _ := os.ReadFile(report)
		if all := stdout + stderr + string(content); strings.Contains(all, sandbox.DefaultSecretKey) ||
			strings.Contains(all, "SK-another") {
			t.Errorf("%s: a key is shown", name)
		}
		written := strings.Contains(stdout, "The report is in")
		if written && !strings.Contains(string(content), `"step": "refund-unpaid"`) {
			t.Errorf("%s: the report is %q", name, content)
		}
	}
}

// Ctrl-C during the wait for a payment ends with the report so far. It includes the notifications at --listen.
func TestAnInterruptedProbeWritesItsReport(t *testing.T) {
	port := freePort(t)
	run, report := probed(t, nil, "--pay", "--listen", "127.0.0.1:"+port)
	stdout, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if !strings.Contains(lines.Text(), "/pay/") {
			continue
		}
		answer, err := http.Post(
			"http://127.0.0.1:"+port+"/notifications",
			"application/json",
			strings.NewReader(`{"hello":"there"}`),
		)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%v %v", answer, err)
		}
		answer.Body.Close()
		run.Process.Signal(os.Interrupt)
	}
	if err := run.Wait(); status(err) != 0 {
		t.Errorf("status %d\n%s", status(err), said.String())
	}
	content, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"step": "pay"`, `{\"hello\":\"there\"}`, `"not signed"`,
		"the probe was ended before it"} {
		if !strings.Contains(string(content), want) {
			t.Errorf("the report lacks %s", want)
		}
	}
}
