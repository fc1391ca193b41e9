package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"kasir/bench/path"
)

// row is one line of the table.
type row struct {
	budget   string // P1 to P8; empty for a figure without a budget
	what     string
	measured string
	ratio    string // to what stands in the column's place in the text of what
	limit    string
	held     bool
}

// report gathers the rows, and tables that stand apart.
type report struct {
	rows []row

	growth, peers, money []string // lines of Markdown
}

func (r *report) add(rows ...row) { r.rows = append(r.rows, rows...) }

// facts are figures that one part leaves to another.
type facts struct {
	paths map[string]path.Cost // what they cost at DynamoDB, by name
}

func (r *report) markdown(machine string, quick bool) string {
	var out bytes.Buffer
	out.WriteString("# Results\n\nWritten by `make bench`; [README.md](README.md) says how each figure comes about. Ratios are medians of one interleaved run.\n\n")
	out.WriteString(machine + "\n")
	if quick {
		out.WriteString("\nA quick run: the timings are not to be judged by.\n")
	}
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(&out, "\n## %s\n\n%s\n", title, strings.Join(lines, "\n"))
		}
	}
	section("Budgets", r.budgets())
	section("Peers", r.peers)
	section("Growth", r.growth)
	section("Money", r.money)
	return out.String()
}

func (r *report) budgets() []string {
	lines := []string{"| budget | what | measured | ratio | limit | held |", "|---|---|---|---|---|---|"}
	for _, w := range r.rows {
		verdict := "—"
		if w.budget != "" {
			verdict = "**no**"
			if w.held {
				verdict = "yes"
			}
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | %s | %s | %s | %s |", w.budget, w.what, w.measured, w.ratio, w.limit, verdict))
	}
	return lines
}

// machine says where and of what the figures are.
func machine(ctx context.Context, root string) string {
	text := fmt.Sprintf("%s, %d cores of %s, %s", time.Now().UTC().Format("2006-01-02"), runtime.NumCPU(), processor(), runtime.Version())
	git := func(args ...string) string {
		command := exec.CommandContext(ctx, "git", args...)
		command.Dir = root
		out, _ := command.Output() // a copy without its history has no commit to name
		return strings.TrimSpace(string(out))
	}
	if commit := git("rev-parse", "--short=12", "HEAD"); commit != "" {
		text += ", commit " + commit
		if git("status", "--porcelain", "--untracked-files=no") != "" {
			text += " with changes"
		}
	}
	return text + "."
}

func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, " \t:"))
		}
	}
	return runtime.GOARCH
}
