package main

import (
	"os"
	"strings"
	"testing"

	"kasir/bench/model"
)

// docs/scale.md holds what this command prints.
func TestTheDocumentHoldsTheModel(t *testing.T) {
	text, err := os.ReadFile("../../docs/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	flowed := strings.Join(strings.Fields(string(text)), " ")
	for _, block := range blocks(0.3) {
		if !strings.Contains(flowed, strings.Join(strings.Fields(block), " ")) {
			t.Errorf("docs/scale.md does not have this; go run ./bench/scale prints it:\n%s", block)
		}
	}
}

// Three hundred payments a second need no quota to be raised. Only settings end it before.
func TestThreeHundredPaymentsASecondUnderDefaultQuotas(t *testing.T) {
	m := model.Abandoned(0.3)
	if end := model.DefaultQuotas(m); end.At < 300 {
		t.Errorf("%.0f payments a second: %s", end.At, end.What)
	}
	for _, c := range model.Ceilings(m) {
		if c.At < 300 && c.Kind == "design" {
			t.Errorf("%.0f payments a second are the end of the design: %s", c.At, c.What)
		}
		if c.Change == "" || c.Happens == "" {
			t.Errorf("%s: the row does not say what happens and what to change", c.What)
		}
	}
}
