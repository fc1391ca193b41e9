package main

import (
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"

	"kasir/bench/event"
	"kasir/local/stack"
)

func newBench(t *testing.T) *bench {
	root, err := stack.Root()
	if err != nil {
		t.Fatal(err)
	}
	return &bench{root: root, built: t.TempDir(), source: event.Source{Dir: root + "/events", Now: time.Now}}
}

// TestNotifyAllocatesLittle holds P2's count: the allocations of notify's handler beyond hello's. make bench measures
// P2's time.
func TestNotifyAllocatesLittle(t *testing.T) {
	rounds, err := newBench(t).runBenchmarks(t.Context(), "./functions/notify", 3, 30)
	if err != nil {
		t.Fatal(err)
	}
	own, greeting := rounds["Function/Handler"].allocs, rounds["Function/Hello"].allocs
	if len(own) != 3 || len(greeting) != 3 {
		t.Fatalf("%d and %d rounds counted, want 3 of each", len(own), len(greeting))
	}
	if added := median(differences(own, greeting)); added > mostAddedAllocs {
		t.Errorf("notify's handler allocates %.0f times more than hello's, want at most %.0f", added, mostAddedAllocs)
	}
}

// TestEveryPathKeepsItsBudgetAtDynamoDB holds P4. DynamoDB bills each call and each kilobyte.
func TestEveryPathKeepsItsBudgetAtDynamoDB(t *testing.T) {
	b := newBench(t)
	if err := b.build(t.Context(), runtime.GOARCH); err != nil {
		t.Fatal(err)
	}
	walked, err := b.walk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Units that P4 does not name are on the bill too: an index entry that moves for no reason is two writes.
	most := map[string]float64{createPage: 3, notify: 2, "createpage, AUTHORIZE": 3, "createpage again": 1, unpaid: 11}
	for _, p := range walked {
		if p.calls >= 0 && !p.held() {
			t.Errorf("%s: calls %+v, %d bytes; want %d calls, %d bytes", p.name, p.cost, p.cost.Size(), p.calls, p.size)
		}
		if limit, ok := most[p.name]; ok && p.cost.Units().Writes > limit {
			t.Errorf("%s: %g write units, at most %g are needed", p.name, p.cost.Units().Writes, limit)
		}
		if p.name == unpaid && p.cost.Writes() != 3 { // docs/scale.md states this number
			t.Errorf("an order that nobody pays is looked at %d times, want 3", p.cost.Writes())
		}
	}
}

// TestThePricedMemoryIsTheDeployed reads the deployed memory as text, because the deployment is a module of its own.
func TestThePricedMemoryIsTheDeployed(t *testing.T) {
	stages, err := os.ReadFile("../infra/stages.go")
	if err != nil {
		t.Fatal(err)
	}
	deployed := regexp.MustCompile(`Memory: +(\d+)`).FindAllSubmatch(stages, -1)
	if len(deployed) == 0 {
		t.Fatal("no stage says its memory")
	}
	for _, match := range deployed {
		if got := string(match[1]); got != strconv.Itoa(memory) {
			t.Errorf("a stage has %s MB, and %d are priced", got, memory)
		}
	}
}
