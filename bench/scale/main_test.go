package main

import (
	"fmt"
	"strings"
	"testing"

	"kasir/bench/model"
)

// docs/scale.md has the figures of the model, also in its sentences.
func TestTheDocumentHoldsTheModel(t *testing.T) {
	document, changed, err := fill(0.3)
	if err != nil || len(changed) > 0 {
		t.Fatalf("go run ./bench/scale > docs/scale.md changes these lines:\n%s\n%v", strings.Join(changed, "\n"), err)
	}
	flowed := strings.Join(strings.Fields(document), " ")
	for _, sentence := range []string{
		fmt.Sprintf("500 warm instances cost $%.1f a month for reads of the secret.", model.Secrets(500)),
		fmt.Sprintf("With default quotas and these settings, a stage carries %.0f payments a second. What ends it "+
			"then: HTTP API, 2,500 requests a second.", model.DefaultQuotas(model.Abandoned(0.3))),
	} {
		if !strings.Contains(flowed, sentence) {
			t.Errorf("docs/scale.md does not say: %s", sentence)
		}
	}
}

// Three hundred payments a second need no quota to be raised, except that of a new account and those of events, and
// those of executions while DOKU is slow. Else only settings end it before. The lowest ceiling comes first.
func TestThreeHundredPaymentsASecondUnderDefaultQuotas(t *testing.T) {
	document, _, err := fill(0.3)
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(document, "| payments a second | what ends |")
	table, _, _ = strings.Cut(table, "\n\n")
	before, ofQuotas := 0.0, model.DefaultQuotas(model.Abandoned(0.3))
	for _, line := range strings.Split(table, "\n")[2:] {
		cells := strings.Split(line, " | ")
		var at float64
		fmt.Sscan(strings.NewReplacer("| ", "", ",", "").Replace(cells[0]), &at)
		if at < before {
			t.Errorf("this row is above a lower one: %s", line)
		}
		before = at
		excepted := strings.Contains(line, "new account") || strings.Contains(line, "while DOKU") ||
			strings.Contains(line, "EventsBehind")
		if at < 300 && cells[2] == "design" || cells[2] == "quota" && !excepted && at < float64(int(ofQuotas)) {
			t.Errorf("this ends it before: %s", line)
		}
	}
	if ofQuotas < 300 || before == 0 {
		t.Errorf("%.0f payments a second; the last row is at %.0f", ofQuotas, before)
	}
}
