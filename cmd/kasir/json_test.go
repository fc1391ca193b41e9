package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kasir/local/merchant"
	"kasir/local/test/harness"
)

// oneDocument runs a command with --json and reads its standard output, which must be one JSON document. Standard error
// must be empty, or with an error one line of JSON.
func oneDocument(t *testing.T, into any, fails bool, c *exec.Cmd) {
	t.Helper()
	c.Args = append(c.Args, "--json")
	stdout, stderr, err := output(t, c)
	if (err != nil) != fails {
		t.Fatalf("%q: %v\n%s%s", c.Args[1:], err, stdout, stderr)
	}
	decoder := json.NewDecoder(strings.NewReader(stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil || strings.TrimSpace(stdout[decoder.InputOffset():]) != "" {
		t.Fatalf("%q prints no single document of its shape: %v\n%s", c.Args[1:], err, stdout)
	}
	var failed struct{ Error string }
	if fails && (json.Unmarshal([]byte(stderr), &failed) != nil || failed.Error == "") || !fails && stderr != "" {
		t.Errorf("%q: standard error is %q", c.Args[1:], stderr)
	}
}

// The output of each command with --json has the names of docs/cli.md.
func TestEveryCommandHasADocumentForMachines(t *testing.T) {
	data, built := t.TempDir(), "--functions="+harness.Functions()
	port := freePort(t)
	c := kasir(t, "local", "--json", "--port", port, "--data", data, built)
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { c.Process.Signal(os.Interrupt); c.Wait() }()
	lines := bufio.NewScanner(stdout)
	var facts localDocument
	ready := lines.Scan() && json.Unmarshal(lines.Bytes(), &facts) == nil
	if !ready || !strings.HasSuffix(facts.API, ":"+port) || facts.Tokens == "" {
		t.Fatalf("kasir local --json prints %q", lines.Text())
	}
	at := func(args ...string) *exec.Cmd { return kasir(t, append(args, "--data", data)...) }

	var token tokenDocument
	oneDocument(t, &token, false, at("token", "--ttl", "5m"))
	r := running{API: merchant.API{URL: facts.API, Client: &http.Client{}, Token: token.Token}}
	r.pay(t, "JSON-1")
	var list ordersDocument
	oneDocument(t, &list, false, at("orders", built))
	if len(list.Orders) != 1 {
		t.Fatalf("%+v", list)
	}
	if o := list.Orders[0]; o.Invoice != "JSON-1" || o.Status != "PAID" || o.Amount != 90000 || o.CreatedAt.IsZero() {
		t.Errorf("%+v", list)
	}
	var shown, closed map[string]any
	oneDocument(t, &shown, false, at("orders", "show", "JSON-1", built))
	body := `{"order":{"invoice_number":"JSON-2","amount":1000},"customer":{"email":"budi@example.com"}}`
	if _, err := r.CreatePage(t.Context(), []byte(body)); err != nil {
		t.Fatal(err)
	}
	oneDocument(t, &closed, false, at("close", "JSON-2", "--by", "Sari", built))
	if shown["status"] != "PAID" || closed["status"] != "PENDING" || closed["closed"] == nil {
		t.Errorf("%v\n%v", shown, closed)
	}
	var looked map[string]int
	oneDocument(t, &looked, false, at("reconcile", built))
	var quoted quoteDocument
	oneDocument(t, &quoted, false, at("quote", "--invoice", "JSON-3", "--amount", "1"))
	if len(token.Token) < 100 || token.ExpiresIn != 300 || quoted.ExpiresAt.IsZero() || quoted.Quote == "" {
		t.Errorf("%+v %v %+v", token, looked, quoted)
	}
}

// These commands need no running stack.
func TestDocumentsWithoutAStack(t *testing.T) {
	built := "--functions=" + harness.Functions()
	var v versionDocument
	oneDocument(t, &v, false, kasir(t, "version"))
	var d demoDocument
	oneDocument(t, &d, false, kasir(t, "demo", built))
	var l loadDocument
	oneDocument(t, &l, false, kasir(t, "load", "--payments", "3", "--parallel", "3", built))
	if v.Version != version || len(d.Steps) < 10 || l.Paid != 3 || len(l.Steps) != 3 {
		t.Errorf("%+v %+v %+v", v, d, l)
	}
	var answer struct {
		StatusCode int
		Headers    map[string]string
		Body       string
		Multi      any  `json:"multiValueHeaders"`
		Cookies    any  `json:"cookies"`
		Base64     bool `json:"isBase64Encoded"`
	}
	invoked := kasir(t, "invoke", "getpayment", "-e", "events/getpayment-unknown.json", "--memory", built, "--json")
	stdout, stderr, err := output(t, invoked)
	if err != nil || json.Unmarshal([]byte(stdout), &answer) != nil || answer.StatusCode != 404 {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
	headers := filepath.Join(t.TempDir(), "headers.txt")
	if err := os.WriteFile(headers, []byte("Client-Id: MCH-1\nSignature: HMACSHA256=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := kasir(t, "verify", "--headers", headers)
	wrong.Env = append(wrong.Env, "DOKU_SECRET_KEY="+verifyKey)
	var diagnosis diagnosisDocument
	oneDocument(t, &diagnosis, true, wrong)
	if diagnosis.Right || len(diagnosis.Causes) == 0 {
		t.Errorf("%+v", diagnosis)
	}
}

// Printed text goes above the line of progress, and the line is removed at the end.
func TestProgressKeepsOutOfTheWay(t *testing.T) {
	var terminal bytes.Buffer
	p := &progress{out: &terminal, live: true}
	p.update("%d of %d", 1, 2)
	p.write(0)
	aboveProgress{&terminal, p}.Write([]byte("PAID\n"))
	p.write(0)
	p.mu.Lock()
	p.erase()
	p.mu.Unlock()
	const line, gone = "\r\x1b[K   0 s  1 of 2", "\r\x1b[K"
	if got, want := terminal.String(), line+gone+"PAID\n"+line+gone; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	terminal.Reset()
	quiet := &progress{out: &terminal, live: true, silent: true}
	quiet.begin("waiting")()
	(&progress{out: &terminal}).begin("a short wait")()
	if terminal.Len() > 0 {
		t.Errorf("got %q", terminal.String())
	}
}

// The doctor's document names the failed check. The probe's document is its report.
func TestTheDoctorsDocuments(t *testing.T) {
	const nowhere = "http://127.0.0.1:1"
	outputs := stageOutputs(t, map[string]string{
		"ApiUrl": nowhere, "NotificationUrl": nowhere + "/notifications", "DokuEnvironment": nowhere,
	})
	var d doctorDocument
	oneDocument(t, &d, true, kasir(t, "doctor", "--stage", "production", "--outputs", outputs))
	if d.Stage != "production" || len(d.Checks) != 5 || d.Checks[1].Name != "clock" || d.Checks[1].OK ||
		d.Checks[1].Detail == "" {
		t.Errorf("%+v", d)
	}
	probe, file := probed(t, nil)
	probe.Args = append(probe.Args, "--json")
	stdout, stderr, err := output(t, probe)
	var p probeDocument
	if err != nil || json.Unmarshal([]byte(stdout), &p) != nil || p.File != file || len(p.Findings) == 0 {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
}
