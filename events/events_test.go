package events

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// Every event file, in the order of a story, with the function's answer. A body is given by pieces of it.
var story = []struct {
	file   string
	status int
	body   []string
	header map[string]string
	pay    bool // then a customer pays on the page that the answer names, and the notification arrives
}{
	{"createpage-no-token.json", 401, []string{"must hold a token"}, map[string]string{"www-authenticate": "Bearer"},
		false},
	{"createpage-no-scope.json", 403, []string{"payments:create"}, nil, false},
	{"getpayment-unknown.json", 404, []string{`"status":404`, "no payment with this invoice number"}, nil, false},
	{"createpage-not-json.json", 400, []string{"The body is not JSON: it ends too early."},
		map[string]string{"content-type": "application/problem+json"}, false},
	{"createpage-invalid.json", 422, []string{
		`{"pointer":"/order/colour","detail":"is not a field of this request"}`, `"/payment/tenor"`,
		`"/order/invoice_number"`,
		`is 90000, but price times quantity of the line items adds up to 60000`, `"/customer/email"`,
		`"/payment/acquirer"`,
		`"/order/callback_url","detail":"names a host that is not in the setting`,
	}, nil, false},
	{"createpage.json", 201,
		[]string{`"invoice_number":"INV-EVENT-0001","amount":90000`,
			`"credit_card_payment_page":{"url":"http://127.0.0.1:`, `"status":"PENDING"`}, nil, false},
	{"createpage.json", 200, []string{`"credit_card_payment_page":{"url":"http://127.0.0.1:`},
		map[string]string{"idempotent-replayed": "true"}, false},
	{"createpage-mismatch.json", 409, []string{"has a page for another body, which stands until "}, nil, false},
	{"createpage-base64.json", 201, []string{`"invoice_number":"INV-EVENT-0002"`}, nil, false},
	{"notify-forged.json", 401, []string{"not DOKU's"}, nil, false},
	{"notify-altered.json", 401, []string{"not DOKU's"}, nil, false},
	{"notify-comma-joined.json", 400, []string{"form of a DOKU notification"}, nil, false},
	{"getpayment.json", 200, []string{`"status":"PENDING"`}, nil, false},
	{"notify-failed.json", 200, nil, nil, false},
	{"getpayment.json", 200,
		[]string{`"status":"FAILED"`, `"failures":[{"at":"`, `"code":"51","message":"INSUFFICIENT FUNDS"}]`}, nil,
		false},
	{"notify.json", 200, []string{`{"status":"ok"}`}, nil, false},
	{"notify-base64.json", 200, nil, nil, false},
	{"notify-failed.json", 200, nil, nil, false},
	{"getpayment.json", 200, []string{`"status":"PAID"`, `"paid":{"amount":90000,"at":"`, `"approval_code":"448998"}`,
		`"card":{"masked":"557338******1101","brand":"MASTER","issuer":"PT BANK MANDIRI (PERSERO) Tbk"}`}, nil, false},
	{"getpayment-list.json", 200, []string{`{"payments":[{"order":{"invoice_number":"INV-EVENT-0001","amount":90000}`,
		`"status":"PAID"`}, nil, false},
	{"resolve-record-invalid.json", 422, []string{`"pointer":"/note","detail":"is required`,
		`"pointer":"/kind","detail":"must be refund, void, capture, chargeback, chargeback_reversed or withdrawal"`,
		`"/amount"`, `"/movement"`, `"/reference"`}, nil, false},
	{"resolve-record.json", 200, []string{`"refundable":40000,"refunded_elsewhere":50000`, `"reference":"RF-4711"`,
		`"username":"sari","note":"refunded in the Back Office, ticket 4711"`}, nil, false},
	{"resolve-record.json", 200, []string{`"refunded_elsewhere":50000`}, nil, false},
	{"resolve-record-other.json", 409, []string{"The key was used for another record of this order."}, nil, false},
	{"resolve-record-withdrawal.json", 200, []string{`"refundable":90000`, `"withdrawn":{"at":"`}, nil, false},
	{"notify-conflict.json", 200, nil, nil, false},
	{"resolve-invalid.json", 422,
		[]string{`"pointer":"/note","detail":"is required`, `"pointer":"","detail":"must have only one`}, nil, false},
	{"resolve-unknown.json", 404, []string{"no payment with this invoice number"}, nil, false},
	{"resolve.json", 200, []string{`"status":"PENDING"`, `"decision":"none","decided":{"at":"`,
		`"by":"9c1f0f0e-5f0b-4d1e-8f57-4a8f1b1c2d3e","username":"sari","note":"given back in the Back Office, ticket 4711"`}, nil, false},
	{"resolve.json", 200, []string{`"decision":"none"`}, nil, false},
	{"resolve-other-decision.json", 409, []string{"The conflict was decided already"}, nil, false},
	{"resolve-close-no-scope.json", 403, []string{"payments:close"}, nil, false},
	{"resolve-close.json", 200,
		[]string{`"closed":{"at":"`, `"username":"sari","note":"the customer changed their mind"`}, nil, false},
	{"resolve-close.json", 200, []string{`"closed":{"at":"`}, nil, false},
	{"createpage-base64.json", 409, []string{"The order was closed at"}, nil, false},
	{"resolve-attention.json", 422,
		[]string{`"pointer":"/attention","detail":"The order has no open case`}, nil, false},
	{"resolve-close-paid.json", 409, []string{"The order is PAID: only an unpaid order can be closed."}, nil, false},
	{"notify-orphan.json", 200, nil, nil, false},
	{"capture-not-authorized.json", 409, []string{"The order is PENDING: only an AUTHORIZED order can be captured."},
		nil, false},
	{"createpage-authorize.json", 201, []string{`"status":"PENDING"`}, nil, true},
	{"refund-no-role.json", 403, []string{"This needs the scope payments:refund, which your roles"},
		map[string]string{"www-authenticate": `Bearer scope="payments:refund" error="insufficient_scope"`},
		false},
	{"refund-without-key.json", 400, []string{"The header Idempotency-Key is required"}, nil, false},
	{"refund.json", 409, []string{"The order is AUTHORIZED: no money was taken"}, nil, false},
	{"capture-invalid.json", 422, []string{`"/payment/capture_amount"`}, nil, false},
	{"capture.json", 200, []string{`"status":"PAID"`, `"captured":60000`, `"authorization":{"amount":90000`,
		`"refundable":60000`}, nil, false},
	{"refresh-unknown.json", 404, []string{"no payment with this invoice number"}, nil, false},
	{"refresh-invalid.json", 422, []string{`"pointer":"/force","detail":"is not a field of this request"`}, nil, false},
	{"refresh.json", 200, []string{`"status":"PAID"`, `"captured":60000`}, nil, false},
	{"refresh.json", 429, []string{"DOKU can be asked about this payment again"}, nil, false},
	{"resolve-operation.json", 409, []string{"only a parked one, or a manual refund, can be resolved"}, nil, false},
	{"capture.json", 200, []string{`"captured":60000`}, map[string]string{"idempotent-replayed": "true"}, false},
	{"refund-too-much.json", 422,
		[]string{`"/refund/amount","detail":"must be between 1 and the amount that can be refunded, 60000"`}, nil,
		false},
	{"refund.json", 201, []string{`"refund":{"id":"refund-`, `"type":"VOID","status":"SUCCESS"`, `"status":"VOIDED"`,
		`"refunded":60000,"refundable":0`}, nil, false},
	{"refund.json", 200, []string{`"type":"VOID","status":"SUCCESS"`}, map[string]string{"idempotent-replayed": "true"},
		false},
	{"refund-other-amount.json", 422, []string{"repeat must have the same body"}, nil, false},
	{"reconcile.json", 0, []string{`"looked":0`, `"failed":0`}, nil, false},
	{"createpage-key.json", 201, []string{`"invoice_number":"K-`}, nil, false},
	{"createpage-key.json", 200, []string{`"invoice_number":"K-`}, map[string]string{"idempotent-replayed": "true"},
		false},
	{"createpage-metadata.json", 201, []string{`"invoice_number":"INV-EVENT-0009"`}, nil, false},
	{"console.json", 200, nil, map[string]string{"content-type": "text/html; charset=utf-8",
		"cache-control": "no-store", "content-encoding": ""}, false}, // make console writes the page
	{"console-config.json", 200, []string{`{"path":"/console","authorize":"/oauth2/authorize"`,
		`"client_id":"kasir-staff"`, `"max_refund":1000000`}, nil, false},
	{"console-unknown.json", 404, nil, map[string]string{"content-type": "text/plain; charset=utf-8"}, false},
	{"tokens.json", 200, []string{`{"tokens":[]}`}, nil, false},
	{"tokens-delete.json", 404, nil, nil, false},
	{"settlements.json", 200, []string{`{"settlements":[{"id":"`, `"batch_id":"B-EVENT-1"`, `"state":"done"`}, nil,
		false},
	{"settlements-detail.json", 404, []string{"No report of such a settlement was read."}, nil, false},
	{"settlements-upload.json", 201, []string{`"url":"http://127.0.0.1:`, `"max_bytes":104857600`}, nil, false},
	{"settle.json", 0, []string{`{"report":"reports/settlement-2026-05-04.csv","batch":"`, `"differences":1}`}, nil,
		false},
	{"publish.json", 0, []string{`{"batchItemFailures":[]}`}, nil, false},
	{"publish-unreadable.json", 0,
		[]string{`{"batchItemFailures":[{"itemIdentifier":"4421584500000000017450439091"}]}`}, nil, false},
	{"deliver.json", 0, []string{`{"batchItemFailures":[]}`}, nil, false},
	{"deliver-test.json", 0, []string{`{"endpoint":"local","event_id":"evt-test-`, `"http_status":200`,
		`"outcome":"delivered"`}, nil, false},
}

func TestEveryEventIsAnsweredAsItShould(t *testing.T) {
	endpoint := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer endpoint.Close()
	running := harness.Start(t, func(c *stack.Config) { c.Webhooks.URLs = []string{endpoint.URL} })
	putReport(t, running, report("INV-EVENT-NONE"))
	_, router := description(t)
	used := map[string]bool{}
	for _, scene := range story {
		used[scene.file] = true
		event, err := os.ReadFile(scene.file)
		if err != nil {
			t.Fatal(err)
		}
		function, _, _ := strings.Cut(strings.TrimSuffix(scene.file, ".json"), "-")
		answer, err := stack.Invoke(t.Context(), harness.Functions(), function, running.Environment, event, os.Stderr)
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
		if got.StatusCode == 0 { // not an HTTP answer: a function that runs by the clock
			got.Body = string(answer)
		}
		if got.StatusCode != scene.status {
			t.Errorf("%s: %d, want %d: %s", scene.file, got.StatusCode, scene.status, got.Body)
		}
		if got.StatusCode != 0 {
			var request struct{ RawPath, RouteKey string }
			if err := json.Unmarshal(event, &request); err != nil {
				t.Fatalf("%s: %v", scene.file, err)
			}
			if isAPI(request.RouteKey) {
				method, _, _ := strings.Cut(request.RouteKey, " ")
				conforms(t, router, method, request.RawPath, got.StatusCode, got.Headers, got.Body)
			}
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
		if scene.pay {
			pay(t, running, got.Body)
		}
	}
	published(t, running)
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

// pay pays on the page that an answer names and waits until the order is AUTHORIZED.
func pay(t *testing.T, running *stack.Stack, body string) {
	t.Helper()
	var answer struct {
		merchant.Page
		Order struct {
			InvoiceNumber string `json:"invoice_number"`
		} `json:"order"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, answer.CreditCardPaymentPage.URL,
		customer.Mastercard); err != nil {
		t.Fatal(err)
	}
	api := harness.API(t, running)
	if _, err := api.Await(t.Context(), answer.Order.InvoiceNumber, "AUTHORIZED"); err != nil {
		t.Fatal(err)
	}
}
