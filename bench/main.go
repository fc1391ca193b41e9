// Command bench measures kasir against the budgets of performance, and against the same work written the usual way. It prints one
// table and writes it to bench/RESULTS.md. README.md in this folder says how each figure comes about.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"kasir/bench/event"
	"kasir/local"
)

// bench is what every part needs.
type bench struct {
	root   string // kasir's folder
	built  string // where the binaries are
	quick  bool
	source event.Source

	report report
	facts  facts
}

// part is one part of the benchmark; it adds rows to the report.
type part struct {
	name string
	run  func(*bench, context.Context) error
}

// parts run in this order: later ones use what earlier ones found.
var parts = []part{
	{"startup", (*bench).startup},
	{"simulation", (*bench).simulation},
	{"warm", (*bench).warm},
	{"signing", (*bench).signing},
	{"handlers", (*bench).handlers},
	{"calls", (*bench).calls},
	{"tls", (*bench).tls},
	{"growth", (*bench).growth},
	{"money", (*bench).money},
	{"peers", (*bench).peers},
}

func main() {
	quick := flag.Bool("quick", false, "few repetitions: to see that all of it works, not to judge by")
	only := flag.String("only", "", "run these parts only, separated by commas: "+strings.Join(partNames(), ", "))
	out := flag.String("out", "bench/RESULTS.md", "where to write the table; empty: print it only")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *quick, *only, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func partNames() []string {
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

func run(ctx context.Context, quick bool, only, out string) error {
	wanted, err := choose(only)
	if err != nil {
		return err
	}
	root, err := local.Root()
	if err != nil {
		return err
	}
	b := &bench{root: root, built: root + "/.kasir/bench", quick: quick, source: event.Source{Dir: root + "/events", Now: time.Now}}
	if err := b.build(ctx); err != nil {
		return err
	}
	for i, p := range wanted {
		begin := time.Now()
		tell("[%d/%d] %s", i+1, len(wanted), p.name)
		if err := p.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		tell("      %s took %.0f s", p.name, time.Since(begin).Seconds())
	}
	text := b.report.markdown(machine(ctx, root), quick)
	fmt.Print(text)
	if out == "" || only != "" { // part of the table is not the table
		return nil
	}
	return os.WriteFile(out, []byte(text), 0o644)
}

func choose(only string) ([]part, error) {
	if only == "" {
		return parts, nil
	}
	var wanted []part
	for name := range strings.SplitSeq(only, ",") {
		found := false
		for _, p := range parts {
			if p.name == name {
				wanted, found = append(wanted, p), true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no part %q: there are %s", name, strings.Join(partNames(), ", "))
		}
	}
	return wanted, nil
}

// tell shows progress, apart from the table.
func tell(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// count is how often something is repeated.
func (b *bench) count(full, quick int) int {
	if b.quick {
		return quick
	}
	return full
}
