package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/perf/benchfmt"
)

// series are the rounds of one Go benchmark.
type series struct {
	micros []float64 // an operation
	allocs []float64
}

// gobench runs the benchmarks of a package in turns: the test binary runs as often as there are rounds, and each run has every
// benchmark once, for some milliseconds. The result is by name, without "Benchmark".
func (b *bench) gobench(ctx context.Context, pkg string, rounds, milliseconds int) (map[string]series, error) {
	binary := filepath.Join(b.built, "bench.test")
	compile := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, pkg)
	compile.Dir, compile.Stderr = b.root, os.Stderr
	if err := compile.Run(); err != nil {
		return nil, fmt.Errorf("building the benchmarks of %s: %w", pkg, err)
	}
	all := map[string]series{}
	for range rounds {
		run := exec.CommandContext(ctx, binary, "-test.run=^$", "-test.bench=.", "-test.benchmem", "-test.cpu=1", fmt.Sprintf("-test.benchtime=%dms", milliseconds))
		run.Dir, run.Stderr = filepath.Join(b.root, pkg), os.Stderr
		out, err := run.Output()
		if err != nil {
			return nil, fmt.Errorf("running the benchmarks of %s: %w\n%s", pkg, err, out)
		}
		read(all, out)
	}
	return all, nil
}

func read(all map[string]series, out []byte) {
	reader := benchfmt.NewReader(bytes.NewReader(out), "go test")
	for reader.Scan() {
		result, ok := reader.Result().(*benchfmt.Result)
		if !ok {
			continue
		}
		name := string(result.Name.Full())
		s := all[name]
		if seconds, ok := result.Value("sec/op"); ok {
			s.micros = append(s.micros, seconds*1e6)
		}
		if allocs, ok := result.Value("allocs/op"); ok {
			s.allocs = append(s.allocs, allocs)
		}
		all[name] = s
	}
}
