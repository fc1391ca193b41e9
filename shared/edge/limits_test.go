package edge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"kasir/shared/edge"
	"kasir/shared/order"
	"kasir/shared/payment"
)

func testBench() *bench {
	return newBench("SK-test", "a quote key of at least 32 characters", &gossip{})
}

func TestARequestWithTooManyHeadersIsRefused(t *testing.T) {
	b := testBench()
	for n, want := range map[int]int{100: 404, 101: 431, 5000: 431} {
		event := called("GET /payments/{invoice_number}", map[string]string{"invoice_number": "INV-1"}, "")
		for i := range n {
			event.Headers[fmt.Sprint("x-", i)] = "a"
		}
		if answer := b.send(event); answer.StatusCode != want {
			t.Errorf("%d headers: %d, want %d: %s", n, answer.StatusCode, want, answer.Body)
		}
	}
}

// A path parameter that is longer than any name of its resource is refused and never repeated.
func TestPathParametersHaveALength(t *testing.T) {
	b := testBench()
	for _, test := range []struct {
		route, name string
		most, want  int
	}{
		{"GET /payments/{invoice_number}", "invoice_number", 64, 404},
		{"POST /payments/{invoice_number}/capture", "invoice_number", 64, 404},
		{"POST /payments/{invoice_number}/refunds", "invoice_number", 64, 404},
		{"GET /customers/{customer_id}/tokens", "customer_id", 50, 422},
		{"DELETE /customers/{customer_id}/tokens/{token_id}", "customer_id", 50, 422},
		{"DELETE /customers/{customer_id}/tokens/{token_id}", "token_id", 255, 422},
	} {
		for _, n := range []int{test.most + 1, 1024, 1025, 100_000} {
			value := strings.Repeat("Zx", n)[:n]
			event := called(test.route, map[string]string{"customer_id": "CUST-1", "token_id": "tok", test.name: value},
				`{}`)
			event.Headers["idempotency-key"] = "a-key-of-the-limits"
			answer := b.send(event)
			if answer.StatusCode != test.want && (answer.StatusCode != 404 || n <= 1024) ||
				strings.Contains(answer.Body+b.log.String(), "Zx") {
				t.Errorf("%s of %d bytes in %s: %d, want %d: %.200s %.300s", test.name, n, test.route,
					answer.StatusCode, test.want, answer.Body, b.log.String())
			}
			b.log.Reset()
		}
	}
}

// One run of reconcile writes one log line with its results, as counts and as metrics.
func TestARunOfReconcileIsCounted(t *testing.T) {
	b := testBench()
	run := func() (string, error) {
		b.log.Reset()
		_, err := b.reconcile(t.Context(), json.RawMessage(`{}`))
		return b.log.String(), err
	}
	line, err := run()
	if err != nil || strings.Count(line, "\n") != 1 || !strings.Contains(line, `"msg":"reconcile"`) ||
		!strings.Contains(line, `"looked":0`) || !strings.Contains(line, `"ReconcileRuns":1`) {
		t.Errorf("nothing was due: %v %s", err, line)
	}
	b.store.fail = func() error { return fmt.Errorf("reading: %w", awsFailure{"the item of Sekarwangi"}) }
	line, err = run()
	if err == nil || strings.Contains(line+err.Error(), "Sekarwangi") || strings.Contains(line, "ReconcileRuns") ||
		!strings.Contains(line, `"StoreFailures":1`) ||
		!strings.Contains(line, `"ReconcileLeft":16`) || !strings.Contains(line, `"error":"store"`) ||
		!strings.Contains(line, `"blame":"us"`) {
		t.Errorf("the store is down: %v %s", err, line)
	}
	b.store.fail = func() error { panic("Sekarwangi") }
	if line, err = run(); err == nil || strings.Contains(line+err.Error(), "Sekarwangi") ||
		!strings.Contains(line, `"error":"panic"`) {
		t.Errorf("a panic: %v %s", err, line)
	}
}

func TestWhatReconcileFoundIsCounted(t *testing.T) {
	b := testBench()
	e := edge.Edge{Log: edge.NewLog(b.log), Now: func() time.Time { return b.now }}
	_, err := edge.Scheduled(e, func(ctx context.Context, _ json.RawMessage) (int, error) {
		edge.CountChange(ctx, order.Order{Operations: []order.Operation{{ID: "x", State: order.Open}}},
			order.Order{Operations: []order.Operation{{ID: "x", State: order.Parked}}})
		edge.FromContext(ctx).SetReconciled(payment.ReconcileResult{Looked: 5, Parked: 1, Paid: 2, Failed: 3, Left: 4},
			true)
		return 0, nil
	})(t.Context(), nil)
	for _, want := range []string{`"looked":5`, `"parked":1`, `"OperationsParked":1`, `"PaymentsUnnotified":2`,
		`"ReconcileFailed":3`, `"ReconcileLeft":4`, `"ReconcileRuns":1`, `"_aws"`} {
		if err != nil || !strings.Contains(b.log.String(), want) {
			t.Errorf("%s is not in %s (%v)", want, b.log.String(), err)
		}
	}
}
