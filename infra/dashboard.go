package main

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"kasir/shared/metric"
)

// graphs are the dashboard's graphs of kasir's own metrics, in the order of a person's questions. A test checks that
// every metric is on one of them.
var graphs = []struct {
	title   string
	metrics []metric.Name
}{
	{"Is money coming in?", []metric.Name{
		metric.PagesCreated, metric.PaymentsPaid, metric.PaymentsAuthorized, metric.PaymentsFailed, metric.Captures,
		metric.Refunds,
	}},
	{"Must a person act?", []metric.Name{
		metric.OpenAttention, metric.AttentionOpened, metric.OperationsParked, metric.Conflicts, metric.Remarks,
		metric.AuthorizationsExpiring, metric.AutoCapturesFailed, metric.PaymentsLate,
	}},
	{"Do notifications arrive?", []metric.Name{metric.Notifications, metric.BadSignatures, metric.PaymentsUnnotified}},
	{"Does DOKU answer?", []metric.Name{metric.Refusals, metric.TurnedAway, metric.UnknownOutcomes}},
	{"Do the merchant's webhooks answer?", []metric.Name{
		metric.EventsDelivered, metric.DeliveriesFailed, metric.EventsGivenUp,
	}},
	{"How old are events when they are delivered? (ms)", []metric.Name{metric.DeliveryAge}},
	{"How long does DOKU take? (ms)", []metric.Name{metric.DOKULatency}},
	{"Do the books agree?", []metric.Name{
		metric.SettlementsRead, metric.SettlementDifferences, metric.SettlementsRefused,
	}},
	{"Is open work being finished?", []metric.Name{
		metric.ReconcileRuns, metric.ReconcileFailed, metric.ReconcileLeft, metric.StatusUnanswered,
		metric.StoreFailures,
	}},
}

// Sizes of a widget. The dashboard is 24 wide.
const (
	widgetWidth  = 12
	widgetHeight = 6
)

func (d *deployment) makeDashboard() {
	var widgets []any
	place := func(widget map[string]any) {
		n := len(widgets)
		widget["x"], widget["y"] = n%2*widgetWidth, n/2*widgetHeight
		widget["width"], widget["height"] = widgetWidth, widgetHeight
		widgets = append(widgets, widget)
	}
	place(map[string]any{"type": "text", "properties": map[string]any{"markdown": "# kasir " + d.stage.Name +
		"\nRead from the top. An alarm that is red has a section in docs/alarms.md under its name. Times are UTC."}})
	place(map[string]any{"type": "alarm", "properties": map[string]any{
		"title": "Alarms", "alarms": d.alarmARNs(), "sortBy": "stateUpdatedTimestamp",
	}})
	for _, g := range graphs {
		if rows := d.metricRows(g.metrics); len(rows) > 0 {
			place(d.graph(g.title, rows))
		}
	}
	place(d.graph("The API", []any{
		[]any{"AWS/ApiGateway", "Count", "ApiId", d.api.id}, []any{".", "4xx", ".", "."}, []any{".", "5xx", ".", "."},
	}))
	place(d.graph("The functions: errors and throttles",
		append(d.perFunction("Errors", "Sum"), d.perFunction("Throttles", "Sum")...)))
	place(d.graph("The functions: time at p99 (ms)", d.perFunction("Duration", "p99")))
	place(d.graph("Given up (dead letters)", d.perQueue()))
	if len(d.webhooks) > 0 {
		place(d.graph("Events that wait for a webhook", d.perWebhook()))
	}
	awscloudwatch.NewCfnDashboard(d.stack, new("Dashboard"), &awscloudwatch.CfnDashboardProps{
		DashboardName: new(d.stage.StackName()),
		DashboardBody: d.stack.ToJsonString(map[string]any{"widgets": widgets}, nil),
	})
}

func (d *deployment) graph(title string, metrics []any) map[string]any {
	return map[string]any{"type": "metric", "properties": map[string]any{
		"title": title, "region": d.stage.Region, "view": "timeSeries", "period": 300, "stat": "Sum",
		"metrics": metrics,
		"yAxis":   map[string]any{"left": map[string]any{"min": 0}},
	}}
}

// metricRows returns the rows of kasir's own metrics: a row for each result of notifications, and for times a row for
// each percentile.
func (d *deployment) metricRows(names []metric.Name) []any {
	var rows []any
	for _, name := range names {
		row, _ := metric.Find(name)
		switch {
		case row.Settlement && d.stage.Settlement == nil:
		case row.ByResult:
			for _, result := range metric.Results {
				rows = append(rows, []any{d.stage.StackName(), string(name), metric.Result, result})
			}
		case row.Unit == metric.Milliseconds:
			for _, statistic := range []string{"p50", "p90", "p99"} {
				options := map[string]any{"stat": statistic, "label": statistic}
				rows = append(rows, []any{d.stage.StackName(), string(name), options})
			}
		case row.Gauge:
			rows = append(rows, []any{d.stage.StackName(), string(name), map[string]any{"stat": "Maximum"}})
		default:
			rows = append(rows, []any{d.stage.StackName(), string(name)})
		}
	}
	return rows
}

func (d *deployment) perFunction(name, statistic string) []any {
	var rows []any
	for _, key := range slices.Sorted(maps.Keys(d.functions)) {
		options := map[string]any{"stat": statistic, "label": key + " " + name}
		rows = append(rows, []any{
			"AWS/Lambda", name, "FunctionName", d.functions[key].function.FunctionName(), options,
		})
	}
	return rows
}

func (d *deployment) perQueue() []any {
	var rows []any
	for _, key := range slices.Sorted(maps.Keys(d.deadLetters)) {
		options := map[string]any{"stat": "Maximum", "label": key}
		rows = append(rows, []any{
			"AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", d.deadLetters[key].QueueName(), options,
		})
	}
	return rows
}

func (d *deployment) perWebhook() []any {
	var rows []any
	for _, w := range d.webhooks {
		row := func(label, name string) []any {
			options := map[string]any{"stat": "Maximum", "label": w.Name + " " + label}
			return []any{"AWS/SQS", name, "QueueName", w.queue.QueueName(), options}
		}
		rows = append(rows, row("unread", "ApproximateNumberOfMessagesVisible"),
			row("held back", "ApproximateNumberOfMessagesNotVisible"))
	}
	return rows
}

func (d *deployment) alarmARNs() []*string {
	var arns []*string
	for _, name := range d.alarmNames {
		arns = append(arns, d.stack.FormatArn(&awscdk.ArnComponents{
			Service: new("cloudwatch"), Resource: new("alarm"), ResourceName: &name,
			ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
		}))
	}
	return arns
}
