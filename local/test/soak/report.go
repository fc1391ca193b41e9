package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// progressEvery is how often a run reports its progress.
const progressEvery = time.Second

// Report is the result of a run. Its JSON is the output of kasir soak --json.
type Report struct {
	Payments    int            `json:"payments"`
	Seconds     float64        `json:"seconds"`
	Seed        uint64         `json:"seed"`
	Invocations int            `json:"invocations"`
	Killed      int            `json:"killed"` // invocations
	Tally       map[string]int `json:"tally"`
	Faults      Faults         `json:"faults"`
	Books       Books          `json:"books"`
	Memory      time.Duration  `json:"-"`
	Wrong       []string       `json:"wrong"` // broken promises
}

// Faults holds the sandbox's counts of its faults.
type Faults struct {
	Calls    map[string]int            `json:"calls"`
	Suffered map[string]map[string]int `json:"suffered"`
	Forms    map[string]map[string]int `json:"forms"`
	Unsigned map[string]int            `json:"unsigned"`
}

// Books is the comparison of DOKU's ledger with the orders.
type Books struct {
	Twice     int `json:"done_twice"`
	Believed  int `json:"refusals_believed"`
	Differ    int `json:"differ"`                // without attention
	Known     int `json:"differ_with_attention"` // orders
	Question  int `json:"in_question"`           // orders
	Parked    int `json:"parked"`                // operations
	Conflicts int `json:"conflicts"`
	Extra     int `json:"more_effects"` // after DOKU forgot the request
	Resends   int `json:"resends"`      // of the intents with more effects
}

// progress reports how many plans are in each step.
func (s *soak) progress(context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	parts := []string{fmt.Sprintf("%d of %d finished", s.steps["finished"], s.Payments)}
	for _, step := range slices.Sorted(maps.Keys(s.steps)) {
		if n := s.steps[step]; n > 0 && step != "finished" {
			parts = append(parts, fmt.Sprintf("%d %s", n, step))
		}
	}
	s.print(strings.Join(parts, ", "))
}

func (s *soak) report(r result) *Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	report := &Report{
		Payments: r.orders, Seconds: time.Since(s.begin).Seconds(), Seed: s.Seed, Tally: s.tally, Faults: s.faults,
		Books: Books{r.twice, r.believed, r.differ, r.known, r.question, r.parked, r.conflicts, r.extra, r.resends},
		Wrong: slices.Sorted(slices.Values(s.wrong)), Memory: s.Memory,
	}
	for _, counts := range s.stack.Lambda.Kills() {
		report.Invocations += counts.Invocations
		report.Killed += counts.Killed()
	}
	return report
}

// Print writes the report for people.
func (r *Report) Print(w io.Writer) {
	fmt.Fprintf(w, "%d payments in %.0f s; seed %d\n", r.Payments, r.Seconds, r.Seed)
	fmt.Fprintf(w, "  %d of %d invocations killed\n", r.Killed, r.Invocations)
	r.Faults.print(w)
	for _, what := range slices.Sorted(maps.Keys(r.Tally)) {
		fmt.Fprintf(w, "  %6d  %s\n", r.Tally[what], what)
	}
	b := r.Books
	fmt.Fprintf(w, "\n  DOKU's ledger and the orders: %d done twice, %d refusals believed,", b.Twice, b.Believed)
	fmt.Fprintf(w, " %d differ without attention\n", b.Differ)
	fmt.Fprintf(w, "  %d differ with attention, %d in question, %d parked, %d conflicts\n",
		b.Known, b.Question, b.Parked, b.Conflicts)
	if r.Memory > 0 {
		fmt.Fprintf(w, "  DOKU forgets after %s: %d more effects for %d resends of the same\n",
			r.Memory, b.Extra, b.Resends)
	}
	for _, line := range r.Wrong[:min(len(r.Wrong), 30)] {
		fmt.Fprintln(w, "  WRONG ", line)
	}
	if more := len(r.Wrong) - 30; more > 0 {
		fmt.Fprintf(w, "  and %d more\n", more)
	}
}

// print writes how often each fault happened, and in how many forms.
func (f Faults) print(w io.Writer) {
	forms := map[string]int{}
	for _, counts := range f.Forms {
		for form := range counts {
			fault, _, _ := strings.Cut(form, " ")
			forms[fault]++
		}
	}
	perFault := map[string][]string{}
	for _, endpoint := range slices.Sorted(maps.Keys(f.Calls)) {
		for fault, n := range f.Suffered[endpoint] {
			perFault[fault] = append(perFault[fault], fmt.Sprintf("%s %d", endpoint, n))
		}
	}
	for _, fault := range slices.Sorted(maps.Keys(perFault)) {
		line := strings.Join(perFault[fault], ", ")
		if n := forms[fault]; n > 0 {
			line += fmt.Sprintf("; %d forms", n)
		}
		fmt.Fprintf(w, "  %-18s  %s\n", fault, line)
	}
	for _, class := range slices.Sorted(maps.Keys(f.Unsigned)) {
		fmt.Fprintf(w, "  unsigned by class   %s %d\n", class, f.Unsigned[class])
	}
}

func asJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
