package model

import (
	"fmt"
	"time"
)

// Prices of a month, in US dollars, as of the first unit and without free tiers.
const (
	PerAlarmMetric = 0.10        // of an alarm; one on an expression pays for each of its metrics
	PerMetric      = 0.30        // of the merchant's own
	PerToken       = 2.25 / 1000 // of a machine's client of Cognito
)

// IdleMonth and UnpaidPages are what `make bench ARGS="-only calls,money"` prints: dollars for a month of reconcile and
// the secret without a payment, and for a million pages that nobody pays.
const (
	IdleMonth   = 0.63
	UnpaidPages = 21.20
)

// Runs in a month of 30 days.
const (
	idleRuns          = 2 * 60 * 24 * 30
	syntheticRuns     = 12 * 24 * 30
	syntheticPageRuns = 24 * 30
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
	return syntheticRuns / 1e6 * million
}

// Month returns the prices of a month without a payment of the stages sandbox and production.
func Month(stages ...Billed) (rows []Row) {
	sums := make([]float64, len(stages))
	add := func(words string, price func(Billed) float64) {
		r := Row{Words: words}
		for i, b := range stages {
			sums[i] += price(b)
			r.Figures = append(r.Figures, dollars(price(b)))
		}
		rows = append(rows, r)
	}
	fixed := func(price float64) func(Billed) float64 { return func(Billed) float64 { return price } }
	counted := func(format string, price float64, counts ...func(Billed) int) { // the last count is billed
		var texts []any
		for _, count := range counts {
			texts = append(texts, both(count, stages))
		}
		add(fmt.Sprintf(format, texts...), func(b Billed) float64 { return price * float64(counts[len(counts)-1](b)) })
	}
	add("| `reconcile` and the secret |", fixed(IdleMonth))
	add("| synthetic notification |", fixed(Synthetic()))
	add("| synthetic page |", func(b Billed) float64 { return choose(b.Sandbox, syntheticPageRuns/1e6*UnpaidPages) })
	add("| X-Ray | traces × $5.00", fixed((idleRuns+2*syntheticRuns)/1e6*PerMillionTraces))
	counted("| alarms | %s alarms with %s metrics × $0.10 |", PerAlarmMetric, func(b Billed) int { return b.Alarms },
		func(b Billed) int { return b.AlarmMetrics })
	counted("| composite alarms | %s × $0.50 |", 0.50, func(b Billed) int { return b.Composites })
	metrics := func(b Billed) int { return b.Metrics }
	results := func(b Billed) int { return b.Results }
	add(fmt.Sprintf("| kasir's own metrics | %s, and %s by result", both(metrics, stages), both(results, stages)),
		func(b Billed) float64 { return PerMetric * float64(metrics(b)+results(b)) })
	add("| dashboard |", fixed(3.00))
	counted("| keys | %s × $1.00 |", 1.00, func(b Billed) int { return b.Keys })
	counted("| Cognito | %s clients × 720 tokens", tokensKept*PerToken, func(b Billed) int { return b.Clients })
	add("| `Webhooks` |", func(b Billed) float64 {
		queues := float64(b.Endpoints) * queueReads / 1e6 * PerMillionMessages
		return choose(b.Endpoints > 0, PerSecret+queues)
	})
	sum := Row{Words: "| **sum** | | "}
	for _, price := range sums {
		sum.Figures = append(sum.Figures, "**"+dollars(price)+"**")
	}
	return append(rows, sum)
}

// both writes a count of each stage, or one for all.
func both(count func(Billed) int, stages []Billed) string {
	text := fmt.Sprint(count(stages[0]))
	if last := fmt.Sprint(count(stages[len(stages)-1])); last != text {
		text += " and " + last
	}
	return text
}

// choose returns a price if it is paid.
func choose(paid bool, price float64) float64 {
	if paid {
		return price
	}
	return 0
}
