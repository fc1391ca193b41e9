package simulation_test

import (
	"testing"

	"kasir/simulation"
)

// TestOneFault runs many schedules with one fault alone, once. All that follows comes from it.
func TestOneFault(t *testing.T) {
	for c := simulation.Class(1); c <= simulation.SharedAccount; c++ {
		for _, name := range simulation.FaultNames(c) {
			t.Run(name, func(t *testing.T) {
				total := sweep(t, name, max(*schedules/100, 30), func(i int) simulation.Schedule {
					return simulation.Schedule{Seed: *first + uint64(i), Fault: name}
				})
				if total.Classes[c] == 0 && !seldom[name] {
					t.Errorf("the fault never struck in %d schedules", total.Schedules)
				}
			})
		}
	}
}

// TestOneClass runs schedules with one class of fault and lost answers, so that most calls that move money are
// repeated.
func TestOneClass(t *testing.T) {
	for c := simulation.Class(1); c <= simulation.SharedAccount; c++ {
		if !c.Simulated() {
			continue
		}
		t.Run(c.String(), func(t *testing.T) {
			total := sweep(t, c.String(), *perClass, func(i int) simulation.Schedule {
				return simulation.Schedule{Seed: *first + uint64(i), Only: c, Lossy: true}
			})
			t.Log(total)
		})
	}
}

// seldom lists faults that need more schedules than these, or another fault first: a repeat, a parked operation, a
// conflict or a promo.
var seldom = map[string]bool{
	"idempotent_request": true, "forget": true, "refuse_repeat": true, "resolve_wrong": true, "resolve_twice": true,
	"unsigned_success": true, "decide_wrong": true, "decide_twice": true, "decide_late": true, "decide_apart": true,
	"promo_amount": true,
}

// TestShortMemory lets DOKU forget sooner than it is trusted to. A repeat may then be carried out again, and is
// counted. Even then no effect at DOKU is believed to be refused, and only repeats have a second effect.
func TestShortMemory(t *testing.T) {
	total := sweep(t, "short memory", *memories, func(i int) simulation.Schedule {
		return simulation.Schedule{Seed: *first + uint64(i), Only: simulation.ShortMemory, Lossy: true}
	})
	t.Logf("DOKU forgets before the trust window ends: %d schedules, %d done again, no refusal believed: %s", *memories,
		total.Doubles, total)
}

// TestMoneyBeforePages has 160 due pages that nobody paid, and a DOKU that takes 15 s for an answer. A refund in doubt
// does not wait for them: it is sent again, or parked, in time.
func TestMoneyBeforePages(t *testing.T) {
	for seed := range uint64(4) {
		s := simulation.Schedule{Seed: *first + seed, Jam: true}
		if r := simulation.Run(s); r.Violation != nil {
			t.Fatalf("seed %d\n%s", s.Seed, tail(simulation.Report(s)))
		}
	}
}

// tail returns the end of a long report.
func tail(report string) string { return report[max(0, len(report)-4000):] }

// TestBurst sends 20 to 50 refunds of one order at once, with fresh keys, to a DOKU that answers in milliseconds. Each
// is done and answered so, since DOKU's answer is known and the store works.
func TestBurst(t *testing.T) {
	for seed := range uint64(4) {
		s := simulation.Schedule{Seed: *first + seed, Burst: 20 + 10*int(seed)}
		if r := simulation.Run(s); r.Violation != nil {
			t.Fatalf("seed %d\n%s", s.Seed, tail(simulation.Report(s)))
		}
	}
}
