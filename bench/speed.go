package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/perf/benchfmt"

	"kasir/simulation"
)

// series holds the rounds of one Go benchmark, for each operation.
type series struct{ nanos, allocs []float64 }

// runBenchmarks runs the benchmarks of a package in turns: the test binary runs once a round, and each run has every
// benchmark once, for some milliseconds. It returns the rounds by name, without "Benchmark".
func (b *bench) runBenchmarks(ctx context.Context, pkg string, rounds, milliseconds int) (map[string]series, error) {
	binary := filepath.Join(b.built, "bench.test")
	if err := b.command(ctx, b.root, "go", "test", "-c", "-o", binary, pkg).Run(); err != nil {
		return nil, fmt.Errorf("building the benchmarks of %s: %w", pkg, err)
	}
	all := map[string]series{}
	for range rounds {
		run := b.command(ctx, filepath.Join(b.root, pkg), binary, "-test.run=^$", "-test.bench=.", "-test.benchmem",
			"-test.cpu=1", fmt.Sprintf("-test.benchtime=%dms", milliseconds))
		var out bytes.Buffer
		run.Stdout = &out
		if err := run.Run(); err != nil {
			return nil, fmt.Errorf("running the benchmarks of %s: %w\n%s", pkg, err, &out)
		}
		reader := benchfmt.NewReader(&out, "go test")
		for reader.Scan() {
			if result, ok := reader.Result().(*benchfmt.Result); ok {
				name := string(result.Name.Full())
				seconds, _ := result.Value("sec/op")
				allocs, _ := result.Value("allocs/op")
				s := all[name]
				all[name] = series{append(s.nanos, seconds*1e9), append(s.allocs, allocs)}
			}
		}
	}
	return all, nil
}

// Budget P3.
const (
	mostSigning       = 1.25 // times the algorithm alone
	mostSigningAllocs = 2.0
)

// signing compares signing and verifying with the algorithm alone, and with the usual way to write it.
func (b *bench) signing(ctx context.Context) error {
	rounds, err := b.runBenchmarks(ctx, "./shared/doku", b.count(20, 3), b.count(300, 30))
	if err != nil {
		return err
	}
	for _, test := range []struct{ name, what, budget string }{
		{"Raw", "SHA-256 and a reused HMAC over a notification, in base64, and the text between them", ""},
		{"Naive", "the same as it is usually written", ""},
		{"Sign", "doku.Digest and Sign", "P3"},
		{"Verify", "doku.Digest and Verify", "P3"},
		{"Notification", "doku.ParseNotification, verified and read", ""},
	} {
		s := rounds[test.name]
		ratio, allocs := median(ratios(s.nanos, rounds["Raw"].nanos)), median(s.allocs)
		r := row{
			budget: test.budget, what: test.what, ratio: times(ratio),
			measured: fmt.Sprintf("%.0f ns, %.0f allocs", median(s.nanos), allocs),
		}
		if test.budget != "" {
			r.limit = fmt.Sprintf("%s, %.0f allocs", times(mostSigning), mostSigningAllocs)
			r.held = ratio <= mostSigning && allocs <= mostSigningAllocs
		}
		b.report.add(r)
	}
	return nil
}

// leastSchedules is P7, on two cores.
const leastSchedules = 1500.0

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
	rate := 2 * float64(schedules) / (processorTime() - begin).Seconds()
	b.report.add(row{budget: "P7", what: "simulated schedules a second of two cores", held: rate >= leastSchedules,
		measured: fmt.Sprintf("%.0f", rate), limit: fmt.Sprintf("%.0f", leastSchedules)})
	return nil
}

// processorTime returns the time for which this process has used a processor.
func processorTime() time.Duration {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used) // it cannot fail
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
