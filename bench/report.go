package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchmath"
)

// row is one line of the table.
type row struct {
	budget   string // P1 to P10; empty for a figure without a budget
	what     string
	measured string
	ratio    string // to the subject in the column what
	limit    string
	held     bool
}

// report collects the rows, and the table of the part cold in lines of Markdown with a note.
type report struct {
	rows  []row
	table []string
	note  string
}

func (r *report) add(rows ...row) { r.rows = append(r.rows, rows...) }

// verdict returns an error that names the budgets that are missed.
func (r *report) verdict() error {
	budgets, missed := 0, []string{}
	for _, w := range r.rows {
		if w.budget != "" {
			budgets++
		}
		if w.budget != "" && !w.held {
			missed = append(missed, fmt.Sprintf("missed: %s, %s: %s %s, not %s", w.budget, w.what, w.measured, w.ratio,
				w.limit))
		}
	}
	progress("held: %d of %d budgets", budgets-len(missed), budgets)
	if len(missed) > 0 {
		return errors.New(strings.Join(missed, "\n"))
	}
	return nil
}

func (r *report) markdown(machine string) string {
	var out bytes.Buffer
	out.WriteString("# Results\n\nWritten by `make bench`; [README.md](README.md) describes each figure. ")
	fmt.Fprintf(&out, "Ratios are medians of one interleaved run.\n\n%s\n", machine)
	fmt.Fprintf(&out, "\n## Budgets\n\n%s\n", strings.Join(r.budgets(), "\n"))
	if r.table != nil {
		fmt.Fprintf(&out, "\n## Peers\n\n%s\n\n%s\n", strings.Join(r.table, "\n"), r.note)
	}
	return out.String()
}

func (r *report) budgets() []string {
	lines := []string{"| budget | what | measured | ratio | limit | held |", "|---|---|---|---|---|---|"}
	for _, w := range r.rows {
		verdict := map[bool]string{true: "yes", false: "**no**"}[w.held]
		if w.budget == "" {
			verdict = "—"
		}
		lines = append(lines, line(w.budget, w.what, w.measured, w.ratio, w.limit, verdict))
	}
	return lines
}

// line returns a line of a table.
func line(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |" }

// machine describes the machine and the commit of the figures. A copy without its history has no commit.
func machine(ctx context.Context, root string) string {
	processor := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo") // only Linux has it
	if name := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindSubmatch(info); name != nil {
		processor = string(name[1])
	}
	git := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty= with changes",
		"--abbrev=12", "--exclude=*")
	git.Dir = root
	commit, _ := git.Output()
	today := time.Now().UTC().Format(time.DateOnly)
	text := fmt.Sprintf("%s, %d cores of %s, %s", today, runtime.NumCPU(), processor, runtime.Version())
	if len(commit) > 0 {
		text += ", commit " + strings.TrimSpace(string(commit))
	}
	return text + "."
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
func ratios(of, to []float64) (out []float64) {
	for i := range of {
		out = append(out, of[i]/to[i])
	}
	return out
}

// differences subtracts two series that were measured in the same rounds.
func differences(of, minus []float64) (out []float64) {
	for i := range of {
		out = append(out, of[i]-minus[i])
	}
	return out
}

func times(ratio float64) string { return fmt.Sprintf("%.2f ×", ratio) }

func mebibytes(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

// us returns a duration in microseconds.
func us(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
