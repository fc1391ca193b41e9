// Package model computes where kasir ends: for each limit, the payments a second at which it is reached. Its constants
// were measured with the real functions, or are AWS's published quotas and prices.
package model

import "time"

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
	Looks                           = 3 // at a page that nobody pays
	LooksWrites, LooksDue           = 3, 5
	LooksReads                      = 6
)

// LookCPU is the processor time of one look at a page, with TLS to DOKU and none to DynamoDB. It was measured by
// `make bench ARGS="-only overdue"` on one core of an AMD EPYC: 0.90 ms with 10,000 pages, 1.14 ms with 1,000.
const LookCPU = time.Millisecond

// oneCPU is the MB of memory with which a function has one processor.
const oneCPU = 1769

// Settings of the stages in infra/stages.go, and of the functions; tests compare them.
const (
	StageThrottle = 200 // requests a second of each route
	Shards        = 8
	LooksAtOnce   = 8
	ListShards    = 4
	StreamBatch   = 25
	Deliveries    = 5 // executions for one endpoint, of 10 events each
	MostLooks     = 400
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
	together := float64(min(r.Shards/r.Runs*r.LooksAtOnce, MostLooks))
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
func (m Mix) looks() float64    { return Looks * m.Unpaid }
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
const publishRate = StreamBatch / 0.030
