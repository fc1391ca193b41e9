// Package events tests the event files of this folder against the functions' binaries.
package events

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kasir/local"
	"kasir/local/localtest"
)

func TestMain(m *testing.M) { localtest.Main(m) }

// Every event file, in an order that tells a story, with what the function must answer. A body is given by pieces.
var story = []struct {
	file   string
	status int
	body   []string
	header map[string]string
}{
	{"getpayment-unknown.json", 404, []string{`"status":404`, "no payment with this invoice number"}, nil},
	{"createpage-not-json.json", 400, []string{"The body is not JSON: it ends too early."}, map[string]string{"content-type": "application/problem+json"}},
	{"createpage-invalid.json", 422, []string{
		`{"pointer":"/order/colour","detail":"is not a field of this request"}`, `"/payment/tenor"`, `"/order/invoice_number"`,
		`is 90000, but price times quantity of the line items adds up to 60000`, `"/customer/email"`, `"/payment/acquirer"`,
		`"/order/callback_url","detail":"names the host shop.evil.example`,
	}, nil},
	{"createpage.json", 201, []string{`"invoice_number":"INV-EVENT-0001","amount":90000`, `"credit_card_payment_page":{"url":"http://localhost:`, `"status":"PENDING"`}, nil},
	{"createpage.json", 200, []string{`"credit_card_payment_page":{"url":"http://localhost:`}, map[string]string{"idempotent-replayed": "true"}},
	{"createpage-mismatch.json", 422, []string{"belongs to another request"}, nil},
	{"createpage-base64.json", 201, []string{`"invoice_number":"INV-EVENT-0002"`}, nil},
	{"notify-forged.json", 401, []string{"not DOKU's"}, nil},
	{"notify-altered.json", 401, []string{"not DOKU's"}, nil},
	{"notify-comma-joined.json", 400, []string{"not a notification"}, nil},
	{"getpayment.json", 200, []string{`"status":"PENDING"`}, nil},
	{"notify-failed.json", 200, nil, nil},
	{"getpayment.json", 200, []string{`"status":"FAILED"`, `"failures":[{"at":"2026-08-27T10:25:00Z","code":"51","message":"INSUFFICIENT FUNDS"}]`}, nil},
	{"notify.json", 200, []string{`{"status":"ok"}`}, nil},
	{"notify-base64.json", 200, nil, nil},
	{"notify-failed.json", 200, nil, nil},
	{"getpayment.json", 200, []string{`"status":"PAID"`, `"paid":{"amount":90000,"at":"2026-08-27T10:25:00Z","approval_code":"448998"}`,
		`"card":{"masked":"557338******1101","brand":"MASTER","issuer":"PT BANK MANDIRI (PERSERO) Tbk"}`}, nil},
	{"notify-orphan.json", 200, nil, nil},
}

func TestEveryEventIsAnsweredAsItShould(t *testing.T) {
	stack := localtest.Start(t, nil)
	used := map[string]bool{}
	for _, scene := range story {
		used[scene.file] = true
		event, err := os.ReadFile(scene.file)
		if err != nil {
			t.Fatal(err)
		}
		function, _, _ := strings.Cut(strings.TrimSuffix(scene.file, ".json"), "-")
		answer, err := local.Invoke(t.Context(), localtest.Functions(), function, stack.Environment, event, os.Stderr)
		if err != nil {
			t.Fatalf("%s: %v", scene.file, err)
		}
		var got struct {
			StatusCode int
			Headers    map[string]string
			Body       string
		}
		if err := json.Unmarshal(answer, &got); err != nil {
			t.Fatalf("%s: %v in %s", scene.file, err, answer)
		}
		if got.StatusCode != scene.status {
			t.Errorf("%s: %d, want %d: %s", scene.file, got.StatusCode, scene.status, got.Body)
		}
		for _, piece := range scene.body {
			if !strings.Contains(got.Body, piece) {
				t.Errorf("%s: body %s, want %s in it", scene.file, got.Body, piece)
			}
		}
		for name, value := range scene.header {
			if got.Headers[name] != value {
				t.Errorf("%s: header %s is %q, want %q", scene.file, name, got.Headers[name], value)
			}
		}
	}
	files, err := filepath.Glob("*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !used[file] {
			t.Errorf("%s is in this folder but in no scene of the story", file)
		}
	}
}
