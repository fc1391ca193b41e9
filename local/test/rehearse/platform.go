package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/aws/eventsource"
)

// The calls in this file are those that AWS itself makes in the name of a function's role, as the template configures it.

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

// readStream asks for the records of the table's stream as Lambda does, and gives the function those that dynalite kept.
func (s *stage) readStream(ctx context.Context) error {
	role := s.functions["publish"].Role
	for _, m := range s.mappings("publish") {
		var described struct {
			StreamDescription struct {
				Shards []struct {
					ShardID string `json:"ShardId"`
				}
			}
		}
		var at struct{ ShardIterator string }
		stream := map[string]any{"StreamArn": m.EventSourceArn}
		const api = "DynamoDBStreams_20120810."
		if err := s.ask(role, "dynamodb", api+"ListStreams", map[string]any{"TableName": s.table}, nil); err != nil {
			return err
		}
		if err := s.ask(role, "dynamodb", api+"DescribeStream", stream, &described); err != nil {
			return err
		}
		stream["ShardId"], stream["ShardIteratorType"] = described.StreamDescription.Shards[0].ShardID, "TRIM_HORIZON"
		if err := s.ask(role, "dynamodb", api+"GetShardIterator", stream, &at); err != nil {
			return err
		}
		if err := s.ask(role, "dynamodb", api+"GetRecords", at, nil); err != nil {
			return err
		}
		filter, err := eventsource.ParseFilter(m.FilterCriteria.Filters[0].Pattern)
		if err != nil {
			return err
		}
		passing := &eventsource.Mapping{
			Stream: dynamodb.Stream{URL: s.store.URL}, Filter: filter, Function: "publish", Invoke: s.invoke,
			Batch: m.BatchSize, Attempts: 2, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		}
		if err := drain(ctx, passing); err != nil {
			return err
		}
	}
	return nil
}

// drain passes records on until the stream is empty.
func drain(ctx context.Context, m *eventsource.Mapping) error {
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); m.Run(running) }()
	defer func() { stop(); <-done }()
	for {
		asking, cancel := context.WithTimeout(ctx, 2*time.Second) // without a record, dynalite waits longer
		left, err := m.Stream.Read(asking, 1)
		ended := asking.Err() != nil
		cancel()
		switch {
		case ctx.Err() != nil:
			return errors.New("publish does not come to the end of the stream")
		case ended || err == nil && len(left) == 0:
			return nil
		case err != nil:
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// readQueues reads the events that EventBridge has put into the queues of the endpoints, and invokes deliver with each
// batch twice: once as it is, and once as one whose last attempt is due.
func (s *stage) readQueues(ctx context.Context) error {
	role := s.functions["deliver"].Role
	// A stage without endpoints still has the function, for kasir webhooks test.
	if answer, err := s.invoke(ctx, "deliver", []byte(`{"test":"rehearsal"}`)); err == nil {
		return fmt.Errorf("deliver has an endpoint that is not in the stage: %s", answer)
	}
	for _, m := range s.mappings("deliver") {
		queue := map[string]any{"QueueUrl": s.queueURL(m.EventSourceArn)}
		if err := s.ask(role, "sqs", "AmazonSQS.GetQueueAttributes", queue, nil); err != nil {
			return err
		}
		var got struct{ Messages []message }
		for end := time.Now().Add(20 * time.Second); len(got.Messages) == 0; {
			if time.Now().After(end) {
				return fmt.Errorf("no event came into the queue %s", arnName(m.EventSourceArn))
			}
			in := map[string]any{"MaxNumberOfMessages": m.BatchSize, "WaitTimeSeconds": 1, "AttributeNames": []string{"All"}}
			maps.Copy(in, queue)
			if err := s.ask(role, "sqs", "AmazonSQS.ReceiveMessage", in, &got); err != nil {
				return err
			}
		}
		for _, last := range []bool{false, true} {
			if err := s.deliver(ctx, m, got.Messages, last); err != nil {
				return err
			}
		}
		queue["ReceiptHandle"] = got.Messages[0].ReceiptHandle
		if err := s.ask(role, "sqs", "AmazonSQS.DeleteMessage", queue, nil); err != nil {
			return err
		}
	}
	return nil
}

type message struct {
	MessageID     string `json:"MessageId"`
	Body          string
	ReceiptHandle string
	Attributes    map[string]string
}

// deliver invokes deliver with messages. With last, they have been in the queue for so long that one more attempt is the
// last.
func (s *stage) deliver(ctx context.Context, m mapping, messages []message, last bool) error {
	var records []map[string]any
	for _, one := range messages {
		attributes := maps.Clone(one.Attributes)
		if last {
			attributes["SentTimestamp"] = strconv.FormatInt(time.Now().Add(-13*24*time.Hour).UnixMilli(), 10)
			attributes["ApproximateReceiveCount"] = "40"
		}
		records = append(records, map[string]any{"messageId": one.MessageID, "receiptHandle": one.ReceiptHandle,
			"body": one.Body, "attributes": attributes, "eventSource": "aws:sqs", "eventSourceARN": m.EventSourceArn})
	}
	event, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		return err
	}
	answer, err := s.invoke(ctx, "deliver", event)
	if err != nil {
		return err
	}
	if failed := strings.Count(string(answer), "itemIdentifier"); failed != len(messages) && !last || failed != 0 && last {
		return fmt.Errorf("deliver (last attempt: %t) reported %d of %d events as failed", last, failed, len(messages))
	}
	return nil
}

// sendFailures sends what Lambda sends to the destinations on failure of each function.
func (s *stage) sendFailures(context.Context) error {
	of := map[string][]string{}
	for _, m := range properties[mapping](s.template, "AWS::Lambda::EventSourceMapping") {
		name := s.template.functionOf(m.FunctionName)
		of[name] = append(of[name], m.DestinationConfig.OnFailure.Destination)
	}
	for _, c := range properties[struct {
		FunctionName      string
		DestinationConfig destinations
	}](s.template, "AWS::Lambda::EventInvokeConfig") {
		name := s.template.functionOf(c.FunctionName)
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
		role, name := s.template.role(target.RoleArn), s.template.functionOf(target.Arn)
		if !s.allow(call{role: role, action: "lambda:InvokeFunction", resource: target.Arn}) {
			return fmt.Errorf("%s may not invoke %s", role, name)
		}
		answer, err := s.invoke(ctx, name, []byte(target.Input))
		if err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		if !strings.Contains(string(answer), `"failed":0`) {
			return fmt.Errorf("%s answered %s", id, answer)
		}
		if target.DeadLetterConfig.Arn == "" {
			continue
		}
		letter := map[string]string{"QueueUrl": s.queueURL(target.DeadLetterConfig.Arn), "MessageBody": "a rehearsed failure"}
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
		if !s.invoked[name] {
			return fmt.Errorf("the story does not invoke %s", name)
		}
		stream := map[string]any{"logGroupName": f.LoggingConfig.LogGroup, "logStreamName": "rehearsal-" + strconv.FormatInt(time.Now().UnixMilli(), 10)}
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
