package main

import (
	"slices"
	"strings"

	"kasir/shared/function"
	"kasir/shared/metric"
)

// leaveACase are the alarms whose case stays open until a person has settled it. A mail with OK a minute later would
// seem to close it.
var leaveACase = []string{"AttentionOpened", "PaymentsUnnotified", "EventsGivenUp", "SettlementDifferences",
	"SettlementsRefused"}

// checkAlarms checks that there is an alarm for every metric that needs a person, and that it can go off and be heard.
func checkAlarms(t template) (f findings) {
	byMetric := map[string][]string{}
	topics := t.of("AWS::SNS::Topic")
	for id, a := range t.of("AWS::CloudWatch::Alarm") {
		namespace, name := text(a["Namespace"]), text(a["MetricName"])
		byMetric[namespace+" "+name] = append(byMetric[namespace+" "+name], dimension(a))
		period, _ := a["Period"].(float64)
		periods, _ := a["EvaluationPeriods"].(float64)
		datapoints, _ := a["DatapointsToAlarm"].(float64)
		f.that(period >= 60 && int(period)%60 == 0 && periods >= 1 && period*periods <= 86400,
			"%s looks at %v periods of %v s", id, periods, period)
		f.that(datapoints >= 1 && datapoints <= periods, "%s goes off after %v of %v periods", id, datapoints, periods)
		f.that(a["Threshold"] != nil && text(a["ComparisonOperator"]) != "", "%s has no threshold", id)
		f.that((a["Statistic"] == nil) != (a["ExtendedStatistic"] == nil), "%s has no one statistic", id)
		missing := []string{"notBreaching", "breaching"}
		if row, _ := metric.Find(metric.Name(name)); row.Gauge { // it must hold while nothing is measured
			missing = []string{"ignore"}
			f.that(text(a["Statistic"]) == "Maximum", "%s takes the %s of a state", id, text(a["Statistic"]))
		}
		f.that(slices.Contains(missing, text(a["TreatMissingData"])), "%s: missing data is %q", id,
			text(a["TreatMissingData"]))
		f.that(topics[text(a["AlarmActions"])] != nil, "%s tells nobody", id)
		over := text(a["OKActions"])
		f.that((over == "") == slices.Contains(leaveACase, strings.TrimSuffix(id, "Alarm")),
			"%s: when the count is 0 again, %q is told", id, over)
		f.that(over == "" || topics[over] != nil, "%s: its end goes to %q", id, over)
		f.that(strings.Contains(text(a["AlarmDescription"]), "docs/alarms.md"), "%s does not say what to do", id)
		if namespace == t.stage.StackName() {
			_, known := metric.Find(metric.Name(name))
			f.that(known, "%s watches %s, which nothing counts", id, name)
		}
	}
	for _, row := range t.stage.metrics() {
		_, limited := limits[row.Name]
		f.that(limited == (row.Do != "" || row.Name == metric.ReconcileRuns),
			"%s: has a limit: %v, tells what to do: %q", row.Name, limited, row.Do)
		f.that(!limited || len(byMetric[t.stage.StackName()+" "+string(row.Name)]) == 1, "no alarm for %s", row.Name)
	}
	var functions, streams, queues, waiting []string
	for _, row := range t.stage.functions() {
		functions = append(functions, function.LogicalID(row.Name))
		if row.Stream {
			streams = append(streams, function.LogicalID(row.Name))
		}
	}
	for id, q := range t.of("AWS::SQS::Queue") {
		if q["RedrivePolicy"] != nil {
			waiting = append(waiting, id+".QueueName")
			continue
		}
		queues = append(queues, id+".QueueName")
	}
	for name, want := range map[string][]string{
		"AWS/Lambda Errors": functions, "AWS/Lambda Throttles": functions, "AWS/Lambda IteratorAge": streams,
		"AWS/SQS ApproximateNumberOfMessagesVisible": queues, "AWS/ApiGateway 5xx": {"Api"},
		"AWS/SQS ApproximateNumberOfMessagesNotVisible": waiting,
	} {
		f.same("alarms of "+name, byMetric[name], slices.Clone(want))
	}
	return f
}

// dimension returns the dimension of an alarm's metric.
func dimension(alarm object) string { return text(at(alarm, "Dimensions", 0, "Value")) }

// checkReconcileAlarm checks that a person is called if reconcile has not run for five minutes. Nothing is measured
// then.
func checkReconcileAlarm(t template) (f findings) {
	a := t.of("AWS::CloudWatch::Alarm")["ReconcileRunsAlarm"]
	f.that(text(a["TreatMissingData"]) == "breaching" && text(a["ComparisonOperator"]) == "LessThanThreshold",
		"silence of reconcile is no alarm: %v", a)
	period, _ := a["Period"].(float64)
	periods, _ := a["EvaluationPeriods"].(float64)
	f.that(period*periods == 300, "reconcile may be silent for %v s", period*periods)
	return f
}

// checkTopic checks that alarms reach a person: CloudWatch may publish to the topic and use its key.
func checkTopic(t template) (f findings) {
	for id, topic := range t.of("AWS::SNS::Topic") {
		key := strings.TrimSuffix(text(topic["KmsMasterKeyId"]), ".Arn")
		f.that(at(t.resources(), key, "Type") == "AWS::KMS::Key", "%s is not encrypted", id)
		var may []string
		statements, _ := at(t.of("AWS::KMS::Key")[key], "KeyPolicy", "Statement").([]any)
		for _, s := range statements {
			if text(at(s, "Principal", "Service")) == "cloudwatch.amazonaws.com" {
				may = append(may, texts(at(s, "Action"))...)
			}
		}
		f.same("what CloudWatch may do with the topic's key", may, []string{"kms:Decrypt", "kms:GenerateDataKey"})
		published := false
		for _, policy := range t.of("AWS::SNS::TopicPolicy") {
			statements, _ := at(policy, "PolicyDocument", "Statement").([]any)
			for _, s := range statements {
				published = published || text(at(s, "Principal", "Service")) == "cloudwatch.amazonaws.com" &&
					text(at(s, "Action")) == "sns:Publish" && at(s, "Effect") == "Allow"
			}
		}
		f.that(published, "CloudWatch may not publish to %s", id)
	}
	subscriptions := t.of("AWS::SNS::Subscription")
	f.that(len(subscriptions) == 1, "%d subscriptions", len(subscriptions))
	for id, s := range subscriptions {
		f.that(text(s["Endpoint"]) == t.stage.AlarmEmail, "%s goes to %q", id, text(s["Endpoint"]))
	}
	return f
}

// checkDashboard checks that the dashboard has a graph of every metric, and every alarm.
func checkDashboard(t template) (f findings) {
	for _, d := range t.of("AWS::CloudWatch::Dashboard") {
		body := text(d["DashboardBody"])
		for _, row := range t.stage.metrics() {
			f.that(strings.Contains(body, `"`+string(row.Name)+`"`), "%s has no graph", row.Name)
		}
		for id, a := range t.of("AWS::CloudWatch::Alarm") {
			f.that(strings.Contains(body, ":alarm:"+text(a["AlarmName"])+`"`), "%s is not on the dashboard", id)
		}
	}
	f.that(len(t.of("AWS::CloudWatch::Dashboard")) == 1, "no dashboard")
	return f
}
