package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"kasir/bench/model"
	"kasir/shared/metric"
)

// billed counts what a stage has that AWS bills by the month.
func billed(t template) model.Billed {
	b := model.Billed{Composites: len(t.of("AWS::CloudWatch::CompositeAlarm")), Keys: len(t.of("AWS::KMS::Key")),
		Metrics: len(t.stage.metrics()), Results: len(metric.Results), Endpoints: len(t.stage.Webhooks),
		Sandbox: t.stage.DOKU == "sandbox", Clients: len(machines)}
	for _, alarm := range t.of("AWS::CloudWatch::Alarm") {
		b.Alarms++
		watched, expression := statistics(alarm)
		if expression == "" {
			watched = []string{""}
		}
		b.AlarmMetrics += len(watched)
	}
	return b
}

// docs/scale.md and docs/alarms.md have the prices of what the templates contain.
func TestAMonthWithoutAPaymentIsPriced(t *testing.T) {
	stages := templates(t)
	sandbox, production := billed(stages[0]), billed(stages[1])
	without := Stages[1]
	without.Webhooks = nil
	plain := billed(synthesiseOne(t, "plain", without))
	endpoint := fmt.Sprintf("Each endpoint has %d metrics of alarms", production.AlarmMetrics-plain.AlarmMetrics)
	without = Stages[1]
	without.Settlement = nil
	plain = billed(synthesiseOne(t, "unsettled", without))
	settlement := fmt.Sprintf("%d metrics of alarms × $0.10 and %d of kasir's own × $0.30, $%.2f",
		production.AlarmMetrics-plain.AlarmMetrics, production.Metrics-plain.Metrics,
		float64(production.AlarmMetrics-plain.AlarmMetrics)*model.PerAlarmMetric+
			float64(production.Metrics-plain.Metrics)*model.PerMetric)
	text, err := os.ReadFile("../docs/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	_, changed, err := model.Fill(string(text), model.Month(sandbox, production))
	if err != nil || len(changed) > 0 {
		t.Errorf("docs/scale.md needs these rows:\n%s\n%v", strings.Join(changed, "\n"), err)
	}
	flowed := strings.Join(strings.Fields(string(text)), " ")
	for _, want := range []string{endpoint, settlement} {
		if !strings.Contains(flowed, strings.Join(strings.Fields(want), " ")) {
			t.Errorf("docs/scale.md does not have this:\n%s", want)
		}
	}
}
