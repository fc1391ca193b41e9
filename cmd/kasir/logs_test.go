package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
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

func TestInMemoryThereIsNoLog(t *testing.T) {
	_, stderr, err := output(t, kasir(t, "logs", "--data", t.TempDir()))
	if status(err) != 1 || !strings.Contains(stderr, "kasir local keeps its log there, except with --memory") {
		t.Errorf("%v %s", err, stderr)
	}
}
