package main

import (
	"testing"

	"kasir/bench/model"
	"kasir/local/stack"
)

// TestEveryPathKeepsItsBudgetAtDynamoDB holds P4. DynamoDB bills each call and each kilobyte.
func TestEveryPathKeepsItsBudgetAtDynamoDB(t *testing.T) {
	root, err := stack.Root()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{root: root, built: t.TempDir()}
	if err := b.build(t.Context()); err != nil {
		t.Fatal(err)
	}
	walked, _, err := b.walk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Units that P4 does not name are on the bill too: an index entry that moves for no reason is two writes.
	most := map[string]float64{createPage: 3, notify: 2, "createpage, AUTHORIZE": 3, "createpage again": 1, unpaid: 8}
	// What the model has: writes of the table, those of its index of due orders, and reads.
	modelled := map[string][3]float64{
		createPage: {model.CreatePageWrites, model.CreatePageDue, 0},
		notify:     {model.NotifyWrites, model.NotifyDue, 1},
		unpaid:     {model.LooksWrites, model.LooksDue, model.LooksReads},
	}
	for _, p := range walked {
		sum := p.cost.Sum()
		if p.calls >= 0 && !p.held() {
			t.Errorf("%s: calls %+v, %d bytes; want %d calls, %d bytes", p.name, p.cost, sum.Size, p.calls, p.size)
		}
		if limit, ok := most[p.name]; ok && sum.Writes > limit {
			t.Errorf("%s: %g write units, at most %g are needed", p.name, sum.Writes, limit)
		}
		got := [3]float64{float64(sum.Written), sum.Writes - float64(sum.Written), sum.Reads}
		if want, ok := modelled[p.name]; ok && got != want {
			t.Errorf("%s: %v writes of the table and of the index due, and reads; the model has %v", p.name, got, want)
		}
	}
}
