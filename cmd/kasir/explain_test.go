package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"kasir/local/sandbox"
	"kasir/shared/doku"
)

// The sandbox's log explains a wrong signature in the words of kasir verify, for code in any language.
func TestTheSandboxExplainsAWrongSignature(t *testing.T) {
	c := kasir(t, "sandbox", "--port", "0", "--json")
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { c.Process.Signal(os.Interrupt); c.Wait() }()
	var facts sandboxDocument
	if err := json.NewDecoder(stdout).Decode(&facts); err != nil || facts.SecretKey != sandbox.DefaultSecretKey {
		t.Fatalf("%+v %v", facts, err)
	}
	log := bufio.NewScanner(stderr)
	const path = "/credit-card/v1/payment-page"
	body := []byte(`{"order":{"invoice_number":"INV-1","amount":90000}}`)
	for want, change := range map[string]func(*doku.Component, *doku.Secret, *string){
		"No usual mistake explains the signature": func(_ *doku.Component, key *doku.Secret, _ *string) {
			*key = "SK-another"
		},
		"body indented": func(c *doku.Component, _ *doku.Secret, _ *string) {
			c.Digest = doku.Digest(indented(t, body))
		},
		"query in the path": func(c *doku.Component, _ *doku.Secret, query *string) {
			*query = "?a=b"
			c.Target += *query
		},
		"request_time_out_of_range": func(c *doku.Component, _ *doku.Secret, _ *string) {
			c.Timestamp = time.Now().Add(7 * time.Hour).UTC().Format(doku.TimestampLayout)
		},
	} {
		signed, key, query := doku.Component{
			ClientID: facts.ClientID, RequestID: "R-1", Target: path, Digest: doku.Digest(body),
			Timestamp: time.Now().UTC().Format(doku.TimestampLayout),
		}, doku.Secret(facts.SecretKey), ""
		change(&signed, &key, &query)
		signature := send(t, facts.URL+path+query, signed, key, body)
		line := ""
		for log.Scan() && !strings.Contains(log.Text(), "msg=sandbox ") { // the line that ends each request
			line = log.Text()
		}
		shown := strings.Contains(line, facts.SecretKey) || strings.Contains(line, signature)
		if !strings.Contains(line, want) || shown {
			t.Errorf("no %q in %s", want, line)
		}
	}
}

// send posts a signed body that the sandbox must refuse, and returns the signature.
func send(t *testing.T, address string, signed doku.Component, key doku.Secret, body []byte) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{
		"Client-Id": {signed.ClientID}, "Request-Id": {signed.RequestID}, "Request-Timestamp": {signed.Timestamp},
		"Signature": {doku.Sign(key, signed)}, "Content-Type": {"application/json"},
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("the sandbox answers %s", answer.Status)
	}
	return request.Header.Get("Signature")
}

func indented(t *testing.T, body []byte) []byte {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatal(err)
	}
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return content
}
