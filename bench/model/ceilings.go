package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Quotas of AWS, as documented in 2026 for ap-southeast-3, and for large regions if those differ.
const (
	executions      = 1000 // of Lambda at once, in an account and region
	partitionWrites = 1000 // of one partition of a table or index
	requests        = 2500 // of all HTTP APIs of a region, in a second
)

// Ceiling is a limit and the payments a second at which it is reached.
type Ceiling struct {
	At         float64
	What, Kind string
}

// Row returns the first cells of a line in docs/scale.md.
func (c Ceiling) Row() string { return english.Sprintf("| %d | %s | %s |", int(c.At), c.What, c.Kind) }

// english writes numbers with separators.
var english = message.NewPrinter(language.English)

// Ceilings returns the limits, the lowest first.
func Ceilings(m Mix) []Ceiling {
	looks := func(r Reconcile, runs, kind string) Ceiling {
		rate := r.LooksPerSecond()
		return Ceiling{rate / m.looks(), english.Sprintf("`reconcile`, %d shards, %d looks at once, %s: %d looks a second",
			r.Shards, r.LooksAtOnce, runs, int(math.Round(rate))), kind}
	}
	usual := executions / m.executions(Patience)
	all := []Ceiling{
		looks(Reconcile{Shards, LooksAtOnce, 1}, "1 run", "setting"),
		looks(Reconcile{Shards, 16, 1}, "1 run", "setting"),
		looks(Reconcile{32, 16, 4}, "4 runs", "setting"),
		looks(Reconcile{256, 16, MostPageRuns}, "32 runs", "design"),
		{StageThrottle / m.pages(), fmt.Sprintf("`Throttle`, %d requests a second of a route", StageThrottle), "setting"},
		{usual / 100, "Lambda, 10 executions of a new account", "quota"},
		{executions / m.executions(Slow), "Lambda, 1,000 executions, while DOKU takes 20 s", "quota"},
		{usual, "Lambda, 1,000 executions", "quota"},
		{DefaultQuotas(m), "HTTP API, 2,500 requests a second", "quota"},
		{10_000 / m.requests(), "HTTP API, 10,000 in large regions", "quota"},
		{4000 / m.writes(), "DynamoDB, a new table: 4,000 writes a second", "quota"},
		{40_000 / m.writes(), "DynamoDB, a table: 40,000 writes a second", "quota"},
		{Shards * partitionWrites / m.dueWrites(), "DynamoDB, index `due`, 8 shards of pages", "setting"},
		{ListShards * partitionWrites / m.pages(), "DynamoDB, index `day`, 4 partitions", "design"},
		{partitionWrites / m.pages(), "DynamoDB, index `customer`, if no request has a `customer.id`", "setting"},
		{600 / m.events(), "EventBridge, 600 events a second in the smallest regions", "quota"},
		{4 * publishRate / m.events(), "`publish`, one batch of 25 of each of 4 shards of the stream", "setting"},
		{Deliveries * 10 / 0.2 / m.events(), "`deliver`, 5 executions for an endpoint that takes 0.2 s", "setting"},
	}
	slices.SortStableFunc(all, func(a, b Ceiling) int { return cmp.Compare(a.At, b.At) })
	return all
}

// DefaultQuotas returns the payments a second that a stage carries under default quotas, with its settings raised. The
// requests to the HTTP API end it. Events that come later do not.
func DefaultQuotas(m Mix) float64 { return requests / m.requests() }

// perCell is the payments a second of one cell, below the first ceiling that no setting and no quota moves.
const perCell = 2500

// Loads returns lines of docs/scale.md: what a stage needs for different loads.
func Loads(m Mix) (rows []string) {
	run := Reconcile{8, 16, 1}.LooksPerSecond()
	for _, load := range []float64{10, 100, 300, 1000, 3000, 10_000} {
		cells := math.Ceil(load / perCell)
		s := load / cells
		row := "|"
		for _, n := range []float64{load, cells, s * m.pages(), s * m.looks(), s * m.looks() / run,
			s * m.executions(Patience), s * m.requests(), s * m.writes(), s * m.events()} {
			row += english.Sprintf(" %d |", int(math.Ceil(n)))
		}
		rows = append(rows, row)
	}
	return rows
}
