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
	"os/exec"
	"os/signal"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchmath"

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

// row is one line of the table.
type row struct {
	budget   string // P1 to P12; empty for a figure without a budget
	what     string
	measured string
	ratio    string // to the subject in the column what
	limit    string
	held     bool
}

// report collects the rows, and the table of the part cold in Markdown with a note.
type report struct {
	rows        []row
	table, note string
}

func (r *report) add(rows ...row) { r.rows = append(r.rows, rows...) }

// atMost adds a row with a budget that a number may not exceed. format writes both.
func (r *report) atMost(budget, what, format string, got, most float64) {
	r.add(row{budget: budget, what: what, measured: fmt.Sprintf(format, got), limit: fmt.Sprintf(format, most),
		held: got <= most})
}

// verdict returns an error that names the budgets that are missed.
func (r *report) verdict() error {
	budgets := slices.DeleteFunc(slices.Clone(r.rows), func(w row) bool { return w.budget == "" })
	var missed []error
	for _, w := range budgets {
		if !w.held {
			missed = append(missed, fmt.Errorf("missed: %s, %s: %s %s, not %s", w.budget, w.what, w.measured, w.ratio,
				w.limit))
		}
	}
	progress("held: %d of %d budgets", len(budgets)-len(missed), len(budgets))
	return errors.Join(missed...)
}

func (r *report) markdown(machine string) string {
	lines := []string{"# Results\n\nWritten by `make bench`; [README.md](README.md) describes each figure. Ratios " +
		"are medians of one interleaved run.\n\n" + machine + "\n\n## Budgets\n",
		line("budget", "what", "measured", "ratio", "limit", "held"), "|---|---|---|---|---|---|"}
	for _, w := range r.rows {
		verdict := map[bool]string{true: "yes", false: "**no**"}[w.held]
		if w.budget == "" {
			verdict = "—"
		}
		lines = append(lines, line(w.budget, w.what, w.measured, w.ratio, w.limit, verdict))
	}
	if r.table != "" {
		lines = append(lines, "\n## Peers\n", r.table, r.note)
	}
	return strings.Join(lines, "\n") + "\n"
}

// line returns a line of a table.
func line(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |" }

// machine describes the machine and the commit of the figures.
func machine(ctx context.Context, root string) string {
	processor := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo")
	if name := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindSubmatch(info); name != nil {
		processor = string(name[1])
	}
	commit, _ := exec.CommandContext(ctx, "git", "-C", root, "describe", "--always", "--dirty= with changes",
		"--abbrev=12", "--exclude=*").Output() // a copy without its history has none
	return fmt.Sprintf("%s, %d cores of %s, %s, commit %s.", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(),
		processor, runtime.Version(), strings.TrimSpace(string(commit)))
}

// summary returns the median and its interval of confidence. It assumes no distribution.
func summary(values []float64) benchmath.Summary {
	values = slices.Clone(values) // a sample sorts them, and two series of the same rounds must stay in pairs
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), 0.95)
}

func median(values []float64) float64 { return summary(values).Center }

// interval returns the median of ratios with its interval of confidence.
func interval(values []float64) string {
	s := summary(values)
	return fmt.Sprintf("%s (%.2f–%.2f)", times(s.Center), s.Lo, s.Hi)
}

// ratios divides two series that were measured in the same rounds.
func ratios(of, to []float64) []float64 {
	return pairs(of, to, func(a, b float64) float64 { return a / b })
}

func pairs(of, with []float64, combine func(a, b float64) float64) (out []float64) {
	for i := range of {
		out = append(out, combine(of[i], with[i]))
	}
	return out
}

func times(ratio float64) string { return fmt.Sprintf("%.2f ×", ratio) }

// ms returns a duration in milliseconds.
func ms(d time.Duration) float64 { return d.Seconds() * 1000 }
