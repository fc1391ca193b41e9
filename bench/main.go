// Command bench measures kasir against its budgets, and against the same work written the usual way. It prints its
// tables and, if all parts ran in full, writes them to bench/RESULTS.md. README.md in this folder describes each
// figure.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"kasir/bench/event"
	"kasir/bench/meter"
	"kasir/local/stack"
)

// bench is the state that the parts share.
type bench struct {
	root   string // kasir's folder
	built  string // folder of the binaries
	quick  bool
	source event.Source
	report report
	costs  map[string]meter.Bill // by path; the part calls sets it
	logged map[string]int        // bytes that an invocation of each function logs; the part calls sets it
}

// part is one part of the benchmark; it adds rows to the report.
type part struct {
	name string
	run  func(*bench, context.Context) error
}

// parts run in this order: money needs the counts of calls.
var parts = []part{
	{"cold", (*bench).cold},
	{"simulation", (*bench).simulation},
	{"signing", (*bench).signing},
	{"calls", (*bench).calls},
	{"tls", (*bench).tls},
	{"overdue", (*bench).overdue},
	{"money", (*bench).money},
}

func main() {
	quick := flag.Bool("quick", false, "few repetitions, to see that all of it works; RESULTS.md stays")
	only := flag.String("only", "", "run these parts only, separated by commas; RESULTS.md stays")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *quick, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, quick bool, only string) error {
	wanted := slices.Clone(parts)
	if only != "" {
		names := strings.Split(only, ",")
		wanted = slices.DeleteFunc(wanted, func(p part) bool { return !slices.Contains(names, p.name) })
		if len(wanted) != len(names) {
			return fmt.Errorf("-only %s names a part that does not exist", only)
		}
	}
	root, err := stack.Root()
	if err != nil {
		return err
	}
	b := &bench{root: root, built: root + "/.kasir/bench", quick: quick, source: event.Source{Dir: root + "/events"}}
	if err := errors.Join(os.RemoveAll(b.built), b.build(ctx)); err != nil {
		return err
	}
	for i, p := range wanted {
		begin := time.Now()
		progress("[%d/%d] %s", i+1, len(wanted), p.name)
		if err := p.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		progress("      %s took %.0f s", p.name, time.Since(begin).Seconds())
	}
	text := b.report.markdown(machine(ctx, root))
	fmt.Print(text)
	if quick {
		return nil
	}
	if only == "" {
		err = os.WriteFile(root+"/bench/RESULTS.md", []byte(text), 0o644)
	}
	return errors.Join(err, b.report.verdict())
}

// progress prints a line to stderr, apart from the tables.
func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// count returns the number of repetitions.
func (b *bench) count(full, quick int) int {
	if b.quick {
		return quick
	}
	return full
}
