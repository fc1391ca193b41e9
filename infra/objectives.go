package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"kasir/shared/metric"
)

// objective is a share of good outcomes that the stage should have over a month. The rest is the budget of bad ones.
// Its alarms compare the share of bad outcomes with the budget: at a burn rate of 1 a month uses it up exactly.
type objective struct {
	name, meaning string
	budget        float64 // percent of the outcomes
	windows       []window
	bad           string // expression for the percentage of bad outcomes; 0 if they are too few to say anything
	of            []measure
}

// window is an alarm on a burn rate. It goes off if the rate was reached in both of its times: the long one says that
// it matters, and the short one that it still goes on.
type window struct {
	name        string
	short, long int // seconds
	rate        float64
	page        bool
}

// Windows of the objectives of kasir's own work. 14.4 for an hour use 2 % of a month's budget, 3 for a day use 10 %.
var (
	fast = window{"Fast", 300, 3600, 14.4, true}
	day  = window{"Day", 2 * 3600, 24 * 3600, 3, false}
)

// Windows of the share of paid pages. Its budget is large, so the rate cannot be high.
var (
	paidFast = window{"Fast", 900, 3600, 1.5, true}
	paidDay  = window{"Day", 6 * 3600, 24 * 3600, 1.2, false}
)

// Objectives. Fewer bad outcomes in a window than the least number are no alarm: a few requests make any share.
const (
	failedBudget = 0.1  // percent of requests that may end with 5xx
	slowBudget   = 1.0  // percent of requests for a page that may be slow; the p99 is the objective's limit then
	slowCreation = 5000 // milliseconds
	leastBad     = 5
	defaultPaid  = 50
	leastUnpaid  = 30
	mostBad      = 95 // percent that always set an alarm off
)

func (d *deployment) objectives() []objective {
	creation := map[string]*string{"FunctionName": d.functions["createpage"].function.FunctionName()}
	return []objective{
		{name: "Availability", meaning: "requests that the API answered with 5xx", budget: failedBudget,
			windows: []window{fast, day},
			bad:     fmt.Sprintf("IF(m0 < %d, 0, 100 * m0 / m1)", leastBad),
			of:      []measure{d.ofAPI("5xx"), d.ofAPI("Count")}},
		{name: "Creation", meaning: fmt.Sprintf("requests for a page that took over %d s", slowCreation/1000),
			budget: slowBudget, windows: []window{fast, day},
			bad: fmt.Sprintf("IF((100 - m0) * m1 < %d, 0, 100 - m0)", 100*leastBad),
			of: []measure{{"AWS/Lambda", "Duration", fmt.Sprintf("PR(:%d)", slowCreation), creation},
				{"AWS/Lambda", "Duration", "SampleCount", creation}}},
		{name: "PaidShare", meaning: "pages that customers did not pay", budget: float64(100 - d.stage.paid()),
			windows: []window{paidFast, paidDay},
			bad:     fmt.Sprintf("IF(m1 - FILL(m0, 0) < %d, 0, 100 * (1 - FILL(m0, 0) / m1))", leastUnpaid),
			of: []measure{{d.stage.StackName(), string(metric.PagesPaid), "Sum", nil},
				{d.stage.StackName(), string(metric.PagesCreated), "Sum", nil}}},
	}
}

// makeObjectives makes an alarm for each window of each objective. It is composed of two alarms that notify nobody.
func (d *deployment) makeObjectives() {
	for _, o := range d.objectives() {
		for _, w := range o.windows {
			d.makeBurnAlarm(o, w)
		}
	}
}

func (d *deployment) makeBurnAlarm(o objective, w window) {
	name := o.name + w.name
	meaning := fmt.Sprintf("%s: %.4g times their budget of %.4g %%", o.meaning, w.rate, o.budget)
	topic := &[]any{d.topicFor(w.page)}
	made := awscloudwatch.NewCfnCompositeAlarm(d.stack, new(name+"Alarm"), &awscloudwatch.CfnCompositeAlarmProps{
		AlarmName: new(d.alarmName(name)), AlarmDescription: new(meaning + ". docs/alarms.md, " + name),
		AlarmActions: topic, OkActions: topic,
		AlarmRule: new(fmt.Sprintf("ALARM(%q) AND ALARM(%q)", d.alarmName(name+"Short"), d.alarmName(name+"Long"))),
	})
	made.OverrideLogicalId(new(name + "Alarm"))
	for part, period := range map[string]int{"Short": w.short, "Long": w.long} {
		l := limit{threshold: min(w.rate*o.budget, mostBad), period: period, periods: 1, datapoints: 1}
		props := d.alarmProps(name+part, meaning, l)
		props.AlarmActions, props.OkActions = nil, nil
		props.Metrics = queries(o.bad, period, o.of)
		made.AddResourceDependency(d.makeAlarm(name+part, props), nil)
	}
	d.alarmNames = append(d.alarmNames, d.alarmName(name))
}

// paid returns the number of 100 pages that customers pay in a good week.
func (s Stage) paid() int {
	if s.Paid > 0 {
		return s.Paid
	}
	return defaultPaid
}
