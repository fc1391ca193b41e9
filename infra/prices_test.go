package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"kasir/bench/model"
	"kasir/shared/app"
	"kasir/shared/function"
	"kasir/shared/metric"
)

// What `make bench ARGS="-only calls,money"` prints: dollars for a month of reconcile and the secret without a payment,
// and for a million pages that nobody pays.
const (
	idleMonth   = 0.63
	unpaidPages = 21.20
)

// Runs in a month of 30 days, in millions.
const (
	minutes = 30 * 24 * 60 / 1e6
	hours   = minutes / 60
	probes  = minutes / 5 // synthetic notifications
)

// probe is the schedule, the API's request, both functions and one read of a synthetic notification. reconcile waits
// 0.1 s for the answer.
var probe = model.Charge{Reads: 1, Lasts: 100*time.Millisecond + 2*(model.AtDynamoDB+model.OfItsOwn), Runs: 2,
	Logged: 1000, Requests: 2}

// billed counts what a stage has that AWS bills by the month.
type billed struct{ alarms, watched, composites, metrics, keys, queues, sandboxes float64 }

func billOf(t template) billed {
	b := billed{composites: float64(len(t.of("AWS::CloudWatch::CompositeAlarm"))),
		keys: float64(len(t.of("AWS::KMS::Key"))), metrics: float64(len(t.stage.metrics())),
		queues: float64(len(t.stage.Webhooks))}
	if t.stage.DOKU == "sandbox" {
		b.sandboxes = 1
	}
	for _, alarm := range t.of("AWS::CloudWatch::Alarm") {
		b.alarms++
		if watched, expression := statistics(alarm); expression != "" {
			b.watched += float64(len(watched))
		} else {
			b.watched++
		}
	}
	return b
}

// month returns the lines of the table in docs/scale.md: the prices of a month without a payment.
func month(s, p billed) (rows []string) {
	var sums [2]float64
	add := func(price func(billed) float64, words string, counts ...any) {
		sums[0], sums[1] = sums[0]+price(s), sums[1]+price(p)
		rows = append(rows, fmt.Sprintf("| %.2f | %.2f | "+words, append([]any{price(s), price(p)}, counts...)...))
	}
	fixed := func(price float64) func(billed) float64 { return func(billed) float64 { return price } }
	add(fixed(idleMonth), "`reconcile` and the secret |")
	add(fixed(probes*probe.Dollars()), "synthetic notification |")
	add(func(b billed) float64 { return b.sandboxes * hours * unpaidPages }, "synthetic page |")
	add(fixed((2*minutes+2*probes)*model.PerMillionTraces), "X-Ray | traces × $5.00")
	add(func(b billed) float64 { return b.watched * model.PerAlarmMetric },
		"alarms | %g and %g alarms with %g and %g metrics × $0.10 |", s.alarms, p.alarms, s.watched, p.watched)
	add(func(b billed) float64 { return b.composites * 0.50 }, "composite alarms | %g and %g × $0.50 |",
		s.composites, p.composites)
	results := len(metric.Results)
	add(func(b billed) float64 { return (b.metrics + float64(results)) * model.PerMetric },
		"kasir's own metrics | %g and %g, and %d by result in each", s.metrics, p.metrics, results)
	add(fixed(3.00), "dashboard |")
	add(func(b billed) float64 { return b.keys }, "keys | %g and %g × $1.00 |", s.keys, p.keys)
	add(fixed(float64(len(machines))*hours*1e6*model.PerToken), "Cognito | %d clients × 720 tokens", len(machines))
	add(func(b billed) float64 { // Lambda reads an empty queue 15 times a minute
		return min(b.queues, 1)*model.PerSecret + b.queues*15*minutes*model.PerMillionMessages
	}, "`Webhooks` |")
	return append(rows, fmt.Sprintf("| **%.2f** | **%.2f** | **sum** |", sums[0], sums[1]))
}

// docs/scale.md has the prices of what the templates contain.
func TestAMonthWithoutAPaymentIsPriced(t *testing.T) {
	stages := templates(t)
	production := billOf(stages[1])
	wanted := month(billOf(stages[0]), production)
	without := Stages[1]
	without.Webhooks = nil
	plain := billOf(synthesiseOne(t, "plain", without))
	wanted = append(wanted, fmt.Sprintf("Each endpoint has %g metrics of alarms", production.watched-plain.watched))
	without = Stages[1]
	without.Settlement = nil
	plain = billOf(synthesiseOne(t, "unsettled", without))
	watched, metrics := production.watched-plain.watched, production.metrics-plain.metrics
	wanted = append(wanted, fmt.Sprintf("%g metrics of alarms × $0.10 and %g of kasir's own × $0.30, $%.2f",
		watched, metrics, watched*model.PerAlarmMetric+metrics*model.PerMetric))
	text, err := os.ReadFile("../docs/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	flowed := strings.Join(strings.Fields(string(text)), " ")
	for _, want := range wanted {
		if !strings.Contains(flowed, want) {
			t.Errorf("docs/scale.md does not have this:\n%s", want)
		}
	}
}

// The model of docs/scale.md and of the prices has the settings that are deployed.
func TestTheModelHasTheDeployedSettings(t *testing.T) {
	s, _ := app.Load(func(string) string { return "" }, function.Function{Name: "test",
		TableActions: []string{function.PutItem}, Queries: []string{function.DueIndex}})
	got := [4]int{s.LooksAtOnce, Stages[1].Throttle.Rate, webhookAtOnce, mostPageRuns}
	want := [4]int{model.LooksAtOnce, model.StageThrottle, model.Deliveries, model.MostPageRuns}
	if got != want {
		t.Errorf("deployed are %v, and the model has %v", got, want)
	}
	for _, stage := range Stages {
		if stage.Memory != model.Memory {
			t.Errorf("%s has %d MB, and %d are priced", stage.Name, stage.Memory, model.Memory)
		}
	}
}
