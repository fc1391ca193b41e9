package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kasir/bench/event"
	"kasir/bench/model"
	"kasir/local/stack"
	"kasir/shared/app"
	"kasir/shared/function"
	"kasir/shared/payment"
)

// TestEveryPathKeepsItsBudgetAtDynamoDB holds P4. DynamoDB bills each call and each kilobyte.
func TestEveryPathKeepsItsBudgetAtDynamoDB(t *testing.T) {
	root, err := stack.Root()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{root: root, built: t.TempDir(), source: event.Source{Dir: root + "/events"}}
	if err := b.build(t.Context()); err != nil {
		t.Fatal(err)
	}
	walked, _, err := b.walk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Units that P4 does not name are on the bill too: an index entry that moves for no reason is two writes.
	most := map[string]float64{createPage: 3, notify: 2, "createpage, AUTHORIZE": 3, "createpage again": 1, unpaid: 8}
	for _, p := range walked {
		if p.calls >= 0 && !p.held() {
			t.Errorf("%s: calls %+v, %d bytes; want %d calls, %d bytes", p.name, p.cost, p.cost.Size(), p.calls, p.size)
		}
		if limit, ok := most[p.name]; ok && p.cost.Units().Writes > limit {
			t.Errorf("%s: %g write units, at most %g are needed", p.name, p.cost.Units().Writes, limit)
		}
		if want, ok := modelled[p.name]; ok {
			units, written := p.cost.Units(), float64(p.cost.Writes())
			if got := [3]float64{written, units.Writes - written, units.Reads}; got != want {
				t.Errorf("%s: %v writes of the table and of the index due, and reads; the model has %v", p.name, got,
					want)
			}
		}
	}
}

// modelled are the writes of the table, those of its index of due orders, and the reads that the model has.
var modelled = map[string][3]float64{
	createPage: {model.CreatePageWrites, model.CreatePageDue, 0},
	notify:     {model.NotifyWrites, model.NotifyDue, 1},
	unpaid:     {model.LooksWrites, model.LooksDue, model.LooksReads},
}

// TestTheModelHasTheDeployedSettings compares the model with the settings that are deployed.
func TestTheModelHasTheDeployedSettings(t *testing.T) {
	if model.Looks != model.LooksWrites {
		t.Errorf("%d looks and %d writes of them", model.Looks, model.LooksWrites)
	}
	s, _ := app.Load(func(string) string { return "" }, function.Function{Name: "test",
		TableActions: []string{function.PutItem}, Queries: []string{function.DueIndex}})
	got := [5]int{s.Shards, s.LooksAtOnce, payment.ListShards, function.StreamBatch, payment.MostLooks}
	want := [5]int{model.Shards, model.LooksAtOnce, model.ListShards, model.StreamBatch, model.MostLooks}
	if got != want {
		t.Errorf("the functions have %v, the model %v", got, want)
	}
	for file, line := range map[string]string{
		"../infra/stages.go":   fmt.Sprintf("Throttle{Rate: %d", model.StageThrottle),
		"../infra/webhooks.go": fmt.Sprintf("webhookAtOnce   = %d\n", model.Deliveries),
		"../infra/scale.go":    fmt.Sprintf("mostPageRuns = %d\n", model.MostPageRuns),
	} {
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), line) {
			t.Errorf("%s does not say %q (%v)", file, line, err)
		}
	}
	stages, _ := os.ReadFile("../infra/stages.go") // the deployment is a module of its own
	deployed := regexp.MustCompile(`Memory: +(\d+)`).FindAllStringSubmatch(string(stages), -1)
	for _, stage := range deployed {
		if stage[1] != strconv.Itoa(model.Memory) {
			t.Errorf("a stage has %s MB, and %d are priced", stage[1], model.Memory)
		}
	}
	if len(deployed) == 0 {
		t.Error("no stage says its memory")
	}
}
