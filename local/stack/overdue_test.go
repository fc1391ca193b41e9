package stack_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kasir/local/stack"
	"kasir/local/test/harness"
)

// putReport puts a report, and waits for its result.
func putReport(t *testing.T, running *stack.Stack, folder, name, content string) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "PUT", running.ReportsFolder+name,
		strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", response, err)
	}
	response.Body.Close()
	return resultOf(t, folder, "results/"+name+".result.json")
}

// attentionOf returns the open cases of a payment.
func attentionOf(t *testing.T, running *stack.Stack, invoice string) string {
	t.Helper()
	return fmt.Sprint(settlements(t, running, "GET", "/payments/"+invoice, "", 200)["attention"])
}

// With SETTLE_WITHIN a payment that no report has in time calls a person, until a report has it. A payment from before
// the first report does not.
func TestAPaymentThatIsNotSettledCallsAPerson(t *testing.T) {
	folder := t.TempDir()
	running := harness.Start(t, func(c *stack.Config) {
		c.Reports, c.Settings = folder, map[string]string{"SETTLE_WITHIN": "3"}
	})
	advance := func(by time.Duration) {
		t.Helper()
		if err := running.Clock.Advance(t.Context(), by); err != nil {
			t.Fatal(err)
		}
	}
	payOrder(t, running, "EARLY-1")
	advance(time.Minute) // DOKU's dates have no fractions of a second
	putReport(t, running, folder, "first.csv", settlementReport("B-FIRST", 90000, "OTHER-1"))
	advance(time.Minute)
	payOrder(t, running, "LATE-1")
	payOrder(t, running, "PROMPT-1")
	result := putReport(t, running, folder, "second.csv", settlementReport("B-SECOND", 90000, "PROMPT-1"))
	if len(result["differences"].([]any)) != 0 {
		t.Errorf("the second report differs: %v", result)
	}
	advance(8 * 24 * time.Hour)
	for invoice, want := range map[string]bool{"LATE-1": true, "PROMPT-1": false, "EARLY-1": false} {
		if got := attentionOf(t, running, invoice); strings.Contains(got, "not_settled") != want {
			t.Errorf("%s has the cases %s", invoice, got)
		}
	}
	putReport(t, running, folder, "third.csv", settlementReport("B-THIRD", 90000, "LATE-1"))
	if got := attentionOf(t, running, "LATE-1"); strings.Contains(got, "not_settled") {
		t.Errorf("after the report that has it, LATE-1 has the cases %s", got)
	}
}
