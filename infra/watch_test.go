package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"kasir/shared/function"
	"kasir/shared/metric"
)

// leaveACase are the alarms whose case stays open until a person has settled it. A mail with OK a minute later would
// seem to close it.
var leaveACase = []string{"AttentionOpened", "PaymentsUnnotified", "EventsGivenUp", "SettlementDifferences",
	"SettlementsRefused", "BusFailures"}

// checkAlarms checks that there is an alarm for every metric that needs a person, and that it can go off and be heard.
func checkAlarms(t template) (f findings) {
	byMetric := map[string][]string{}
	topics, parts := t.of("AWS::SNS::Topic"), partsOf(t)
	for id, a := range t.of("AWS::CloudWatch::Alarm") {
		f.period(id, a)
		f.that(a["Threshold"] != nil && text(a["ComparisonOperator"]) != "", "%s has no threshold", id)
		missing := []string{"notBreaching", "breaching"}
		row, known := metric.Find(metric.Name(text(a["MetricName"])))
		if row.Gauge { // it must hold while nothing is measured
			missing = []string{"ignore"}
			f.that(text(a["Statistic"]) == "Maximum", "%s takes the %s of a state", id, text(a["Statistic"]))
		}
		f.that(slices.Contains(missing, text(a["TreatMissingData"])), "%s: missing data is %q", id,
			text(a["TreatMissingData"]))
		f.that(strings.Contains(text(a["AlarmDescription"]), "docs/alarms.md"), "%s does not say what to do", id)
		if parts[text(a["AlarmName"])] {
			f.that(a["AlarmActions"] == nil && a["OKActions"] == nil, "%s is heard twice", id)
			continue
		}
		f.that(topics[text(a["AlarmActions"])] != nil, "%s tells nobody", id)
		over := text(a["OKActions"])
		f.that((over == "") == slices.Contains(leaveACase, strings.TrimSuffix(id, "Alarm")),
			"%s: when the count is 0 again, %q is told", id, over)
		f.that(over == "" || over == text(a["AlarmActions"]), "%s: its end goes to %q", id, over)
		if a["Metrics"] != nil {
			continue // checkServiceAlarms
		}
		namespace, name := text(a["Namespace"]), text(a["MetricName"])
		byMetric[namespace+" "+name] = append(byMetric[namespace+" "+name], dimension(a))
		f.that((a["Statistic"] == nil) != (a["ExtendedStatistic"] == nil), "%s has no one statistic", id)
		f.that(known || namespace != t.stage.StackName(), "%s watches %s, which nothing counts", id, name)
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
	aged := slices.DeleteFunc(slices.Clone(queues), func(q string) bool { return q == "ScheduleLetters.QueueName" })
	for name, want := range map[string][]string{
		"AWS/SQS ApproximateAgeOfOldestMessage": aged,
		"AWS/Lambda Errors":                     functions,
		"AWS/Lambda Throttles":                  functions, "AWS/Lambda IteratorAge": streams,
		"AWS/SQS ApproximateNumberOfMessagesVisible": queues, "AWS/ApiGateway 5xx": {"Api"},
		"AWS/SQS ApproximateNumberOfMessagesNotVisible": waiting,
	} {
		f.same("alarms of "+name, byMetric[name], slices.Clone(want))
	}
	return f
}

// period checks that an alarm's periods are ones that CloudWatch takes, and that it can go off in them.
func (f *findings) period(id string, a object) {
	period, _ := a["Period"].(float64)
	metrics, _ := a["Metrics"].([]any)
	for _, m := range metrics {
		if of, ok := at(m, "MetricStat", "Period").(float64); ok {
			f.that(period == 0 || period == of, "%s has the periods %v and %v", id, period, of)
			period = of
		}
	}
	periods, _ := a["EvaluationPeriods"].(float64)
	datapoints, _ := a["DatapointsToAlarm"].(float64)
	f.that(period >= 60 && int(period)%60 == 0 && periods >= 1 && period*periods <= 86400,
		"%s looks at %v periods of %v s", id, periods, period)
	f.that(datapoints >= 1 && datapoints <= periods, "%s goes off after %v of %v periods", id, datapoints, periods)
}

// partsOf returns the names of the alarms that composite alarms consist of.
func partsOf(t template) map[string]bool {
	all := map[string]bool{}
	for _, c := range t.of("AWS::CloudWatch::CompositeAlarm") {
		for _, name := range alarmsIn.FindAllStringSubmatch(text(c["AlarmRule"]), -1) {
			all[name[1]] = true
		}
	}
	return all
}

var alarmsIn = regexp.MustCompile(`ALARM\("([^"]+)"\)`)

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
	for _, row := range t.stage.metrics() {
		a := t.of("AWS::CloudWatch::Alarm")[string(row.Name)+"Alarm"]
		f.that(!row.Silence || text(a["TreatMissingData"]) == "breaching", "no %s at all is no alarm", row.Name)
	}
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
			if slices.Equal(texts(at(s, "Principal", "Service")), publishers) {
				may = append(may, texts(at(s, "Action"))...)
			}
		}
		f.same("what CloudWatch may do with the topic's key", may, []string{"kms:Decrypt", "kms:GenerateDataKey"})
		published := false
		for _, policy := range t.of("AWS::SNS::TopicPolicy") {
			statements, _ := at(policy, "PolicyDocument", "Statement").([]any)
			for _, s := range statements {
				published = published || slices.Equal(texts(at(s, "Principal", "Service")), publishers) &&
					text(at(s, "Resource")) == id && text(at(s, "Action")) == "sns:Publish" &&
					at(s, "Effect") == "Allow"
			}
		}
		f.that(published, "CloudWatch may not publish to %s", id)
	}
	sent := map[string]string{}
	for _, s := range t.of("AWS::SNS::Subscription") {
		sent[text(s["TopicArn"])] = text(s["Endpoint"])
	}
	want := map[string]string{}
	for id := range t.of("AWS::SNS::Topic") {
		want[id] = t.stage.AlarmEmail
		if strings.HasPrefix(id, "Tickets") && t.stage.TicketEmail != "" {
			want[id] = t.stage.TicketEmail
		}
	}
	f.that(len(want) == 2 && maps.Equal(sent, want), "alarms go to %v, want %v", sent, want)
	return f
}

// checkDashboard checks that the dashboard has a graph of every metric, and every alarm.
func checkDashboard(t template) (f findings) {
	for _, d := range t.of("AWS::CloudWatch::Dashboard") {
		body := text(d["DashboardBody"])
		for _, row := range t.stage.metrics() {
			f.that(strings.Contains(body, `"`+string(row.Name)+`"`), "%s has no graph", row.Name)
		}
		parts := partsOf(t)
		for id, a := range t.alarms() {
			if parts[text(a["AlarmName"])] {
				continue
			}
			f.that(strings.Contains(body, ":alarm:"+text(a["AlarmName"])+`"`), "%s is not on the dashboard", id)
		}
	}
	f.that(len(t.of("AWS::CloudWatch::Dashboard")) == 1, "no dashboard")
	return f
}

// alarms returns the properties of every alarm, by logical id.
func (t template) alarms() map[string]object {
	all := t.of("AWS::CloudWatch::Alarm")
	maps.Copy(all, t.of("AWS::CloudWatch::CompositeAlarm"))
	return all
}
