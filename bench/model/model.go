// Package model computes where kasir ends: for each limit, the payments a second at which it is reached. Its constants
// were measured with the real functions, or are AWS's published quotas and prices.
package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"kasir/shared/function"
	"kasir/shared/payment"
)

// List prices of us-east-1 in US dollars, on demand and without free tiers, as AWS published them in 2026.
const (
	PerMillionWrites   = 0.625
	PerMillionReads    = 0.125
	PerMillionInvokes  = 0.20
	PerMillionSeconds  = 13.3334 * Memory / 1024 // arm64, $0.0000133334 a GB-second
	PerMillionWaiting  = 13.3334 * Waiting / 1024
	PerMillionRequests = 1.00 // of an HTTP API; events on EventBridge and its clock cost the same
	PerMillionMessages = 0.40 // requests to SQS
	PerMillionTraces   = 5.00
	PerGBLogged        = 0.50
	PerMillionSecrets  = 5.00        // reads of Secrets Manager: $0.05 for 10,000
	PerSecret          = 0.40        // a month
	PerAlarmMetric     = 0.10        // a month; an alarm on an expression pays for each of its metrics
	PerMetric          = 0.30        // a month, of the merchant's own
	PerToken           = 2.25 / 1000 // of a machine's client of Cognito
)

// Memory of each function in MB, and of one that does little but wait for DOKU, as in infra/stages.go; a test compares
// them.
const (
	Memory  = 256
	Waiting = 128
)

// Times that no benchmark on one machine can measure.
const (
	Patience   = 900 * time.Millisecond // until DOKU answers
	Slow       = 20 * time.Second       // until a call of DOKU is given up
	AtDynamoDB = 5 * time.Millisecond   // one call of DynamoDB, or of EventBridge
	OfItsOwn   = time.Millisecond       // of an invocation; 16 times as much, as 128 MB may take, would be three cents
)

// Writes of the table and of its index of due orders. `make bench ARGS="-only calls"` measures them, and a test
// compares.
const (
	CreatePageWrites, CreatePageDue = 2, 1
	NotifyWrites, NotifyDue         = 1, 1
	LooksWrites, LooksDue           = 3, 5 // of the looks at a page that nobody pays, one write each
	LooksReads                      = 6
)

// LookCPU is the processor time of one look at a page, with TLS to DOKU and none to DynamoDB. It was measured by
// `make bench ARGS="-only overdue"` on one core of an AMD EPYC: 0.90 ms with 10,000 pages, 1.14 ms with 1,000.
const LookCPU = time.Millisecond

// oneCPU is the MB of memory with which a function has one processor.
const oneCPU = 1769

// Settings of the stages, as in infra, and of the functions; tests compare them.
const (
	StageThrottle = 200 // requests a second of each route
	LooksAtOnce   = 8
	Deliveries    = 5 // executions for one endpoint, of 10 events each
	MostPageRuns  = 32
)

// runTime is the part of each minute in which a run looks. It keeps the rest for the orders in hand.
const runTime = 52.0 / 60

// look is the time of one look at an order.
const look = Patience + 3*AtDynamoDB + OfItsOwn

// Reconcile is how reconciliation of pages is set.
type Reconcile struct{ Shards, LooksAtOnce, Runs int }

// LooksPerSecond returns the looks that all runs make together. A run ends at its looks at the same time, or at its
// share of a processor.
func (r Reconcile) LooksPerSecond() float64 {
	together := float64(min(r.Shards/r.Runs*r.LooksAtOnce, payment.MostLooks))
	waiting := together / look.Seconds()
	computing := float64(Memory) / oneCPU / LookCPU.Seconds()
	return float64(r.Runs) * min(waiting, computing) * runTime
}

// Mix is what comes with one payment.
type Mix struct{ Unpaid float64 } // pages that nobody pays

// Abandoned returns the mix in which a part of all pages is not paid.
func Abandoned(part float64) Mix { return Mix{part / (1 - part)} }

// Demand of one payment, with its unpaid pages.
func (m Mix) pages() float64    { return 1 + m.Unpaid }
func (m Mix) looks() float64    { return LooksWrites * m.Unpaid }
func (m Mix) requests() float64 { return 3 + 2*m.Unpaid } // page, notification, one look of the shop; no notification
func (m Mix) events() float64   { return 1 + m.Unpaid }   // paid, or expired
func (m Mix) writes() float64 {
	return CreatePageWrites + NotifyWrites + (CreatePageWrites+LooksWrites)*m.Unpaid
}
func (m Mix) dueWrites() float64 {
	return CreatePageDue + NotifyDue + (CreatePageDue+LooksDue)*m.Unpaid
}

// executions returns the executions of Lambda that are in use while one payment a second comes, if DOKU takes a time.
func (m Mix) executions(doku time.Duration) float64 {
	create := doku + 2*AtDynamoDB + OfItsOwn
	others := 3*AtDynamoDB + 2*OfItsOwn // notify and getpayment
	return m.pages()*create.Seconds() + others.Seconds() + m.Unpaid*(AtDynamoDB+OfItsOwn).Seconds() +
		m.events()/publishRate
}

// publishRate is the changes a second that publish passes on in one execution with full batches: a request to
// EventBridge for each batch, and the rest of its work.
const publishRate = function.StreamBatch / 0.030

// Charge is the use that a function, or an option, makes of AWS each time.
type Charge struct {
	Writes, Reads float64       // units of DynamoDB
	Lasts         time.Duration // all its work
	Waits         bool          // for DOKU, with less memory
	Runs          int           // invocations that it causes
	Logged        int           // bytes of each of them
	Requests      int           // of the API, or events on the bus or of its clock
	Messages      int           // requests to SQS
}

// Dollars returns the list price of a million.
func (c Charge) Dollars() float64 {
	second := PerMillionSeconds
	if c.Waits {
		second = PerMillionWaiting
	}
	each := PerMillionInvokes + float64(c.Logged)/1000*PerGBLogged
	return c.Writes*PerMillionWrites + c.Reads*PerMillionReads + c.Lasts.Seconds()*second + float64(c.Runs)*each +
		float64(c.Requests)*PerMillionRequests + float64(c.Messages)*PerMillionMessages
}

func (c Charge) String() string {
	return fmt.Sprintf("$%.2f: %g write, %g read units; %.3f s; %d invocations, each %d B logged; %d requests or "+
		"events", c.Dollars(), c.Writes, c.Reads, c.Lasts.Seconds(), c.Runs, c.Logged, c.Requests)
}

// Options returns the prices of what a merchant may leave out, in dollars for a million.
func Options() (rows []string) {
	refresh := Charge{Writes: 2, Reads: 2, Lasts: look + AtDynamoDB, Waits: true, Runs: 1, Logged: 900, Requests: 1}
	// A look, and the run of publish for the change.
	check := Charge{Writes: 3, Reads: 2, Lasts: look + AtDynamoDB + OfItsOwn, Runs: 1, Logged: 122}
	webhook := Charge{Lasts: 200 * time.Millisecond, Runs: 1, Logged: 800, Messages: 3}
	for _, option := range []struct {
		price float64
		what  string
	}{
		{Charge{Writes: 1}.Dollars(), "index `day`, a million payments"},
		{Charge{Writes: 1}.Dollars(), "index `customer`, a million payments"},
		{Charge{Writes: 2}.Dollars(), "index `attention`, a million orders that need a person"},
		{0.10, "archive, a million events"},
		{webhook.Dollars(), "webhooks, a million events to one endpoint"},
		{Charge{Writes: 2, Reads: 1}.Dollars(), "settlement, a million rows of reports"},
		{Charge{Writes: 2}.Dollars(), "settlement with `Within`, a million payments"},
		{refresh.Dollars(), "`POST …/refresh`, a million calls"},
		{check.Dollars(), "`CHECK_PAID_AFTER`, a million payments and one time"},
		{PerMillionTraces, "traces, a million of those that are recorded"},
	} {
		rows = append(rows, fmt.Sprintf("| %.2f | %s |", option.price, option.what))
	}
	return rows
}

// Secrets returns the dollars a month for the reads of the secret by warm instances, each every five minutes.
func Secrets(instances float64) float64 { return instances * 30 * 24 * 12 / 1e6 * PerMillionSecrets }

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
		what := english.Sprintf("`reconcile`, %d shards, %d looks at once, %s: %d looks a second", r.Shards,
			r.LooksAtOnce, runs, int(math.Round(rate)))
		return Ceiling{rate / m.looks(), what, kind}
	}
	usual := executions / m.executions(Patience)
	all := []Ceiling{
		looks(Reconcile{payment.FewestShards, LooksAtOnce, 1}, "1 run", "setting"),
		looks(Reconcile{payment.FewestShards, 16, 1}, "1 run", "setting"),
		looks(Reconcile{32, 16, 4}, "4 runs", "setting"),
		looks(Reconcile{256, 16, MostPageRuns}, "32 runs", "design"),
		{StageThrottle / m.pages(), "`Throttle`, 200 requests a second of a route", "setting"},
		{usual / 100, "Lambda, 10 executions of a new account", "quota"},
		{executions / m.executions(Slow), "Lambda, 1,000 executions, while DOKU takes 20 s", "quota"},
		{usual, "Lambda, 1,000 executions", "quota"},
		{requests / m.requests(), "HTTP API, 2,500 requests a second", "quota"},
		{10_000 / m.requests(), "HTTP API, 10,000 in large regions", "quota"},
		{4000 / m.writes(), "DynamoDB, a new table: 4,000 writes a second", "quota"},
		{40_000 / m.writes(), "DynamoDB, a table: 40,000 writes a second", "quota"},
		{payment.FewestShards * partitionWrites / m.dueWrites(), "DynamoDB, index `due`, 8 shards of pages", "setting"},
		{payment.ListShards * partitionWrites / m.pages(), "DynamoDB, index `day`, 4 partitions", "design"},
		{partitionWrites / m.pages(), "DynamoDB, index `customer`, if no request has a `customer.id`", "setting"},
		{600 / m.events(), "EventBridge, 600 events a second in the smallest regions", "quota"},
		{4 * publishRate / m.events(), "`publish`, one batch of 25 of each of 4 shards of the stream", "setting"},
		{Deliveries * 10 / 0.2 / m.events(), "`deliver`, 5 executions for an endpoint that takes 0.2 s", "setting"},
	}
	slices.SortStableFunc(all, func(a, b Ceiling) int { return cmp.Compare(a.At, b.At) })
	return all
}

// DefaultQuotas returns the first limit that no setting moves. It leaves out a new account, whose quota is raised
// before the first sale, executions while DOKU is slow, where the brake answers, and events, which only come later.
func DefaultQuotas(m Mix) Ceiling {
	all := Ceilings(m)
	return all[slices.IndexFunc(all, func(c Ceiling) bool {
		return c.Kind != "setting" && !strings.Contains(c.What, "new account") &&
			!strings.Contains(c.What, "while DOKU") && !strings.HasPrefix(c.What, "EventBridge")
	})]
}

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
