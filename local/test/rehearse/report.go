package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// unneeded lists the permissions that a rehearsal cannot use, by the start of "role Sid action resource", with the
// reason.
var unneeded = map[string]string{
	"CanaryRole": "CodeDeploy moves the aliases, and moto's CodeDeploy only keeps what it is told",
}

// list prints the calls of each role: how often, the statement that allows it, the action and the resource.
func list(j *judge) {
	j.mu.Lock()
	defer j.mu.Unlock()
	byText := func(a, b call) int { return strings.Compare(a.String(), b.String()) }
	calls := slices.SortedFunc(maps.Keys(j.verdicts), byText)
	total := 0
	for _, c := range calls {
		v := j.verdicts[c]
		total += v.count
		sid := v.sid
		if sid == "" {
			sid = "DENIED"
		}
		_, about, _ := strings.Cut(c.String(), c.action+" ")
		fmt.Printf("    %-32s %4d  %-12s %-34s %s\n", c.role, v.count, sid, c.action, about)
	}
	fmt.Printf("    %d calls of %d kinds\n", total, len(calls))
}

// findings returns the calls that were denied, and the permissions that no call needed.
func findings(j *judge) error {
	var problems []error
	for _, line := range j.denied() {
		problems = append(problems, errors.New("denied: "+line))
	}
	accepted := map[string]int{}
	for _, line := range j.unused() {
		start := ""
		for begin := range unneeded {
			if strings.HasPrefix(line, begin) {
				start = begin
			}
		}
		if start == "" {
			problems = append(problems, errors.New("no call needs: "+line))
			continue
		}
		accepted[start]++
	}
	for start, count := range accepted {
		fmt.Printf("    not rehearsed: %d permissions of %s: %s\n", count, start, unneeded[start])
	}
	fmt.Printf("    %d denied, %d superfluous\n", len(j.denied()), len(problems)-len(j.denied()))
	return errors.Join(problems...)
}
