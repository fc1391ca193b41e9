package simulation

import (
	"flag"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	schedules = flag.Int("schedules", 3000, "how many schedules to run")
	first     = flag.Uint64("first", 1, "the first seed")
)

func TestSchedules(t *testing.T) {
	begin := time.Now()
	var total Stats
	for i := range *schedules {
		s := Schedule{Seed: *first + uint64(i)}
		r := Run(s)
		total.Add(r.Stats)
		if r.Violation != nil {
			t.Fatalf("seed %d\n%s", s.Seed, Report(s))
		}
	}
	t.Logf("%+v in %v", total, time.Since(begin))
}

var (
	seed       = flag.Uint64("seed", 0, "the schedule that TestReplay tells")
	quiet      = flag.Bool("quiet", false, "TestReplay: no faults but -kill")
	small      = flag.Bool("small", false, "TestReplay: one order")
	memoryFlag = flag.Duration("memory", 0, "TestReplay: how long DOKU remembers")
	kill       = flag.String("kill", "", "TestReplay: points at which a process dies, such as 12,40")
)

func TestReplay(t *testing.T) {
	if *seed == 0 {
		t.Skip("no -seed")
	}
	s := Schedule{Seed: *seed, Quiet: *quiet, Small: *small, Memory: *memoryFlag}
	for _, point := range strings.FieldsFunc(*kill, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(point)
		if err != nil {
			t.Fatal(err)
		}
		s.KillAt = append(s.KillAt, n)
	}
	t.Logf("\n%s", Report(s))
}
