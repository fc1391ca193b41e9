package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strconv"
	"strings"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/aws/eventsource"
)

// readStream asks for the records of the table's stream as Lambda does, and gives the function those that dynalite
// kept.
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
		var patterns []string
		for _, f := range m.FilterCriteria.Filters {
			patterns = append(patterns, f.Pattern)
		}
		filter, err := eventsource.ParseFilters(patterns...)
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
			in := map[string]any{"AttributeNames": []string{"All"}, "WaitTimeSeconds": 1}
			in["QueueUrl"], in["MaxNumberOfMessages"] = queue["QueueUrl"], m.BatchSize
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

// deliver invokes deliver with messages. With last, they have been in the queue for so long that one more attempt is
// the last. No endpoint can be reached, see nowhere.
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
	want := len(messages)
	if last { // they are given up, and become dead letters
		want = 0
	}
	if failed := strings.Count(string(answer), "itemIdentifier"); failed != want {
		return fmt.Errorf("deliver (last attempt: %t) reported %d events as failed, want %d", last, failed, want)
	}
	return nil
}
