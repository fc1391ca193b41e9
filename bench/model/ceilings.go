package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Ceiling is a limit, and the payments a second at which it is reached.
type Ceiling struct {
	At      float64
	What    string
	Kind    string // setting, quota, or design
	Happens string
	Change  string
}

// Ceilings returns all ceilings, the lowest first.
func Ceilings(m Mix) []Ceiling {
	ofLooks := func(r Reconcile) float64 { return r.LooksPerSecond() / m.looks() }
	runs := func(r Reconcile) string {
		return fmt.Sprintf("`reconcile`, %d shards, %d looks at once, %d run%s: %s looks a second", r.Shards,
			r.LooksAtOnce, r.Runs, map[bool]string{true: "s"}[r.Runs > 1], thousands(r.LooksPerSecond()))
	}
	first, one := Reconcile{Shards, LooksAtOnce, 1}, Reconcile{Shards, 16, 1}
	four, most := Reconcile{32, 16, 4}, Reconcile{256, 16, MostPageRuns}
	stored := "503 with `Retry-After`, alarm StoreFailures"
	late := "unpaid pages expire later, alarm ReconcileLeft. Money is not affected"
	all := []Ceiling{
		{ofLooks(first), runs(first), "setting", late, "`Scale.LooksAtOnce` 16"},
		{ofLooks(one), runs(one), "setting", late, "`Scale` {`Shards` 32, `LooksAtOnce` 16, `PageRuns` 4}"},
		{ofLooks(four), runs(four), "setting", late, "8 shards and one run more for each 120 looks a second"},
		{ofLooks(most), runs(most), "design", late, "cells, or a queue (below)"},
		{StageThrottle / m.pages(), fmt.Sprintf("`Throttle`, %d requests a second of a route", StageThrottle), "setting",
			"callers of `POST /payments` get 429", "`Throttle`"},
		{NewExecutions / m.executions(Patience), fmt.Sprintf("Lambda, %d executions of a new account", NewExecutions), "quota",
			"callers get 429 or 503; DOKU repeats notifications", "have the quota raised before the first sale"},
		{Executions / m.executions(Slow), fmt.Sprintf("Lambda, %s executions, while DOKU takes 20 s", thousands(Executions)),
			"quota", "the brake of `POST /payments` answers 503 after two slow calls in each instance; until then, 429 for all",
			"`Scale.Reserved` {`notify`, `capture`, `refund`}, and the quota"},
		{Executions / m.executions(Patience), fmt.Sprintf("Lambda, %s executions", thousands(Executions)), "quota",
			"callers get 429 or 503", "the quota: ten thousands on request"},
		{Requests / m.requests(), fmt.Sprintf("HTTP API, %s requests a second", thousands(Requests)), "quota",
			"callers get 429; DOKU repeats notifications", "the quota, or cells"},
		{ManyRequests / m.requests(), fmt.Sprintf("HTTP API, %s in large regions", thousands(ManyRequests)), "quota",
			"callers get 429; DOKU repeats notifications",
			"the quota, or cells"},
		{Events / m.events(), fmt.Sprintf("EventBridge, %d events a second in the smallest regions", Events), "quota",
			"events come later, alarm EventsBehind. None is lost", "the quota"},
		{NewTableWrites / m.writes(), fmt.Sprintf("DynamoDB, a new table: %s writes a second", thousands(NewTableWrites)), "quota",
			stored, "let the load double at most every 30 minutes, or warm the table"},
		{TableWrites / m.writes(), fmt.Sprintf("DynamoDB, a table: %s writes a second", thousands(TableWrites)), "quota",
			stored, "the quota, or cells"},
		{Shards * PartitionWrites / m.dueWrites(), fmt.Sprintf("index `due`, %d shards of pages", Shards), "setting", stored,
			"`Scale.Shards`"},
		{256 * PartitionWrites / m.dueWrites(), "index `due`, 256 shards of pages", "design", stored, "cells"},
		{ListShards * PartitionWrites / m.pages(), fmt.Sprintf("index `day`, %d partitions", ListShards), "design", stored,
			"`payment.ListShards`, or cells"},
		{PartitionWrites / m.pages(), "index `customer`, if no request has a `customer.id`", "design", stored,
			"send `customer.id`, or `NoCustomerList`"},
		{PartitionWrites / (PartitionWrites / publishRate) * 4 / m.writes(),
			fmt.Sprintf("`publish`, one batch of %d of each of 4 shards of the stream", StreamBatch), "setting",
			"events come later, alarm EventsBehind", "`Scale.StreamParallel` 2 to 10, `StreamBatch` 100"},
		{Deliveries * 10 / 0.2 / m.events(), fmt.Sprintf("`deliver`, %d executions for an endpoint that takes 0.2 s", Deliveries),
			"setting", "events wait in the endpoint's queue, up to 14 days", "`Concurrency.Webhooks`"},
	}
	slices.SortStableFunc(all, func(a, b Ceiling) int { return cmp.Compare(a.At, b.At) })
	return all
}

// CeilingsTable returns the ceilings up to 10,000 payments a second.
func CeilingsTable(m Mix) string {
	lines := []string{"| payments a second | what ends | kind | what happens | what to change |", "|---|---|---|---|---|"}
	for _, c := range Ceilings(m) {
		if c.At <= 10_000 {
			lines = append(lines, fmt.Sprintf("| %s | %s | %s | %s | %s |", thousands(math.Floor(c.At)), c.What, c.Kind,
				c.Happens, c.Change))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// perCell is the payments a second of one cell, below the first ceiling that no setting and no quota moves.
const perCell = 2500

// LoadsTable returns what a stage needs for different loads.
func LoadsTable(m Mix) string {
	lines := []string{
		"| payments a second | cells | of each: pages a second | looks a second | `PageRuns` | executions | requests a second | " +
			"writes a second | events a second |", "|---|---|---|---|---|---|---|---|---|"}
	run := Reconcile{8, 16, 1}.LooksPerSecond()
	for _, load := range []float64{10, 100, 300, 1000, 3000, 10_000} {
		cells := math.Ceil(load / perCell)
		s := load / cells
		row := []string{thousands(load), thousands(cells)}
		for _, n := range []float64{s * m.pages(), s * m.looks(), math.Ceil(s * m.looks() / run), s * m.executions(Patience),
			s * m.requests(), s * m.writes(), s * m.events()} {
			row = append(row, thousands(math.Ceil(n)))
		}
		lines = append(lines, "| "+strings.Join(row, " | ")+" |")
	}
	return strings.Join(lines, "\n") + "\n"
}

// DefaultQuotas returns the payments a second that a stage carries under default quotas with its settings raised, and
// the ceiling that ends it. Events that come later do not end it.
func DefaultQuotas(m Mix) Ceiling {
	settings := Ceilings(m)
	i := slices.IndexFunc(settings, func(c Ceiling) bool {
		return c.Kind == "quota" && !strings.Contains(c.What, "new account") && !strings.Contains(c.What, "while DOKU") &&
			!strings.HasPrefix(c.What, "EventBridge")
	})
	return settings[i]
}

// thousands writes a whole number with separators.
func thousands(n float64) string {
	text := fmt.Sprintf("%.0f", n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
