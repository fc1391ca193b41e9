package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"kasir/shared/function"
)

// Limits for AWS's services. The throttles are those that the SDK did not hide by trying again.
var (
	throttledCalls = limit{threshold: 10, period: 300, periods: 3, datapoints: 2}
	claimed        = limit{threshold: 80, period: 60, periods: 5, datapoints: 3, page: true}
	clientErrors   = limit{threshold: 30, period: 300, periods: 3, datapoints: 3}
	scheduleFailed = limit{threshold: 3, period: 300, periods: 1, datapoints: 1}
	busFailed      = limit{threshold: 1, period: 300, periods: 1, datapoints: 1, open: true}
)

// leastClientErrors is the number of 4xx in five minutes below which their share says nothing.
const leastClientErrors = 100

// defaultExecutions is the number of executions that an account of AWS may have at once, unless it is raised or new.
const defaultExecutions = 1000

// unreserved is the number of executions that AWS wants free beside those that functions reserve.
const unreserved = 100

// total is the expression for the sum of an alarm's metrics. A metric without values counts as 0.
const total = "SUM(FILL(METRICS(), 0))"

// makeServiceAlarms makes the alarms on the services that kasir uses. Each is a cause; the objectives show the effect.
func (d *deployment) makeServiceAlarms() {
	d.alarmOf("TableThrottles", "DynamoDB throttled calls of the table", throttledCalls, total, d.throttles("")...)
	var indexes []measure
	for _, name := range append([]string{function.DueIndex}, d.stage.lists()...) {
		indexes = append(indexes, d.throttles(name)...)
	}
	d.alarmOf("IndexThrottles", "DynamoDB throttled calls of an index; a write of an order then fails too",
		throttledCalls, total, indexes...)
	d.alarmOf("ClaimedConcurrency", "the account has claimed 80 % of its concurrent executions", claimed,
		fmt.Sprintf("100 * m0 / %d", d.stage.executions()),
		measure{"AWS/Lambda", "ClaimedAccountConcurrency", "Maximum", nil})
	d.alarmOf("ClientErrors", "the API refused a third of the requests", clientErrors,
		fmt.Sprintf("IF(m0 < %d, 0, 100 * m0 / m1)", leastClientErrors), d.ofAPI("4xx"), d.ofAPI("Count"))
	group := map[string]*string{"ScheduleGroup": d.scheduleGroup}
	d.alarmOf("ScheduleFailures", "the scheduler could not invoke reconcile", scheduleFailed, total,
		measure{"AWS/Scheduler", "TargetErrorCount", "Sum", group},
		measure{"AWS/Scheduler", "InvocationDroppedCount", "Sum", group},
		measure{"AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount", "Sum", group})
	var failed []measure
	for _, rule := range d.busRules() {
		of := map[string]*string{"EventBusName": d.bus.name, "RuleName": rule}
		failed = append(failed, measure{"AWS/Events", "FailedInvocations", "Sum", of},
			measure{"AWS/Events", "InvocationsFailedToBeSentToDlq", "Sum", of})
	}
	d.alarmOf("BusFailures", "the bus could not pass an event on", busFailed, total, failed...)
}

// throttles returns the throttled reads and writes of an index, or of the table if index is empty.
func (d *deployment) throttles(index string) []measure {
	of := map[string]*string{"TableName": d.table.name}
	if index != "" {
		of["GlobalSecondaryIndexName"] = &index
	}
	return []measure{{"AWS/DynamoDB", "ReadThrottleEvents", "Sum", of},
		{"AWS/DynamoDB", "WriteThrottleEvents", "Sum", of}}
}

// ofAPI returns a count of the HTTP API.
func (d *deployment) ofAPI(name string) measure {
	return measure{"AWS/ApiGateway", name, "Sum", map[string]*string{"ApiId": d.api.id}}
}

// busRules returns the names of the bus's rules: that of each endpoint, and that which AWS makes for the archive.
func (d *deployment) busRules() []*string {
	all := []*string{new("Events-Archive-" + d.stage.StackName())}
	for _, w := range d.webhooks { // the Ref of a rule of a bus is bus|rule
		all = append(all, awscdk.Fn_Select(new(1.0), awscdk.Fn_Split(new("|"), w.rule.Ref(), nil)))
	}
	return all
}

// executions returns the account's quota of concurrent executions.
func (s Stage) executions() int {
	if s.Executions > 0 {
		return s.Executions
	}
	return defaultExecutions
}
