package simulation_test

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"kasir/simulation"
)

// The default counts make a short run for every test run; `make simulate` raises them.
var (
	schedules = flag.Int("schedules", short(3000), "how many schedules to run")
	first     = flag.Uint64("first", 1, "the first seed")
	replays   = flag.Int("replays", short(200), "how many seeds to run twice")
	crashes   = flag.Int("crashes", short(20), "how many scenarios to crash at every point")
	pairs     = flag.Int("pairs", 0, "how many scenarios to crash at every pair of points")
	memories  = flag.Int("memories", short(200), "how many schedules to run for each length of DOKU's memory")
	perClass  = flag.Int("per-class", short(30), "how many schedules to run for each class of fault alone")
	outages   = flag.Int("outages", short(100), "how many schedules to run without notifications and through an outage")

	seed   = flag.Uint64("seed", 0, "TestReplay: the schedule to print")
	survey = flag.Int("survey", 0, "TestSurvey: how many schedules")
	quiet  = flag.Bool("quiet", false, "TestReplay: no faults but -kill")
	small  = flag.Bool("small", false, "TestReplay: two orders")
	silent = flag.Bool("silent", false, "TestReplay: every notification is lost")
	prompt = flag.Bool("prompt", false, "TestReplay: money must be known in time")
	downAt = flag.Duration("down-from", 0, "TestReplay: from when DOKU cannot be reached")
	upAt   = flag.Duration("down-until", 0, "TestReplay: until when")
	memory = flag.Duration("memory", 0, "TestReplay: how long DOKU remembers")
	class  = flag.String("class", "",
		"TestSchedules, TestSurvey, TestReplay: faults of this class alone, for example foreign-answer")
	jam   = flag.Bool("jam", false, "TestReplay: a refund in doubt beside many pages that are due")
	burst = flag.Int("burst", 0, "TestReplay: how many refunds at once")
	lossy = flag.Bool("lossy", false, "TestSurvey, TestReplay: answers are lost too")
	fault = flag.String("fault", "", "TestSchedules, TestSurvey, TestReplay: this fault once and no other")
	kill  = flag.String("kill", "", "TestReplay: points at which a process dies, such as 12,40")
)

func short(n int) int {
	if raced {
		return n / 10
	}
	return n
}

func TestMain(m *testing.M) {
	debug.SetGCPercent(1600) // fewer collections save a fifth of the time: the worlds are many and small
	os.Exit(m.Run())
}

// sweep runs schedules, prints progress, and fails with the first violation.
func sweep(t *testing.T, what string, n int, schedule func(i int) simulation.Schedule) simulation.Stats {
	t.Helper()
	begin := time.Now()
	total, failed := simulation.Sweep(n, schedule, func(done int) {
		if n >= 10_000 {
			fmt.Printf("\r%s: %d of %d schedules, %.0f s ", what, done, n, time.Since(begin).Seconds())
		}
	})
	if n >= 10_000 {
		fmt.Println()
	}
	if failed != nil {
		t.Fatalf("seed %d\n%s", failed.Schedule.Seed, simulation.Report(failed.Schedule))
	}
	return total
}

func seeded(i int) simulation.Schedule {
	s := simulation.Schedule{Seed: *first + uint64(i), Fault: *fault, Lossy: *lossy}
	if *class != "" {
		s.Only, _ = simulation.ClassOf(*class)
	}
	return s
}

// TestSchedules is R1: no invariant breaks under any faults.
func TestSchedules(t *testing.T) {
	begin := time.Now()
	total := sweep(t, "R1", *schedules, seeded)
	t.Logf("R1: %d schedules in %.1f s, 0 violations: %s", *schedules, time.Since(begin).Seconds(), total)
	t.Logf("faults by class:\n%s", total.ByClass())
	if missed := total.Missed(1000); *schedules >= 100_000 && *class == "" && *fault == "" && len(missed) > 0 {
		t.Errorf("these classes struck fewer than 1,000 times: %v", missed)
	}
}

// TestSurvey goes on after violations and lists them with the first seeds of each. It is for work on the rules.
func TestSurvey(t *testing.T) {
	if *survey == 0 {
		return // it only lists failures of TestSchedules; -survey=10000 runs it
	}
	begin := time.Now()
	total, found := simulation.Survey(*survey, seeded)
	t.Logf("%d schedules in %.1f s: %s\n%s", *survey, time.Since(begin).Seconds(), total, total.ByClass())
	for _, f := range found {
		t.Logf("%6d × %s, seeds %v: %s", f.Times, f.Invariant, f.Seeds, f.What)
	}
}

// TestSeedsReplay is R3: a seed gives the same trace every time.
func TestSeedsReplay(t *testing.T) {
	for i := range *replays {
		if a, b := simulation.Run(seeded(i)).Hash, simulation.Run(seeded(i)).Hash; a != b {
			t.Errorf("seed %d gave the traces %016x and %016x", *first+uint64(i), a, b)
		}
	}
	t.Logf("R3: %d of %d seeds replayed to the same trace", *replays, *replays)
}

// TestEveryCrash is R2: a process dies at every point of a scenario, and at every pair of points.
func TestEveryCrash(t *testing.T) {
	crash(t, "R2, one crash", *crashes, false)
	crash(t, "R2, two crashes", *pairs, true)
}

func crash(t *testing.T, what string, scenarios int, pairs bool) {
	t.Helper()
	begin := time.Now()
	runs, failed := simulation.ExhaustiveSweep(scenarios, pairs, func(done, runs int) {
		if scenarios > 20 || pairs {
			fmt.Printf("\r%s: %d of %d scenarios, %d runs, %.0f s ", what, done, scenarios, runs,
				time.Since(begin).Seconds())
		}
	})
	if failed != nil {
		t.Fatalf("seed %d\n%s", failed.Schedule.Seed, simulation.Report(failed.Schedule))
	}
	t.Logf("%s: %d scenarios, %d runs in %.1f s, 0 violations", what, scenarios, runs, time.Since(begin).Seconds())
}

// TestMemory is R6: nothing is done twice if the trust window is half of DOKU's memory, however long that is.
func TestMemory(t *testing.T) {
	for _, memory := range []time.Duration{time.Hour, 2 * time.Hour, 24 * time.Hour} {
		total := sweep(t, "R6 "+memory.String(), *memories, func(i int) simulation.Schedule {
			s := seeded(i)
			s.Memory = memory
			return s
		})
		t.Logf("R6: DOKU remembers %s, trusted half of it: %d schedules, 0 double effects: %s", memory,
			*memories, total)
	}
}

// TestNoNotification is R5: without any notification a payment is known a minute and two periods after the page's end.
func TestNoNotification(t *testing.T) {
	total := sweep(t, "R5", *outages, func(i int) simulation.Schedule {
		s := seeded(i)
		s.Silent, s.Prompt, s.Quiet = true, true, true
		return s
	})
	t.Logf("R5: no notification arrived, %d schedules known in time: %s", *outages, total)
}

// TestOutage is R5: DOKU cannot be reached for 24 h, and ten minutes after its return everything is known, settled or
// parked.
func TestOutage(t *testing.T) {
	total := sweep(t, "R5", *outages, func(i int) simulation.Schedule {
		s := seeded(i)
		s.Silent, s.Prompt, s.Quiet = true, true, true
		s.DownFrom = time.Duration(i%90) * time.Minute
		s.DownUntil = s.DownFrom + 24*time.Hour
		return s
	})
	t.Logf("R5: DOKU was down for 24 h, %d schedules settled in time: %s", *outages, total)
}

func TestReplay(t *testing.T) {
	if *seed == 0 {
		return // it only prints one schedule, with -seed; TestSchedules and TestSeedsReplay are the proof
	}
	s := simulation.Schedule{Seed: *seed, Quiet: *quiet, Small: *small, Memory: *memory, Silent: *silent,
		Prompt: *prompt, DownFrom: *downAt, DownUntil: *upAt,
		Fault: *fault, Lossy: *lossy, Jam: *jam, Burst: *burst}
	s.Only, _ = simulation.ClassOf(*class)
	for point := range strings.SplitSeq(*kill, ",") {
		if n, err := strconv.Atoi(point); err == nil {
			s.KillAt = append(s.KillAt, n)
		}
	}
	t.Logf("\n%s", simulation.Report(s))
}
