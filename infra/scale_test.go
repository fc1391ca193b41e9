package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The runs of pages cover every shard once, and the last one also those of an earlier, greater setting.
func TestTheRunsOfPagesCoverEveryShard(t *testing.T) {
	for _, c := range []struct{ shards, runs int }{{0, 0}, {8, 1}, {8, 3}, {40, 4}, {256, 32}, {100, 7}} {
		s := Stage{Scale: Scale{Shards: c.shards, PageRuns: c.runs}}
		seen, names, open := map[int]int{}, map[string]bool{}, 0
		for _, schedule := range s.schedules() {
			var in struct {
				Part string
				From int
				To   *int
			}
			if err := json.Unmarshal([]byte(schedule.Input), &in); err != nil {
				t.Fatal(err)
			}
			names[schedule.Name] = true
			if in.Part != "pages" {
				continue
			}
			end := 300
			if in.To != nil {
				end = *in.To + 1
			} else {
				open++
			}
			for shard := in.From; shard < end; shard++ {
				seen[shard]++
			}
		}
		for shard := range 300 {
			if seen[shard] != 1 {
				t.Errorf("%+v: shard %d is in %d runs", c, shard, seen[shard])
				break
			}
		}
		if want := max(c.runs, 1) + 1; len(names) != want || open != 1 || !names["reconcilePages"] {
			t.Errorf("%+v: schedules %v, want %d", c, names, want)
		}
	}
}

// A function's own reserved executions replace those of all functions, and count for the account.
func TestReservedExecutionsOfOneFunction(t *testing.T) {
	s := Stage{Concurrency: Concurrency{Functions: 10, Reconcile: 2}}
	before := s.reserved()
	s.Scale.Reserved = map[string]int{"createpage": 300}
	if got := s.reserved() - before; got != 290 {
		t.Errorf("createpage reserves %d more, want 290", got)
	}
	if facts := s.facts(); !slices.Contains(strings.Fields(facts), fmt.Sprintf("reserved=%d", s.reserved())) {
		t.Errorf("make deploy compares %q with the account's quota", facts)
	}
}
