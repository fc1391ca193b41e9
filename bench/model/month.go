package model

import (
	"fmt"
	"strings"
	"time"
)

// Prices of a month, in US dollars, as of the first unit and without free tiers.
const (
	PerAlarmMetric  = 0.10 // of an alarm; one on an expression pays for each of its metrics
	PerComposite    = 0.50
	PerMetric       = 0.30 // of the merchant's own
	PerDashboard    = 3.00
	PerKey          = 1.00
	PerToken        = 2.25 / 1000 // of a machine's client of Cognito
	PerClient       = 6.00        // of such a client, until AWS gave that price up
	PerActivePerson = 0.015       // who signs in at Cognito, above the first 10,000
)

// IdleMonth and UnpaidPages are what `make bench ARGS="-only calls,money"` prints: dollars for a month of reconcile and
// the secret without a payment, and for a million pages that nobody pays.
const (
	IdleMonth   = 0.63
	UnpaidPages = 21.20
)

// Runs in a month of 30 days.
const (
	IdleRuns          = 2 * 60 * 24 * 30
	SyntheticRuns     = 12 * 24 * 30
	SyntheticPageRuns = 24 * 30
	queueReads        = 15 * 60 * 24 * 30 // of an empty queue by Lambda
	tokensKept        = 24 * 30           // of a client that keeps each token for its hour
)

// Billed is what a stage has that AWS bills by the month.
type Billed struct {
	Alarms, AlarmMetrics, Composites int
	Metrics                          int // of the stage's own namespace, without dimension
	Results                          int // values of the one dimension
	Keys, Clients, Endpoints         int
	Sandbox                          bool // the synthetic page is made
}

// Synthetic returns the price of the synthetic notifications of a month, without traces. Of each run it counts the
// schedule, the API's request, both functions, one read and 2 KB of log lines. reconcile waits 0.1 s for the answer.
func Synthetic() float64 {
	million := 2*PerMillionRequests + 2*PerMillionInvokes + seconds(100*time.Millisecond) +
		seconds(2*AtDynamoDB+2*OfItsOwn) + PerMillionReads + 2*PerGBLogged
	return SyntheticRuns / 1e6 * million
}

// part is a row of the table: its price for each stage.
type part struct {
	what, arithmetic string
	dollars          func(Billed) float64
}

func parts(first, second Billed) []part {
	both := func(of func(Billed) int) string {
		if of(first) == of(second) {
			return fmt.Sprint(of(first))
		}
		return fmt.Sprintf("%d and %d", of(first), of(second))
	}
	fixed := func(price float64) func(Billed) float64 { return func(Billed) float64 { return price } }
	return []part{
		{"`reconcile` and the secret", "the figure that `make bench` prints: 86,400 runs, one for money and one for " +
			"pages each minute, with their schedules and log lines; the secret and its reads", fixed(IdleMonth)},
		{"synthetic notification", "8,640 runs, every five minutes: schedule, request, two invocations, log lines",
			fixed(Synthetic())},
		{"synthetic page", "720 runs, each hour, in stages with DOKU's sandbox: 720 pages that nobody pays, × $21.20 " +
			"a million", func(b Billed) float64 { return choose(b.Sandbox, SyntheticPageRuns/1e6*UnpaidPages) }},
		{"X-Ray", "traces × $5.00 a million: 86,400 of `reconcile`, 2 × 8,640 of the synthetic notification",
			fixed((IdleRuns + 2*SyntheticRuns) / 1e6 * PerMillionTraces)},
		{"alarms", both(func(b Billed) int { return b.Alarms }) + " alarms with " +
			both(func(b Billed) int { return b.AlarmMetrics }) + " metrics × $0.10",
			func(b Billed) float64 { return float64(b.AlarmMetrics) * PerAlarmMetric }},
		{"composite alarms", both(func(b Billed) int { return b.Composites }) + " × $0.50",
			func(b Billed) float64 { return float64(b.Composites) * PerComposite }},
		{"kasir's own metrics", both(func(b Billed) int { return b.Metrics }) + ", and " +
			both(func(b Billed) int { return b.Results }) + " by result, × $0.30, if all occur",
			func(b Billed) float64 { return float64(b.Metrics+b.Results) * PerMetric }},
		{"dashboard", "the price of each one after the first three", fixed(PerDashboard)},
		{"keys", both(func(b Billed) int { return b.Keys }) + " × $1.00",
			func(b Billed) float64 { return float64(b.Keys) * PerKey }},
		{"Cognito", both(func(b Billed) int { return b.Clients }) + " clients × 720 tokens × $2.25 for 1,000; no " +
			"cost with `Tokens` instead of `Pool`",
			func(b Billed) float64 { return float64(b.Clients) * tokensKept * PerToken }},
		{"`Webhooks`", "the secret $0.40; for each endpoint 15 reads a minute of its empty queue × 43,200 × $0.40 a " +
			"million. Its alarms are counted above", func(b Billed) float64 {
			queues := float64(b.Endpoints) * queueReads / 1e6 * PerMillionMessages
			return choose(b.Endpoints > 0, PerSecret+queues)
		}},
	}
}

// choose returns a price if it is paid.
func choose(paid bool, price float64) float64 {
	if paid {
		return price
	}
	return 0
}

// MonthTable returns the price of a month without a payment of the stages sandbox and production.
func MonthTable(sandbox, production Billed) string {
	lines := []string{"| | arithmetic | sandbox | production |", "|---|---|---|---|"}
	first, second := 0.0, 0.0
	for _, p := range parts(sandbox, production) {
		a, b := p.dollars(sandbox), p.dollars(production)
		first, second = first+a, second+b
		lines = append(lines, fmt.Sprintf("| %s | %s | %.2f | %.2f |", p.what, p.arithmetic, a, b))
	}
	return strings.Join(append(lines, fmt.Sprintf("| **sum** | | **%.2f** | **%.2f** |", first, second)), "\n") + "\n"
}
