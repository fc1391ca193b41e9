package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The calls in this file are those that AWS itself makes in the name of a role, as the template configures it.

type mapping struct {
	EventSourceArn, FunctionName string
	BatchSize                    int
	FilterCriteria               struct{ Filters []struct{ Pattern string } }
	DestinationConfig            destinations
}

type destinations struct{ OnFailure struct{ Destination string } }

// arnName returns the last part of an ARN.
func arnName(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }

// queueURL returns the URL of a queue.
func (c *cloud) queueURL(arn string) string {
	return "https://sqs." + c.region + ".amazonaws.com/" + c.account + "/" + arnName(arn)
}

// mappings returns the event source mappings of a function.
func (s *stage) mappings(name string) (all []mapping) {
	for _, m := range properties[mapping](s.template, "AWS::Lambda::EventSourceMapping") {
		if s.template.functionOf(m.FunctionName) == name {
			all = append(all, m)
		}
	}
	return all
}

// sendFailures sends what Lambda sends to the destinations on failure of each function.
func (s *stage) sendFailures(context.Context) error {
	of := map[string][]string{}
	for _, m := range properties[mapping](s.template, "AWS::Lambda::EventSourceMapping") {
		name := s.template.functionOf(m.FunctionName)
		of[name] = append(of[name], m.DestinationConfig.OnFailure.Destination)
	}
	for _, c := range properties[struct {
		FunctionName, Qualifier string
		DestinationConfig       destinations
	}](s.template, "AWS::Lambda::EventInvokeConfig") {
		name := s.template.functionOf(s.arn("lambda", "function:"+c.FunctionName+":"+c.Qualifier))
		of[name] = append(of[name], c.DestinationConfig.OnFailure.Destination)
	}
	for name, queues := range of {
		for _, queue := range queues {
			if queue == "" {
				continue
			}
			letter := map[string]string{"QueueUrl": s.queueURL(queue), "MessageBody": "a rehearsed failure of " + name}
			if err := s.ask(s.functions[name].Role, "sqs", "AmazonSQS.SendMessage", letter, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// runSchedules invokes the functions that the scheduler invokes, in the name of its role.
func (s *stage) runSchedules(ctx context.Context) error {
	schedules := properties[struct {
		Target struct {
			Arn, RoleArn, Input string
			DeadLetterConfig    struct{ Arn string }
		}
	}](s.template, "AWS::Scheduler::Schedule")
	for _, id := range slices.Sorted(maps.Keys(schedules)) {
		target := schedules[id].Target
		role := s.template.role(target.RoleArn)
		answer, err := s.invokeAs(ctx, call{role: role, resource: target.Arn}, []byte(target.Input))
		if err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		if !strings.Contains(string(answer), `"failed":0`) {
			return fmt.Errorf("%s answered %s", id, answer)
		}
		if target.DeadLetterConfig.Arn == "" {
			continue
		}
		queue := s.queueURL(target.DeadLetterConfig.Arn)
		letter := map[string]string{"QueueUrl": queue, "MessageBody": "a rehearsed failure"}
		if err := s.ask(role, "sqs", "AmazonSQS.SendMessage", letter, nil); err != nil {
			return err
		}
	}
	return nil
}

// keepLogs writes the functions' logs and traces as Lambda does.
func (s *stage) keepLogs(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(s.functions)) {
		f := s.functions[name]
		began := strconv.FormatInt(time.Now().UnixNano(), 10)
		stream := map[string]any{"logGroupName": f.LoggingConfig.LogGroup, "logStreamName": "rehearsal-" + began}
		if err := s.ask(f.Role, "logs", "Logs_20140328.CreateLogStream", stream, nil); err != nil {
			return err
		}
		events := []map[string]any{{"timestamp": time.Now().UnixMilli(), "message": "START"}}
		for _, line := range s.logs[f.physical] {
			events = append(events, map[string]any{"timestamp": time.Now().UnixMilli(), "message": line})
		}
		stream["logEvents"] = events
		if err := s.ask(f.Role, "logs", "Logs_20140328.PutLogEvents", stream, nil); err != nil {
			return err
		}
		if f.TracingConfig.Mode != "Active" {
			continue
		}
		for path, body := range map[string]any{
			"TraceSegments":    map[string]any{"TraceSegmentDocuments": []string{}},
			"TelemetryRecords": map[string]any{"TelemetryRecords": []any{}},
		} {
			if err := s.ask(f.Role, "xray", path, body, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// object reads an object of S3 at its address in moto, which does not check the signature.
func object(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", authorization(operator, "us-east-1", "s3"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", address, response.Status, content)
	}
	return content, err
}
