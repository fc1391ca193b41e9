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
	m, at := Abandoned(0.3), 0
	carried := DefaultQuotas(m)
	if carried.At < 300 {
		t.Errorf("only %.0f payments a second need no quota to be raised", carried.At)
	}
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
			"then: %s.", carried.At, carried.What),
	} {
		if !strings.Contains(flowed, sentence) {
			t.Errorf("docs/scale.md does not say: %s", sentence)
		}
	}
}
