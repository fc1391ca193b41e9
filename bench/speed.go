package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime/debug"
	"syscall"

	"golang.org/x/perf/benchfmt"

	"kasir/simulation"
)

// Budgets P3 and P7.
const (
	mostSigning       = 1.25 // times the algorithm alone
	mostSigningAllocs = 2.0
	leastSchedules    = 1500.0 // a second, on two cores
)

// signing compares signing and verifying with the algorithm alone, and with the usual way to write it. The benchmarks
// take turns: each round has every benchmark once, for some milliseconds.
func (b *bench) signing(ctx context.Context) error {
	nanos, allocs := map[string][]float64{}, map[string][]float64{} // by the benchmark's name
	for range b.count(20, 3) {
		run := exec.CommandContext(ctx, "go", "test", "-run=^$", "-bench=.", "-benchmem", "-cpu=1",
			fmt.Sprintf("-benchtime=%dms", b.count(300, 30)), "./shared/doku")
		run.Dir = b.root
		out, err := run.CombinedOutput()
		if err != nil {
			return fmt.Errorf("running the benchmarks of shared/doku: %w\n%s", err, out)
		}
		for reader := benchfmt.NewReader(bytes.NewReader(out), "go test"); reader.Scan(); {
			if result, ok := reader.Result().(*benchfmt.Result); ok {
				name := string(result.Name.Full())
				seconds, _ := result.Value("sec/op")
				count, _ := result.Value("allocs/op")
				nanos[name], allocs[name] = append(nanos[name], seconds*1e9), append(allocs[name], count)
			}
		}
	}
	for _, test := range []struct{ name, what, budget string }{
		{"Raw", "SHA-256 and a reused HMAC over a notification, in base64, and the text between them", ""},
		{"Naive", "the same as it is usually written", ""},
		{"Sign", "doku.Digest and Sign", "P3"},
		{"Verify", "doku.Digest and Verify", "P3"},
		{"Notification", "doku.ParseNotification, verified and read", ""},
	} {
		ratio, allocated := median(ratios(nanos[test.name], nanos["Raw"])), median(allocs[test.name])
		r := row{budget: test.budget, what: test.what, ratio: times(ratio),
			measured: fmt.Sprintf("%.0f ns, %.0f allocs", median(nanos[test.name]), allocated)}
		if test.budget != "" {
			r.limit = fmt.Sprintf("%s, %.0f allocs", times(mostSigning), mostSigningAllocs)
			r.held = ratio <= mostSigning && allocated <= mostSigningAllocs
		}
		b.report.add(r)
	}
	return nil
}

// simulation counts the schedules a second of processor time, of which two cores have two. It sets the garbage
// collector as the simulation's tests do.
func (b *bench) simulation(context.Context) error {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	schedules := b.count(20_000, 1_000)
	begin := processorTime()
	seeded := func(i int) simulation.Schedule { return simulation.Schedule{Seed: uint64(i + 1)} }
	if _, failed := simulation.Sweep(schedules, seeded, nil); failed != nil {
		return errors.New(simulation.Report(failed.Schedule))
	}
	rate := 2 * float64(schedules) / (processorTime() - begin)
	b.report.add(row{budget: "P7", what: "simulated schedules a second of two cores", held: rate >= leastSchedules,
		measured: fmt.Sprintf("%.0f", rate), limit: fmt.Sprintf("%.0f", leastSchedules)})
	return nil
}

// processorTime returns the seconds for which this process has used a processor.
func processorTime() float64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used) // it cannot fail
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}
