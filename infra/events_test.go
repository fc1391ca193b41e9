package main

import (
	"strings"
	"time"

	"kasir/shared/event"
	"kasir/shared/route"
	"kasir/shared/store"
)

// checkSchedules checks the schedules against route.Schedules, and that every failed run becomes a dead letter.
func checkSchedules(t template) (f findings) {
	made := t.of("AWS::Scheduler::Schedule")
	all := append(t.stage.schedules(), route.Schedule{Name: "synthetic", Function: "reconcile",
		Input: `{"synthetic":{"notify":"` + text(at(t.doc, "Outputs", "NotificationUrl", "Value")) + `"}}`,
		Every: 5 * time.Minute})
	if t.stage.DOKU == "sandbox" {
		all = append(all, route.Schedule{Name: "syntheticPage", Function: "reconcile",
			Input: `{"synthetic":{"page":true}}`, Every: time.Hour})
	}
	f.that(len(made) == len(all), "%d schedules, want %d", len(made), len(all))
	for _, s := range all {
		schedule := made[s.Name+"Schedule"]
		f.that(text(schedule["ScheduleExpression"]) == rate(s.Every) && text(schedule["State"]) == "ENABLED",
			"%s runs %q, %q", s.Function, text(schedule["ScheduleExpression"]), text(schedule["State"]))
		target := at(schedule, "Target")
		f.that(text(at(target, "Input")) == s.Input, "%s is invoked with %q", s.Name, text(at(target, "Input")))
		f.that(text(at(target, "Arn")) == aliasID(s.Function), "the clock invokes %s",
			text(at(target, "Arn")))
		attempts, _ := at(target, "RetryPolicy", "MaximumRetryAttempts").(float64)
		f.that(attempts > 0, "%s is invoked once, come what may", s.Function)
		f.that(isQueue(t, at(target, "DeadLetterConfig", "Arn")), "%s: an invocation that fails is lost", s.Function)
		invoked := t.of("AWS::Lambda::EventInvokeConfig")[s.Function+"Invocations"]
		f.that(isQueue(t, at(invoked, "DestinationConfig", "OnFailure", "Destination")), "%s: a run that fails is lost",
			s.Function)
	}
	return f
}

func isQueue(t template, arn any) bool {
	return at(t.resources(), strings.TrimSuffix(text(arn), ".Arn"), "Type") == "AWS::SQS::Queue"
}

// checkQueues checks the retention of the queues. Letters of changes stay for the maximum, those of scheduled runs only
// as long as they are of use. All are encrypted and reachable only over TLS.
func checkQueues(t template) (f findings) {
	for id, q := range t.of("AWS::SQS::Queue") {
		stay := 14 * 86400.0
		if id == "ScheduleLetters" {
			stay = 3600
		}
		f.that(q["MessageRetentionPeriod"] == stay, "%s forgets after %v s", id, q["MessageRetentionPeriod"])
		f.that(q["SqsManagedSseEnabled"] == true, "%s is not encrypted", id)
		safe := false
		for _, policy := range t.of("AWS::SQS::QueuePolicy") {
			statement := at(policy, "PolicyDocument", "Statement", 0)
			safe = safe || text(policy["Queues"]) == id && text(at(statement, "Effect")) == "Deny" &&
				text(at(statement, "Condition", "Bool", "aws:SecureTransport")) == "false"
		}
		f.that(safe, "%s takes letters without TLS", id)
	}
	count := 2 + 2*len(t.stage.Webhooks)
	if t.stage.Settlement != nil {
		count++
	}
	f.that(len(t.of("AWS::SQS::Queue")) == count, "queues %v", keys(t.of("AWS::SQS::Queue")))
	return f
}

// checkBus checks that every event of kasir is kept for a replay.
func checkBus(t template) (f findings) {
	for id, a := range t.of("AWS::Events::Archive") {
		f.that(text(at(a, "EventPattern", "source")) == event.Source, "%s keeps %q", id,
			text(at(a, "EventPattern", "source")))
		f.that(a["RetentionDays"] == float64(t.stage.ArchiveDays), "%s keeps events for %v days", id,
			a["RetentionDays"])
		f.that(at(t.resources(), strings.TrimSuffix(text(a["SourceArn"]), ".Arn"), "Type") == "AWS::Events::EventBus",
			"%s is of no bus", id)
	}
	f.that(len(t.of("AWS::Events::Archive")) == 1, "no archive")
	return f
}

// checkStream checks that every change of an order is read until it succeeds, or kept as a dead letter.
func checkStream(t template) (f findings) {
	mappings := t.of("AWS::Lambda::EventSourceMapping")
	streams := 0
	for _, row := range t.stage.functions() {
		if !row.Stream {
			continue
		}
		streams++
		found := false
		for id, m := range mappings {
			if text(m["FunctionName"]) != aliasID(row.Name) {
				continue
			}
			found = true
			f.that(text(m["EventSourceArn"]) == "Orders.StreamArn", "%s reads %s", id, text(m["EventSourceArn"]))
			for i, pattern := range store.StreamFilters {
				f.that(text(at(m, "FilterCriteria", "Filters", i, "Pattern")) == pattern,
					"%s lets other items than orders with news through, or fewer", id)
			}
			f.that(isQueue(t, at(m, "DestinationConfig", "OnFailure", "Destination")), "%s loses what fails", id)
			f.that(m["BisectBatchOnFunctionError"] == true &&
				text(m["FunctionResponseTypes"]) == "ReportBatchItemFailures", "%s: one record holds up its batch", id)
			f.that(m["BatchSize"] == float64(t.stage.streamBatch()) &&
				m["MaximumBatchingWindowInSeconds"] == float64(t.stage.streamWindow()), "%s reads %v in %v s", id,
				m["BatchSize"], m["MaximumBatchingWindowInSeconds"])
			if most := t.stage.Scale.StreamParallel; most > 0 {
				f.that(m["ParallelizationFactor"] == float64(most), "%s reads %v batches at once, want %d", id,
					m["ParallelizationFactor"], most)
			}
			attempts, _ := m["MaximumRetryAttempts"].(float64)
			f.that(attempts > 0, "%s tries once, or for ever: %v", id, m["MaximumRetryAttempts"])
			f.that(text(m["StartingPosition"]) == "TRIM_HORIZON", "%s leaves out what came before it", id)
		}
		f.that(found, "%s reads no stream", row.Name)
	}
	f.that(len(mappings) == streams+len(t.stage.Webhooks), "%d mappings for %d streams and %d webhooks", len(mappings),
		streams, len(t.stage.Webhooks))
	return f
}
