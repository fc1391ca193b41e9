package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// kasir logs shows the result of each request, and the reason of a failure, while kasir local runs and afterwards.
func TestLogsOfThisMachine(t *testing.T) {
	data := t.TempDir()
	r := startLocal(t, data, freePort(t))
	r.pay(t, "LOGS-1")
	body := []byte(`{"order":{"invoice_number":"LOGS-2","amount":90000.5}}`)
	answer, err := r.Do(t.Context(), http.MethodPost, "/payments", nil, body)
	if err != nil || answer.Status != http.StatusUnprocessableEntity {
		t.Fatalf("%+v %v", answer, err)
	}
	logs := func(args ...string) string {
		t.Helper()
		stdout, stderr, err := output(t, kasir(t, append([]string{"logs", "--data", data}, args...)...))
		if err != nil {
			t.Fatalf("kasir logs %q: %v\n%s%s", args, err, stdout, stderr)
		}
		return stdout + stderr
	}
	found := func(text string, words ...string) {
		t.Helper()
		if !slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool { return inOrder(line, words) }) {
			t.Errorf("no line with %q in\n%s", words, text)
		}
	}
	all := logs()
	found(all, "createpage", "POST /payments", "LOGS-1", "201", " ms")
	found(all, "notify", "POST /notifications", "LOGS-1", "200", " ms", "applied")
	found(all, "createpage", "POST /payments", "422", "caller: invalid /order/amount")
	if one := logs("--invoice", "LOGS-1"); strings.Contains(one, "422") || !strings.Contains(one, "LOGS-1") {
		t.Errorf("--invoice shows\n%s", one)
	}
	found(logs("--invoice", "LOGS-9"), "no line since")
	r.end(t, os.Interrupt)
	for line := range strings.Lines(logs("--json")) {
		var l map[string]any
		if json.Unmarshal([]byte(line), &l) != nil || l["function"] == nil || l["msg"] == nil || l["_aws"] != nil {
			t.Errorf("--json prints %s", line)
		}
	}
}

// inOrder reports whether a line has all words, one after the other.
func inOrder(line string, words []string) bool {
	ok := true
	for _, word := range words {
		if _, line, ok = strings.Cut(line, word); !ok {
			return false
		}
	}
	return true
}

func TestLogsFollow(t *testing.T) {
	data := t.TempDir()
	r := startLocal(t, data, freePort(t))
	defer r.end(t, os.Interrupt)
	c := kasir(t, "logs", "--follow", "--invoice", "FOLLOW-1", "--data", data)
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	r.pay(t, "FOLLOW-1")
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() || !strings.Contains(lines.Text(), "createpage") || !strings.Contains(lines.Text(), "FOLLOW-1") {
		t.Errorf("the first line is %q", lines.Text())
	}
	c.Process.Signal(os.Interrupt)
	for lines.Scan() {
	}
	if err := c.Wait(); err != nil {
		t.Errorf("Ctrl-C ends it with %v", err)
	}
}

// A text of others in a log does not rename the window of its reader, and does not move the cursor.
func TestALogDoesNotRuleTheTerminal(t *testing.T) {
	data := t.TempDir()
	line := `refund | {"time":"` + time.Now().Format(time.RFC3339) + `","level":"WARN","msg":"request",` +
		`"route":"POST /x","http_status":422,"blame":"doku","error":"refused","doku_code":"\u001b]0;other\u0007\u001b[2J\u009b2JNO\r"}` + "\n"
	if err := os.WriteFile(filepath.Join(data, "functions.log"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	logs := kasir(t, "logs", "--data", data)
	logs.Env = append(logs.Env, "TERM=xterm", "NO_COLOR=")
	terminal, err := pty.Start(logs)
	if err != nil {
		t.Fatal(err)
	}
	shown, _ := io.ReadAll(terminal) // ends with an error when the last process leaves the terminal
	terminal.Close()
	logs.Wait()
	text := string(shown)
	if !strings.Contains(text, "]0;other") || !strings.Contains(text, "\x1b[33m422   \x1b[39m") {
		t.Errorf("%q", text)
	}
	for _, obeyed := range []string{"\x1b]", "\a", "\x1b[2J", "\u009b", "NO\r"} {
		if strings.Contains(strings.ReplaceAll(text, "\r\n", "\n"), obeyed) {
			t.Errorf("%q is in %q", obeyed, text)
		}
	}
}

func TestInMemoryThereIsNoLog(t *testing.T) {
	_, stderr, err := output(t, kasir(t, "logs", "--data", t.TempDir()))
	if status(err) != 1 || !strings.Contains(stderr, "kasir local keeps its log there, except with --memory") {
		t.Errorf("%v %s", err, stderr)
	}
}
