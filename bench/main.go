// Command bench measures kasir against its budgets, and against the same work written the usual way. It prints its
// tables and, if all parts ran in full, writes them to bench/RESULTS.md. README.md in this folder describes each
// figure.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"slices"
	"strings"

	"kasir/bench/standin"
	"kasir/local/stack"
)

// bench is the state that the parts share.
type bench struct {
	root   string // kasir's folder
	built  string // folder of the binaries
	quick  bool
	report report
	costs  map[string]standin.Bill // by path; the part calls sets it
	logged map[string]int          // bytes that an invocation of each function logs; the part calls sets it
}

// part adds rows to the report.
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

// progress prints a line to stderr, apart from the tables.
var progress = log.New(os.Stderr, "", log.Ltime).Printf

func main() {
	quick := flag.Bool("quick", false, "few repetitions, to see that all of it works; RESULTS.md stays")
	only := flag.String("only", "", "run these parts only, separated by commas; RESULTS.md stays")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *quick, *only); err != nil {
		log.Fatal("bench: ", err)
	}
}

func run(ctx context.Context, quick bool, only string) error {
	names := strings.Split(only, ",")
	unwanted := func(p part) bool { return only != "" && !slices.Contains(names, p.name) }
	wanted := slices.DeleteFunc(slices.Clone(parts), unwanted)
	if only != "" && len(wanted) != len(names) {
		return fmt.Errorf("-only %s names a part that does not exist", only)
	}
	root, err := stack.Root()
	if err != nil {
		return err
	}
	b := &bench{root: root, built: root + "/.kasir/bench", quick: quick}
	if err := errors.Join(os.RemoveAll(b.built), b.build(ctx)); err != nil {
		return err
	}
	for _, p := range wanted {
		progress("%s", p.name)
		if err := p.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
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

// count returns the number of repetitions.
func (b *bench) count(full, quick int) int {
	if b.quick {
		return quick
	}
	return full
}
