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

// What happens at a ceiling.
const (
	late      = "unpaid pages expire later, alarm ReconcileLeft. Money is not affected"
	refused   = "callers get 429 or 503; DOKU repeats notifications"
	throttled = "callers get 429; DOKU repeats notifications"
	stored    = "503 with `Retry-After`, alarm StoreFailures"
	behind    = "events come later, alarm EventsBehind. None is lost"
	braked    = "the brake of `POST /payments` answers 503 after two slow calls in each instance; " +
		"until then, 429 for all"
)

// Ceilings returns all ceilings, the lowest first.
func Ceilings(m Mix) []Ceiling {
	all := slices.Concat(ofReconcile(m), ofInvocations(m), ofTable(m), ofEvents(m))
	slices.SortStableFunc(all, func(a, b Ceiling) int { return cmp.Compare(a.At, b.At) })
	return all
}

func ofReconcile(m Mix) []Ceiling {
	row := func(r Reconcile, runs, kind, change string) Ceiling {
		what := fmt.Sprintf("`reconcile`, %d shards, %d looks at once, %s: %s looks a second", r.Shards, r.LooksAtOnce,
			runs, thousands(r.LooksPerSecond()))
		return Ceiling{r.LooksPerSecond() / m.looks(), what, kind, late, change}
	}
	return []Ceiling{
		row(Reconcile{Shards, LooksAtOnce, 1}, "1 run", "setting", "`Scale.LooksAtOnce` 16"),
		row(Reconcile{Shards, 16, 1}, "1 run", "setting", "`Scale` {`Shards` 32, `LooksAtOnce` 16, `PageRuns` 4}"),
		row(Reconcile{32, 16, 4}, "4 runs", "setting", "8 shards and one run more for each 120 looks a second"),
		row(Reconcile{256, 16, MostPageRuns}, "32 runs", "design", "cells, or a queue (below)"),
	}
}

func ofInvocations(m Mix) []Ceiling {
	row := func(limit, each float64, what, kind, happens, change string) Ceiling {
		return Ceiling{limit / each, fmt.Sprintf(what, thousands(limit)), kind, happens, change}
	}
	usual, slow := m.executions(Patience), m.executions(Slow)
	return []Ceiling{
		row(StageThrottle, m.pages(), "`Throttle`, %s requests a second of a route", "setting",
			"callers of `POST /payments` get 429", "`Throttle`"),
		row(NewExecutions, usual, "Lambda, %s executions of a new account", "quota", refused,
			"have the quota raised before the first sale"),
		row(Executions, slow, "Lambda, %s executions, while DOKU takes 20 s", "quota", braked,
			"`Scale.Reserved` {`notify`, `capture`, `refund`}, and the quota"),
		row(Executions, usual, "Lambda, %s executions", "quota", refused, "the quota: ten thousands on request"),
		row(Requests, m.requests(), "HTTP API, %s requests a second", "quota", throttled, "the quota, or cells"),
		row(ManyRequests, m.requests(), "HTTP API, %s in large regions", "quota", throttled, "the quota, or cells"),
	}
}

func ofTable(m Mix) []Ceiling {
	row := func(limit, each float64, what, kind, change string) Ceiling {
		return Ceiling{limit / each, "DynamoDB, " + what, kind, stored, change}
	}
	return []Ceiling{
		row(NewTableWrites, m.writes(), "a new table: 4,000 writes a second", "quota",
			"let the load double at most every 30 minutes, or warm the table"),
		row(TableWrites, m.writes(), "a table: 40,000 writes a second", "quota", "the quota, or cells"),
		row(Shards*PartitionWrites, m.dueWrites(), "index `due`, 8 shards of pages", "setting", "`Scale.Shards`"),
		row(256*PartitionWrites, m.dueWrites(), "index `due`, 256 shards of pages", "design", "cells"),
		row(ListShards*PartitionWrites, m.pages(), "index `day`, 4 partitions", "design",
			"`payment.ListShards`, or cells"),
		row(PartitionWrites, m.pages(), "index `customer`, if no request has a `customer.id`", "setting",
			"send `customer.id`, or `NoCustomerList`"),
	}
}

func ofEvents(m Mix) []Ceiling {
	const streams = 4 // shards of the stream of a new table, one for each partition
	return []Ceiling{
		{Events / m.events(), fmt.Sprintf("EventBridge, %d events a second in the smallest regions", Events), "quota",
			behind, "the quota"},
		{streams * publishRate / m.events(), fmt.Sprintf("`publish`, one batch of %d of each of %d shards of the "+
			"stream", StreamBatch, streams), "setting", behind, "`Scale.StreamParallel` 2 to 10, `StreamBatch` 100"},
		{Deliveries * 10 / 0.2 / m.events(), fmt.Sprintf("`deliver`, %d executions for an endpoint that takes 0.2 s",
			Deliveries), "setting", "events wait in the endpoint's queue, up to 14 days", "`Concurrency.Webhooks`"},
	}
}

// CeilingsTable returns the ceilings up to 10,000 payments a second.
func CeilingsTable(m Mix) string {
	lines := []string{"| payments a second | what ends | kind | what happens | what to change |",
		"|---|---|---|---|---|"}
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
		"| payments a second | cells | of each: pages a second | looks a second | `PageRuns` | executions | " +
			"requests a second | writes a second | events a second |", "|---|---|---|---|---|---|---|---|---|"}
	run := Reconcile{8, 16, 1}.LooksPerSecond()
	for _, load := range []float64{10, 100, 300, 1000, 3000, 10_000} {
		cells := math.Ceil(load / perCell)
		s := load / cells
		row := []string{thousands(load), thousands(cells)}
		for _, n := range []float64{s * m.pages(), s * m.looks(), math.Ceil(s * m.looks() / run),
			s * m.executions(Patience), s * m.requests(), s * m.writes(), s * m.events()} {
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
		return c.Kind == "quota" && !strings.Contains(c.What, "new account") &&
			!strings.Contains(c.What, "while DOKU") && c.Happens != behind
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
