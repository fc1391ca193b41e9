package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// texts is a string or a list of strings in a policy.
type texts []string

func (t *texts) UnmarshalJSON(content []byte) error {
	var one string
	if json.Unmarshal(content, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(content, (*[]string)(t))
}

// statement is a statement of a role's policy.
type statement struct {
	Sid, Effect      string
	Action, Resource texts
	Condition        map[string]map[string]texts
}

// call is what a role does at AWS, or a service that invokes a function.
type call struct {
	role, action, resource string
	via                    string // the service that acts for the role, for kms:ViaService; empty if it acts itself
	source, account        string // of the resource for which a service acts, for aws:SourceArn and aws:SourceAccount
}

// covers returns the action and the resource of the statement that a call falls under.
func (s statement) covers(c call) (action, resource string, ok bool) {
	matching := func(value string) func(string) bool {
		return func(pattern string) bool { return like(pattern, value) }
	}
	a := slices.IndexFunc(s.Action, func(p string) bool { return like(strings.ToLower(p), strings.ToLower(c.action)) })
	r := slices.IndexFunc(s.Resource, matching(c.resource))
	if a < 0 || r < 0 || !s.conditionsHold(c) {
		return "", "", false
	}
	return s.Action[a], s.Resource[r], true
}

// conditionsHold reports whether every condition holds. A condition that is not known here does not hold.
func (s statement) conditionsHold(c call) bool {
	for operator, keys := range s.Condition {
		for key, values := range keys {
			holds := false
			switch operator + " " + key {
			case "StringEquals kms:ViaService":
				holds = slices.Contains(values, c.via)
			case "StringLike kms:ViaService":
				holds = slices.ContainsFunc(values, func(pattern string) bool { return like(pattern, c.via) })
			case "StringEquals aws:SourceAccount":
				holds = slices.Contains(values, c.account)
			case "ArnLike aws:SourceArn":
				holds = slices.ContainsFunc(values, func(pattern string) bool { return like(pattern, c.source) })
			}
			if !holds {
				return false
			}
		}
	}
	return true
}

// like matches a value with a pattern of IAM: * is any text and ? any character.
func like(pattern, value string) bool {
	for i := range len(pattern) {
		switch {
		case pattern[i] == '*':
			for end := i; end <= len(value); end++ {
				if like(pattern[i+1:], value[end:]) {
					return true
				}
			}
			return false
		case i >= len(value) || pattern[i] != '?' && pattern[i] != value[i]:
			return false
		}
	}
	return len(pattern) == len(value)
}

// judge decides on the calls of roles by the statements of their policies, and keeps what it decided.
type judge struct {
	mu         sync.Mutex
	roles      map[string][]statement
	boundaries map[string][]statement // of the roles that have one, which must allow a call too
	verdicts   map[call]*verdict
	used       map[string]bool // role, Sid, action and resource of each permission that a call needed
}

// verdict is the decision on a call.
type verdict struct {
	sid   string // of the statement that allows it, empty if it is denied
	count int
}

func newJudge(roles, boundaries map[string][]statement) *judge {
	return &judge{roles: roles, boundaries: boundaries, verdicts: map[call]*verdict{}, used: map[string]bool{}}
}

// allow decides on a call. The first statement that allows it counts as used, so a second one is superfluous.
func (j *judge) allow(c call) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	v := j.verdicts[c]
	if v == nil {
		v = &verdict{sid: j.decide(c)}
		j.verdicts[c] = v
	}
	v.count++
	return v.sid != ""
}

func (j *judge) decide(c call) (sid string) {
	permission := ""
	for n, s := range j.roles[c.role] {
		action, resource, ok := s.covers(c)
		switch {
		case ok && s.Effect == "Deny":
			return ""
		case ok && permission == "":
			sid, permission = name(s, n), c.role+" "+name(s, n)+" "+action+" "+resource
		}
	}
	within := func(s statement) bool { _, _, ok := s.covers(c); return ok && s.Effect != "Deny" }
	if boundary, bounded := j.boundaries[c.role]; bounded && !slices.ContainsFunc(boundary, within) {
		return ""
	}
	if permission != "" {
		j.used[permission] = true
	}
	return sid
}

// name returns the Sid of a role's statement, or its number if it has none.
func name(s statement, n int) string {
	if s.Sid != "" {
		return s.Sid
	}
	return fmt.Sprint("statement ", n+1)
}

// unused returns the permissions that no call needed, sorted, as "role Sid action resource".
func (j *judge) unused() (all []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for role, statements := range j.roles {
		for n, s := range statements {
			for _, action := range s.Action {
				for _, resource := range s.Resource {
					permission := role + " " + name(s, n) + " " + action + " " + resource
					if s.Effect != "Deny" && !j.used[permission] {
						all = append(all, permission)
					}
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// denied returns the calls that no statement allows, sorted.
func (j *judge) denied() (all []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for c, v := range j.verdicts {
		if v.sid == "" {
			all = append(all, c.String())
		}
	}
	slices.Sort(all)
	return all
}

func (c call) String() string {
	text := c.role + " " + c.action + " " + c.resource
	if c.via != "" {
		text += " via " + c.via
	}
	if c.source != "" {
		text += " for " + c.source
	}
	return text
}
