package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"kasir/shared/app"
	"kasir/shared/function"
	"kasir/shared/route"
)

// Scale is how much work a stage does at once. In each field 0 means the default. docs/scale.md explains when to raise
// which.
type Scale struct {
	Shards      int // of the orders that are due, 8 to 256; it may be changed at any time
	LooksAtOnce int // orders of one shard that reconcile works on at the same time
	// PageRuns is the number of runs of reconcile in each minute that share the shards of pages; 0: 1.
	PageRuns int

	StreamParallel int // batches of one shard of the table's stream that publish works on at the same time, 1 to 10
	StreamBatch    int // changes in a batch, up to 1,000
	StreamWindow   int // seconds that a batch may wait for more changes, up to 300; 0: 1

	// Reserved has the reserved executions of single functions, by name, in place of those of Concurrency. A function
	// without them cannot be starved by the others, but is throttled at this number itself.
	Reserved map[string]int
}

func (s Stage) streamBatch() int  { return cmp.Or(s.Scale.StreamBatch, function.StreamBatch) }
func (s Stage) streamWindow() int { return cmp.Or(s.Scale.StreamWindow, 1) }

// streamParallel returns nil for the default, so that the template stays as it was.
func (s Stage) streamParallel() *float64 {
	if s.Scale.StreamParallel == 0 {
		return nil
	}
	return new(float64(s.Scale.StreamParallel))
}

// count returns a number in the form of the functions' settings. It is empty for 0, and the functions then use their
// default.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// schedules returns the stage's schedules: those of package route, with the pages divided among PageRuns. The last run
// has no end, since it also reads the shards that an earlier setting used.
func (s Stage) schedules() []route.Schedule {
	var all []route.Schedule
	runs, shards := cmp.Or(s.Scale.PageRuns, 1), cmp.Or(s.Scale.Shards, app.FewestShards)
	for _, schedule := range route.Schedules {
		if !schedule.Pages || runs == 1 {
			all = append(all, schedule)
			continue
		}
		for i := range runs {
			one, from := schedule, i*shards/runs
			one.Input = fmt.Sprintf(`{"part":"pages","from":%d,"to":%d}`, from, (i+1)*shards/runs-1)
			if i == runs-1 {
				one.Input = fmt.Sprintf(`{"part":"pages","from":%d}`, from)
			}
			if i > 0 {
				one.Name += strconv.Itoa(i + 1)
			}
			all = append(all, one)
		}
	}
	return all
}

// mostPageRuns is the greatest PageRuns.
const mostPageRuns = 32

func (c *checker) scale(s Stage) {
	shards, runs := cmp.Or(s.Scale.Shards, app.FewestShards), cmp.Or(s.Scale.PageRuns, 1)
	c.require(shards >= app.FewestShards && shards <= app.MostShards, "Scale.Shards",
		"is %d; it must be from %d to %d", shards, app.FewestShards, app.MostShards)
	c.require(runs >= 1 && runs <= min(shards, mostPageRuns), "Scale.PageRuns",
		"is %d; it must be from 1 to %d, and at most the number of shards", runs, mostPageRuns)
	// The tests run beside both. If they found no execution, SyntheticRuns would send a page.
	c.require(s.Concurrency.Reconcile == 0 || s.Concurrency.Reconcile >= runs+2, "Concurrency.Reconcile",
		"is %d; money has one run, pages have %d and the tests one, so it must be 0 or at least %d",
		s.Concurrency.Reconcile, runs, runs+2)
	together := shards / runs * cmp.Or(s.Scale.LooksAtOnce, 8)
	c.require(together <= app.MostLooks, "Scale.LooksAtOnce",
		"makes %d looks in one run at the same time, and a run makes at most %d: raise PageRuns", together,
		app.MostLooks)
	c.require(s.Scale.StreamParallel >= 0 && s.Scale.StreamParallel <= 10, "Scale.StreamParallel",
		"is %d; Lambda takes 1 to 10", s.Scale.StreamParallel)
	c.require(s.Scale.StreamBatch >= 0 && s.Scale.StreamBatch <= 1000, "Scale.StreamBatch",
		"is %d; it must be from 1 to 1000", s.Scale.StreamBatch)
	c.require(s.Scale.StreamWindow >= 0 && s.Scale.StreamWindow <= 300, "Scale.StreamWindow",
		"is %d; Lambda takes up to 300 seconds", s.Scale.StreamWindow)
	for _, name := range slices.Sorted(maps.Keys(s.Scale.Reserved)) {
		row, known := function.Find(name)
		c.require(known && s.Scale.Reserved[name] > 0, "Scale.Reserved",
			"has %q: %d; it must name a function and a number above 0", name, s.Scale.Reserved[name])
		c.require(row.MaxBody > 0 || row.Stream, "Scale.Reserved",
			"has %q; Concurrency has the number of reconcile and of the webhooks", name)
	}
	n := s.Notifications
	c.require(n == (Throttle{}) || n.Rate > 0 && n.Burst > 0, "Notifications",
		"is %d a second and %d at once; both must be above 0, or both 0", n.Rate, n.Burst)
}
