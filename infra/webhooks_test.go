package main

import (
	"slices"
	"strings"

	"kasir/shared/event"
	"kasir/shared/function"
)

// policyOf returns the statement by which EventBridge may send to a queue, or nil.
func policyOf(t template, queue string) object {
	for _, policy := range t.of("AWS::SQS::QueuePolicy") {
		statements, _ := at(policy, "PolicyDocument", "Statement").([]any)
		for _, s := range statements {
			if text(policy["Queues"]) == queue && text(at(s, "Principal", "Service")) == "events.amazonaws.com" {
				return s.(object)
			}
		}
	}
	return nil
}

// checkWebhooks checks that each endpoint has a queue of its own that loses nothing, that only its rule sends to it,
// and that it takes no executions from the other endpoints.
func checkWebhooks(t template) (f findings) {
	rules := t.of("AWS::Events::Rule")
	f.that(len(rules) == len(t.stage.Webhooks)+1, "rules %v", keys(rules))
	reserved, _ := t.of("AWS::Lambda::Function")[function.LogicalID("deliver")]["ReservedConcurrentExecutions"].(float64)
	f.that(int(reserved) == t.stage.Concurrency.Webhooks*len(t.stage.Webhooks), "%v executions are reserved", reserved)
	seconds, _ := t.of("AWS::Lambda::Function")[function.LogicalID("deliver")]["Timeout"].(float64)
	for _, w := range t.stage.Webhooks {
		id := w.id()
		queue, rule := t.of("AWS::SQS::Queue")[id], rules[id+"Rule"]
		f.that(text(at(queue, "RedrivePolicy", "deadLetterTargetArn")) == id+"Letters.Arn", "%s gives nothing up", id)
		receives, _ := at(queue, "RedrivePolicy", "maxReceiveCount").(float64)
		f.that(receives == 50, "%s gives up after %v receives", id, receives)
		hidden, _ := queue["VisibilityTimeout"].(float64)
		f.that(hidden >= 6*seconds, "%s hides a message for %v s, the function runs for %v", id, hidden, seconds)

		f.that(text(rule["EventBusName"]) == "Bus", "%s listens to %s", id, text(rule["EventBusName"]))
		f.that(text(at(rule, "EventPattern", "source")) == event.Source, "%s receives the events of others", id)
		var types []string
		if only := at(rule, "EventPattern", "detail-type"); only != nil {
			types = texts(only)
		}
		f.that(slices.Equal(types, w.Types), "%s receives %v, the stage says %v", id, types, w.Types)
		f.that(text(at(rule, "Targets", 0, "Arn")) == id+".Arn", "%s sends elsewhere", id)
		f.that(text(at(rule, "Targets", 0, "DeadLetterConfig", "Arn")) == id+"Letters.Arn",
			"%s loses what the queue refuses", id)
		for _, to := range []string{id, id + "Letters"} {
			s := policyOf(t, to)
			f.that(text(at(s, "Action")) == "sqs:SendMessage" && text(at(s, "Effect")) == "Allow" &&
				text(at(s, "Condition", "ArnEquals", "aws:SourceArn")) == id+"Rule.Arn",
				"EventBridge may send to %s: %s", to, text(s))
		}
		mapping := t.of("AWS::Lambda::EventSourceMapping")[id+"Delivery"]
		f.that(text(mapping["EventSourceArn"]) == id+".Arn" &&
			text(mapping["FunctionName"]) == aliasID("deliver"), "nothing delivers the events of %s",
			id)
		f.that(text(mapping["FunctionResponseTypes"]) == "ReportBatchItemFailures",
			"%s: one failure repeats a batch", id)
		atOnce, _ := at(mapping, "ScalingConfig", "MaximumConcurrency").(float64)
		f.that(int(atOnce) == t.stage.webhookConcurrency(), "%s may take %v executions", id, atOnce)
		given := text(at(t.of("AWS::Lambda::Function")[function.LogicalID("deliver")], "Environment", "Variables",
			"WEBHOOKS"))
		f.that(strings.Contains(given, `"queue":"`+id+`"`) && strings.Contains(given, `"letters":"`+id+`Letters"`),
			"deliver does not know the queues of %s: %s", id, given)
	}
	return f
}
