package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kasir/local/test/harness"
)

// A refund's answer is lost, the trust window passes, and the order waits for a person, who looks it up and decides.
func TestAnOperatorSettlesAParkedRefund(t *testing.T) {
	t.Setenv("TRUST_WINDOW", "0") // nothing is sent again, so nothing settles the refund before it is parked
	t.Setenv("DOKU_TIMEOUT", "1s")
	t.Setenv("RESEND_AFTER", "1500ms")
	data := t.TempDir()
	r := startLocal(t, data, freePort(t))
	defer r.end(t, os.Interrupt)
	r.pay(t, "OPS-1")
	doku := sandboxOf(t, r.URL)
	post(t, doku+"/control/settle", `{}`)
	post(t, doku+"/control/faults/next", `{"endpoint":"refund","fault":"lose_after"}`)
	header := http.Header{"Idempotency-Key": {"a-key-of-the-caller-1"}}
	answer, err := r.Do(t.Context(), http.MethodPost, "/payments/OPS-1/refunds", header,
		[]byte(`{"refund":{"amount":30000}}`))
	if err != nil || answer.Status != http.StatusAccepted {
		t.Fatalf("%d %s %v", answer.Status, answer.Body, err)
	}
	run := func(want string, args ...string) string {
		t.Helper()
		stdout, stderr, err := output(t, kasir(t, append(args, "--data", data, "--functions", harness.Functions())...))
		if err != nil || !strings.Contains(stdout, want) {
			t.Fatalf("kasir %s: %v\n%s%s, want %q", strings.Join(args, " "), err, stdout, stderr, want)
		}
		return stdout
	}
	run("no order needs a person", "orders", "--attention")
	for parked := false; !parked; { // reconciliation parks it after the lease of its only attempt
		parked = strings.Contains(run(`"looked"`, "reconcile", "--json"), `"parked":1`)
		if !parked && t.Context().Err() != nil {
			t.Fatal("never parked")
		}
	}
	listing := run("It is not known whether DOKU carried out refund-", "orders", "--attention")
	operation := regexp.MustCompile(`kasir resolve OPS-1 (\S+) `).FindStringSubmatch(listing)
	if operation == nil {
		t.Fatalf("no command to copy in\n%s", listing)
	}
	_, stderr, err := output(t, kasir(t, "resolve", "OPS-1", operation[1], "--done", "--data", data))
	if err == nil || !strings.Contains(stderr, "--note is required") {
		t.Errorf("without a note: %v %s", err, stderr)
	}
	_, stderr, err = output(t, kasir(t, "resolve", "OPS-1", "refund-1", "--done", "--note", "x", "--data", data))
	if want := "no such operation. These wait for a person: " + operation[1] + "\n"; err == nil ||
		!strings.Contains(stderr, want) {
		t.Errorf("another operation: %v %s, want %q", err, stderr, want)
	}
	run("OPS-1 is PARTIALLY_REFUNDED, refundable 60000", "resolve", "OPS-1", operation[1], "--done", "--by", "Sari",
		"--note", "refunded, approval 12321")
	run("no order needs a person", "orders", "--attention")
	run("by Sari: refunded, approval 12321", "orders", "show", "OPS-1")
	if listing := run("OPS-1  PARTIALLY_REFUNDED  90000", "orders"); !strings.HasPrefix(listing,
		"orders of the running kasir local at "+r.URL+"\n") {
		t.Errorf("it does not begin with where the orders are:\n%s", listing)
	}
	var shown struct{ Status string }
	if text := run("{", "orders", "show", "OPS-1", "--json"); json.Unmarshal([]byte(text), &shown) != nil ||
		shown.Status != "PARTIALLY_REFUNDED" {
		t.Errorf("not JSON alone:\n%s", text)
	}
	if text := run("captured  90000, refunded 30000, refundable 60000", "orders", "show",
		"OPS-1"); strings.ContainsAny(text, "{}") {
		t.Errorf("JSON in what is for people:\n%s", text)
	}
}

// An empty place must not look like a place whose orders are all settled.
func TestNoOrdersAtAllIsAnError(t *testing.T) {
	data := t.TempDir()
	folder := filepath.Join(data, "dynamodb")
	fails := func(want string, args ...string) {
		t.Helper()
		stdout, stderr, err := output(t, kasir(t, append(args, "--data", data, "--functions", harness.Functions())...))
		if err == nil || !strings.Contains(stderr, want) || strings.Contains(stdout, "no order needs a person") {
			t.Errorf("kasir %s: %v\n%s%s, want %q", strings.Join(args, " "), err, stdout, stderr, want)
		}
	}
	for _, args := range [][]string{
		{"orders"}, {"orders", "--attention"}, {"orders", "show", "INV-1"},
		{"resolve", "INV-1", "capture", "--done", "--note", "x"}, {"reconcile"},
	} {
		fails("none has kept any in "+folder, args...)
	}
	if made, err := os.ReadDir(data); err != nil || len(made) > 0 {
		t.Errorf("looking has made %v, %v", made, err)
	}
	r := startLocal(t, data, freePort(t))
	fails("there is no order in the running kasir local at "+r.URL, "orders", "--attention")
	fails("there is no order INV-1 in the running kasir local at "+r.URL, "orders", "show", "INV-1")
	r.pay(t, "OPS-2")
	r.end(t, os.Interrupt)
	stdout, stderr, err := output(t,
		kasir(t, "orders", "--attention", "--data", data, "--functions", harness.Functions()))
	if err != nil || stdout != "orders of the folder "+folder+"\nno order needs a person\n" {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
}

func post(t *testing.T, to, body string) {
	t.Helper()
	response, err := http.Post(to, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", to, response.Status)
	}
}

// sandboxOf returns the address of a kasir local's sandbox: two ports above the HTTP API.
func sandboxOf(t *testing.T, api string) string {
	t.Helper()
	at, err := url.Parse(api)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(at.Port())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://127.0.0.1:%d", port+2)
}
