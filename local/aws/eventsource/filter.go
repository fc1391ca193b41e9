package eventsource

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Filter is a filter pattern of an event source mapping. Of AWS's patterns it evaluates lists of exact texts, of texts
// with a prefix, and the absence of a text, in nested objects. ParseFilters refuses everything else.
type Filter struct {
	members  map[string]Filter // nil for a list
	exact    []string
	prefixes []string
	absent   bool // the text may be missing
}

// Filters are the patterns of a mapping. A record passes if one of them matches.
type Filters []Filter

// ParseFilters reads patterns, such as {"eventName":["INSERT"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"order#"}]}}}}.
func ParseFilters(patterns ...string) (all Filters, err error) {
	for _, pattern := range patterns {
		f, err := parse("", []byte(pattern))
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

func parse(at string, pattern []byte) (Filter, error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(pattern, &members) == nil && members != nil {
		f := Filter{members: map[string]Filter{}}
		for name, part := range members {
			member, err := parse(at+"/"+name, part)
			if err != nil {
				return Filter{}, err
			}
			f.members[name] = member
		}
		return f, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(pattern, &list); err != nil {
		return Filter{}, fmt.Errorf("filter pattern, %q: it must be an object or a list", at)
	}
	var f Filter
	for _, part := range list {
		var text string
		var rule map[string]string
		switch {
		case json.Unmarshal(part, &text) == nil && string(part) != "null":
			f.exact = append(f.exact, text)
		case json.Unmarshal(part, &rule) == nil && len(rule) == 1 && rule["prefix"] != "":
			f.prefixes = append(f.prefixes, rule["prefix"])
		case string(part) == `{"exists":false}`:
			f.absent = true
		default:
			return Filter{}, fmt.Errorf("filter pattern, %q: %s is not evaluated on one machine, "+
				"only texts, prefixes and {\"exists\":false} are", at, part)
		}
	}
	return f, nil
}

// Matches reports whether a record matches one of the patterns. Every member of that pattern must be in the record,
// with one of the values.
func (all Filters) Matches(record []byte) bool {
	var value any
	return json.Unmarshal(record, &value) == nil &&
		slices.ContainsFunc(all, func(f Filter) bool { return f.matches(value) })
}

func (f Filter) matches(value any) bool {
	if f.members != nil {
		object, _ := value.(map[string]any) // without it there are no members
		for name, member := range f.members {
			if !member.matches(object[name]) {
				return false
			}
		}
		return true
	}
	text, ok := value.(string)
	if !ok {
		return f.absent
	}
	return slices.Contains(f.exact, text) ||
		slices.ContainsFunc(f.prefixes, func(prefix string) bool { return strings.HasPrefix(text, prefix) })
}
