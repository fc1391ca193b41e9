package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// unneeded lists permissions that a rehearsal cannot use, with the reason: a part of "role Sid action resource".
var unneeded = map[string]string{
	" Aliases lambda:": "CodeDeploy moves aliases, and moto's CodeDeploy only keeps what it is told",
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
		via := ""
		if c.via != "" {
			via = " via " + c.via
		}
		fmt.Printf("    %-32s %4d  %-12s %-34s %s%s\n", c.role, v.count, sid, c.action, c.resource, via)
	}
	fmt.Printf("    %d calls of %d kinds\n", total, len(calls))
}

// findings returns the calls that were denied, and the permissions that no call needed.
func findings(j *judge) error {
	var problems []error
	for _, line := range j.denied() {
		problems = append(problems, errors.New("denied: "+line))
	}
	for _, line := range j.unused() {
		accepted := ""
		for part, reason := range unneeded {
			if strings.Contains(line, part) {
				accepted = reason
			}
		}
		if accepted == "" {
			problems = append(problems, errors.New("no call needs: "+line))
			continue
		}
		fmt.Printf("    not used: %s: %s\n", line, accepted)
	}
	fmt.Printf("    %d denied, %d superfluous\n", len(j.denied()), len(problems)-len(j.denied()))
	return errors.Join(problems...)
}
