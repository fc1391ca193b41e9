package model

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// docs/scale.md has the figures of the model, also in its sentences, and the ceilings in their order.
func TestTheDocumentHoldsTheModel(t *testing.T) {
	text, err := os.ReadFile("../../docs/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	m := Abandoned(0.3)
	at := 0
	for _, c := range Ceilings(m) {
		i := strings.Index(string(text), "\n"+c.Row())
		if i < at {
			t.Errorf("docs/scale.md needs this row, after lower ones:\n%s", c.Row())
		}
		at = max(at, i)
	}
	for _, row := range slices.Concat(Options(), Loads(m)) {
		if !strings.Contains(string(text), "\n"+row) {
			t.Errorf("docs/scale.md needs this row:\n%s", row)
		}
	}
	flowed := strings.Join(strings.Fields(string(text)), " ")
	for _, sentence := range []string{
		fmt.Sprintf("500 warm instances cost $%.1f a month for reads of the secret.", Secrets(500)),
		fmt.Sprintf("With default quotas and these settings, a stage carries %.0f payments a second. What ends it "+
			"then: HTTP API, 2,500 requests a second.", DefaultQuotas(m)),
	} {
		if !strings.Contains(flowed, sentence) {
			t.Errorf("docs/scale.md does not say: %s", sentence)
		}
	}
}

// Three hundred payments a second need no quota to be raised, except that of a new account and those of events, and
// those of executions while DOKU is slow. Else only settings end it before.
func TestThreeHundredPaymentsASecondUnderDefaultQuotas(t *testing.T) {
	m := Abandoned(0.3)
	carried := DefaultQuotas(m)
	if carried < 300 {
		t.Errorf("%.0f payments a second", carried)
	}
	for _, c := range Ceilings(m) {
		excepted := c.Kind == "setting" || strings.Contains(c.What, "new account") ||
			strings.Contains(c.What, "while DOKU") || strings.HasPrefix(c.What, "EventBridge")
		if c.At < carried && !excepted {
			t.Errorf("this ends it before: %s", c.Row())
		}
	}
}
