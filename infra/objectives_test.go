package main

import (
	"slices"
	"strings"
	"testing"

	"kasir/shared/function"
	"kasir/shared/metric"
)

// statistics returns the metrics of an alarm on an expression, each as "namespace name statistic dimension=value", and
// the expression.
func statistics(alarm object) (all []string, expression string) {
	metrics, _ := alarm["Metrics"].([]any)
	for _, m := range metrics {
		if text(at(m, "Expression")) != "" {
			expression = text(at(m, "Expression"))
			continue
		}
		stat := at(m, "MetricStat")
		line := text(at(stat, "Metric", "Namespace")) + " " + text(at(stat, "Metric", "MetricName")) + " " +
			text(at(stat, "Stat"))
		for i := 0; at(stat, "Metric", "Dimensions", i) != nil; i++ {
			d := at(stat, "Metric", "Dimensions", i)
			line += " " + text(at(d, "Name")) + "=" + text(at(d, "Value"))
		}
		all = append(all, line)
	}
	return all, expression
}

// checkServices checks the alarms on AWS's services: that they watch this stage's table, indexes, schedules and rules.
func checkServices(t template) (f findings) {
	throttles := func(of string) []string {
		return []string{"AWS/DynamoDB ReadThrottleEvents Sum" + of + " TableName=Orders",
			"AWS/DynamoDB WriteThrottleEvents Sum" + of + " TableName=Orders"}
	}
	var indexes []string
	for i := 0; at(t.of("AWS::DynamoDB::Table")["Orders"], "GlobalSecondaryIndexes", i) != nil; i++ {
		name := text(at(t.of("AWS::DynamoDB::Table")["Orders"], "GlobalSecondaryIndexes", i, "IndexName"))
		indexes = append(indexes, throttles(" GlobalSecondaryIndexName="+name)...)
	}
	var rules, schedules []string
	names := []string{"Events-Archive-" + t.stage.StackName()}
	for _, w := range t.stage.Webhooks {
		names = append(names, `{"Fn::Select":[1,{"Fn::Split":["|",{"Ref":"`+w.id()+`Rule"}]}]}`)
	}
	for _, name := range names {
		for _, count := range []string{"FailedInvocations", "InvocationsFailedToBeSentToDlq"} {
			rules = append(rules, "AWS/Events "+count+" Sum EventBusName=Bus RuleName="+name)
		}
	}
	for _, count := range []string{"TargetErrorCount", "InvocationDroppedCount",
		"InvocationsFailedToBeSentToDeadLetterCount"} {
		schedules = append(schedules, "AWS/Scheduler "+count+" Sum ScheduleGroup=Schedules")
	}
	for id, s := range t.of("AWS::Scheduler::Schedule") {
		f.that(text(s["GroupName"]) == "Schedules", "%s is not in the group that is watched", id)
	}
	for name, want := range map[string][]string{
		"TableThrottles": throttles(""), "IndexThrottles": indexes, "BusFailures": rules, "ScheduleFailures": schedules,
		"ClaimedConcurrency": {"AWS/Lambda ClaimedAccountConcurrency Maximum"},
		"ClientErrors":       {"AWS/ApiGateway 4xx Sum ApiId=Api", "AWS/ApiGateway Count Sum ApiId=Api"},
	} {
		got, expression := statistics(t.of("AWS::CloudWatch::Alarm")[name+"Alarm"])
		f.same(name+" watches", got, slices.Clone(want))
		f.that(expression != "", "%s has no expression", name)
	}
	return f
}

// checkObjectives checks that each burn rate is watched over two windows, and that the alarm on both is heard.
func checkObjectives(t template) (f findings) {
	created := " FunctionName=" + function.LogicalID("createpage")
	of := map[string][]string{
		"Availability": {"AWS/ApiGateway 5xx Sum ApiId=Api", "AWS/ApiGateway Count Sum ApiId=Api"},
		"Creation":     {"AWS/Lambda Duration PR(:5000)" + created, "AWS/Lambda Duration SampleCount" + created},
		"PaidShare": {t.stage.StackName() + " " + string(metric.PagesPaid) + " Sum",
			t.stage.StackName() + " " + string(metric.PagesCreated) + " Sum"},
	}
	composites := t.of("AWS::CloudWatch::CompositeAlarm")
	f.that(len(composites) == 2*len(of), "objectives: %v", keys(composites))
	for name, want := range of {
		for window, topic := range map[string]string{"Fast": "Alarms", "Day": "Tickets"} {
			whole := composites[name+window+"Alarm"]
			f.that(strings.HasPrefix(text(whole["AlarmActions"]), topic) &&
				text(whole["OKActions"]) == text(whole["AlarmActions"]), "%s tells %q", name+window,
				text(whole["AlarmActions"]))
			begin := t.stage.StackName() + "-" + name + window
			f.that(text(whole["AlarmRule"]) == `ALARM("`+begin+`Short") AND ALARM("`+begin+`Long")`,
				"%s rests on %s", name+window, text(whole["AlarmRule"]))
			periods := map[string]float64{}
			for _, part := range []string{"Short", "Long"} {
				a := t.of("AWS::CloudWatch::Alarm")[name+window+part+"Alarm"]
				got, _ := statistics(a)
				f.same(name+window+part+" watches", got, slices.Clone(want))
				f.that(slices.Contains(texts(t.resources()[name+window+"Alarm"].(object)["DependsOn"]),
					name+window+part+"Alarm"), "%s may be made before its part", name+window)
				periods[part], _ = at(a, "Metrics", 1, "MetricStat", "Period").(float64)
			}
			f.that(periods["Short"]*4 <= periods["Long"] && periods["Short"] > 0, "%s has the windows %v", name+window,
				periods)
		}
	}
	return f
}

// A stage's share of paid pages sets the thresholds.
func TestTheShareOfPaidPagesIsTheStages(t *testing.T) {
	for paid, want := range map[int]float64{0: 50, 70: 30} {
		if got := float64(100 - Stage{Paid: paid}.paid()); got != want {
			t.Errorf("Paid %d: the budget of unpaid pages is %v %%, want %v", paid, got, want)
		}
	}
}

// checkStranger checks that a person is told of every reading of DOKU's keys, except by the functions that need them.
func checkStranger(t template) (f findings) {
	rule := t.of("AWS::Events::Rule")["SecretReadRule"]
	f.that(text(rule["State"]) == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
		"the rule does not see readings: its state is %q", text(rule["State"]))
	detail := at(rule, "EventPattern", "detail")
	f.that(text(at(detail, "eventName")) == "GetSecretValue", "the rule watches %s", text(at(detail, "eventName")))
	prefix, _, _ := strings.Cut(text(t.of("AWS::SecretsManager::Secret")["Secret"]["Name"]), "{")
	f.that(text(at(detail, "requestParameters", "secretId", 0, "wildcard")) == "*"+prefix+"*",
		"the rule is for %s, and the secret is %s", text(at(detail, "requestParameters")), prefix)
	known := func(i int) any {
		return at(detail, "$or", i, "userIdentity", "sessionContext", "sessionIssuer", "arn", 0)
	}
	want := slices.Clone(t.stage.SecretReaders)
	for _, row := range t.stage.functions() {
		if row.Secret {
			want = append(want, roleOf(t, row.Name)+".Arn")
		}
	}
	f.same("who may read DOKU's keys unnoticed", texts(at(known(0), "anything-but")), want)
	f.that(at(known(1), "exists") == false, "a user's own reading is not noticed")
	f.that(strings.HasPrefix(text(at(rule, "Targets", 0, "Arn")), "Alarms"), "a reading is told to %s",
		text(at(rule, "Targets", 0, "Arn")))
	return f
}

// untaggable are the types of resources that cannot have tags.
var untaggable = []string{"AWS::ApiGatewayV2::ApiMapping", "AWS::ApiGatewayV2::Authorizer",
	"AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route", "AWS::Cognito::UserPoolClient",
	"AWS::Cognito::UserPoolDomain", "AWS::Cognito::UserPoolGroup", "AWS::Cognito::UserPoolResourceServer",
	"AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::CloudWatch::Dashboard",
	"AWS::Events::Archive", "AWS::IAM::Policy", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Permission",
	"AWS::S3::BucketPolicy", "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy",
	"AWS::Scheduler::Schedule"}

// checkTags checks that every resource that can have tags has those of the stage.
func checkTags(t template) (f findings) {
	for id, r := range t.resources() {
		kind, got := text(at(r, "Type")), map[string]string{}
		tags := at(r, "Properties", "Tags")
		if kind == "AWS::Cognito::UserPool" {
			tags = at(r, "Properties", "UserPoolTags")
		}
		pairs, _ := tags.(object)
		for key, value := range pairs {
			got[key] = text(value)
		}
		for i := 0; at(tags, i) != nil; i++ {
			got[text(at(tags, i, "Key"))] = text(at(tags, i, "Value"))
		}
		f.that(slices.Contains(untaggable, kind) || got["app"] == "kasir" && got["stage"] == t.stage.Name,
			"%s, %s, has the tags %v", id, kind, got)
	}
	return f
}
