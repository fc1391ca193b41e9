package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// progressEvery is how often a run says how far it is: silence would be a fault of its own.
const progressEvery = 9 * time.Second

// hits are the sandbox's counts of its faults.
type hits struct {
	Calls    map[string]int            `json:"calls"`
	Suffered map[string]map[string]int `json:"suffered"`
	Forms    map[string]map[string]int `json:"forms"`
	Unsigned map[string]int            `json:"unsigned"`
}

// progress prints one line.
func (s *soak) progress(context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var parts []string
	for _, step := range slices.Sorted(maps.Keys(s.steps)) {
		if n := s.steps[step]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, step))
		}
	}
	if len(parts) == 0 {
		parts = []string{"starting"}
	}
	fmt.Fprintf(s.out, "%5.0f s  %s\n", time.Since(s.begin).Seconds(), strings.Join(parts, ", "))
}

func (s *soak) report(r result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	invocations, killed := 0, 0
	for _, toll := range s.stack.Lambda.Kills() {
		invocations += toll.Invocations
		killed += toll.Killed()
	}
	fmt.Fprintf(s.out, "\n%d payments in %.0f s; seed %d\n", r.orders, time.Since(s.begin).Seconds(), s.Seed)
	fmt.Fprintf(s.out, "  %d of %d invocations killed\n", killed, invocations)
	s.reportHits()
	for _, what := range slices.Sorted(maps.Keys(s.tally)) {
		fmt.Fprintf(s.out, "  %6d  %s\n", s.tally[what], what)
	}
	fmt.Fprintf(s.out, "\n  DOKU's ledger and the orders: %d done twice, %d refusals believed,", r.twice, r.believed)
	fmt.Fprintf(s.out, " %d differ without attention\n", r.differ)
	fmt.Fprintf(s.out, "  %d differ with attention, %d in question, %d parked, %d conflicts\n",
		r.known, r.question, r.parked, r.conflicts)
	if s.Memory > 0 {
		fmt.Fprintf(s.out, "  DOKU forgets after %s: %d more effects for %d resends of the same\n",
			s.Memory, r.extra, r.resends)
	}
	slices.Sort(s.wrong)
	for _, line := range s.wrong[:min(len(s.wrong), 30)] {
		fmt.Fprintln(s.out, "  WRONG ", line)
	}
	if more := len(s.wrong) - 30; more > 0 {
		fmt.Fprintf(s.out, "  and %d more\n", more)
	}
}

// reportHits prints how often each fault happened, and in how many forms.
func (s *soak) reportHits() {
	forms := map[string]int{}
	for _, counts := range s.hits.Forms {
		for form := range counts {
			fault, _, _ := strings.Cut(form, " ")
			forms[fault]++
		}
	}
	endpoints := slices.Sorted(maps.Keys(s.hits.Calls))
	perFault := map[string][]string{}
	for _, endpoint := range endpoints {
		for fault, n := range s.hits.Suffered[endpoint] {
			perFault[fault] = append(perFault[fault], fmt.Sprintf("%s %d", endpoint, n))
		}
	}
	for _, fault := range slices.Sorted(maps.Keys(perFault)) {
		line := strings.Join(perFault[fault], ", ")
		if n := forms[fault]; n > 0 {
			line += fmt.Sprintf("; %d forms", n)
		}
		fmt.Fprintf(s.out, "  %-18s  %s\n", fault, line)
	}
	for _, class := range slices.Sorted(maps.Keys(s.hits.Unsigned)) {
		fmt.Fprintf(s.out, "  unsigned by class   %s %d\n", class, s.hits.Unsigned[class])
	}
}

func asJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
