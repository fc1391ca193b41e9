package model

import (
	"fmt"
	"math"
)

// Quotas of AWS, as documented in 2026 for ap-southeast-3, and for large regions if those differ.
const (
	executions      = 1000 // of Lambda at once, in an account and region
	partitionWrites = 1000 // of one partition of a table or index
	requests        = 2500 // of all HTTP APIs of a region, in a second
)

// Ceilings returns the payments a second at which each limit is reached.
func Ceilings(m Mix) (rows []Row) {
	looks := func(r Reconcile, runs string) Row {
		rate := r.LooksPerSecond()
		return ceiling(rate/m.looks(), fmt.Sprintf("`reconcile`, %d shards, %d looks at once, %s: %s looks a second",
			r.Shards, r.LooksAtOnce, runs, thousands(math.Round(rate))))
	}
	usual, slow := m.executions(Patience), m.executions(Slow)
	return []Row{
		looks(Reconcile{Shards, LooksAtOnce, 1}, "1 run"),
		looks(Reconcile{Shards, 16, 1}, "1 run"),
		looks(Reconcile{32, 16, 4}, "4 runs"),
		looks(Reconcile{256, 16, MostPageRuns}, "32 runs"),
		ceiling(StageThrottle/m.pages(), "`Throttle`, 200 requests a second of a route"),
		ceiling(10/usual, "Lambda, 10 executions of a new account"),
		ceiling(executions/slow, "Lambda, 1,000 executions, while DOKU takes 20 s"),
		ceiling(executions/usual, "Lambda, 1,000 executions |"),
		ceiling(DefaultQuotas(m), "HTTP API, 2,500 requests a second"),
		ceiling(10_000/m.requests(), "HTTP API, 10,000 in large regions"),
		ceiling(4000/m.writes(), "DynamoDB, a new table: 4,000 writes a second"),
		ceiling(40_000/m.writes(), "DynamoDB, a table: 40,000 writes a second"),
		ceiling(Shards*partitionWrites/m.dueWrites(), "DynamoDB, index `due`, 8 shards of pages"),
		ceiling(ListShards*partitionWrites/m.pages(), "DynamoDB, index `day`, 4 partitions"),
		ceiling(partitionWrites/m.pages(), "DynamoDB, index `customer`, if no request has a `customer.id`"),
		ceiling(600/m.events(), "EventBridge, 600 events a second in the smallest regions"),
		ceiling(4*publishRate/m.events(), "`publish`, one batch of 25 of each of 4 shards of the stream"),
		ceiling(Deliveries*10/0.2/m.events(), "`deliver`, 5 executions for an endpoint that takes 0.2 s"),
	}
}

func ceiling(at float64, what string) Row { return Row{"| " + what, true, []string{thousands(at)}} }

// DefaultQuotas returns the payments a second that a stage carries under default quotas, with its settings raised. The
// requests to the HTTP API end it. Events that come later do not.
func DefaultQuotas(m Mix) float64 { return requests / m.requests() }

// perCell is the payments a second of one cell, below the first ceiling that no setting and no quota moves.
const perCell = 2500

// Loads returns what a stage needs for different loads.
func Loads(m Mix) (rows []Row) {
	run := Reconcile{8, 16, 1}.LooksPerSecond()
	for _, load := range []float64{10, 100, 300, 1000, 3000, 10_000} {
		cells := math.Ceil(load / perCell)
		s := load / cells
		r := Row{Words: "| " + thousands(load) + " | " + thousands(cells) + " | "}
		for _, n := range []float64{s * m.pages(), s * m.looks(), s * m.looks() / run, s * m.executions(Patience),
			s * m.requests(), s * m.writes(), s * m.events()} {
			r.Figures = append(r.Figures, thousands(math.Ceil(n)))
		}
		rows = append(rows, r)
	}
	return rows
}
