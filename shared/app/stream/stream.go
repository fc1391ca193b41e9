// Package stream starts the functions that the table's stream invokes. It is separate from package app to keep
// EventBridge's client out of the other functions.
package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"kasir/shared/app"
	"kasir/shared/event"
	"kasir/shared/function"
	"kasir/shared/store"
)

// Handler handles a batch of changes. After an error, the change with the sequence number failed and all changes after
// it must be read again. If failed is empty, all changes must be read again.
type Handler func(ctx context.Context, changes []event.Record) (failed string, err error)

// Start runs a function of the table's stream.
func Start(name string, handler func(event.Bus, *slog.Logger) Handler) {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	app.Run(name, log, func(_ function.Function, s app.Settings) (any, error) {
		return report(handler(newBus(s), log)), nil
	})
}

// report returns a Lambda function that reports the change from which Lambda must go on. The changes after a change
// that always fails are sent again behind it, and Lambda would give them up with it. If the first of several changes
// fails, report therefore returns an error for the whole batch. Lambda then halves the batch, and in the end the
// failing change is alone.
func report(handle Handler) func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	return func(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		// The list must not be nil. Lambda would then treat the function as one that does not report failures.
		response := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
		if len(e.Records) == 0 {
			return response, errors.New("the event has no records: it is not an event of a table's stream")
		}
		all := changes(e)
		failed, err := handle(ctx, all)
		if err == nil {
			return response, nil
		}
		if failed == "" { // Lambda would treat an empty list as success, and an empty place in another way
			return response, fmt.Errorf("a change without a place in the stream failed: %w", err)
		}
		if len(all) > 1 && failed == all[0].Sequence {
			return response, errors.New("the first change of several failed: Lambda halves the batch to isolate it")
		}
		response.BatchItemFailures = append(response.BatchItemFailures,
			events.DynamoDBBatchItemFailure{ItemIdentifier: failed})
		return response, nil
	}
}

func changes(e events.DynamoDBEvent) []event.Record {
	var all []event.Record
	for _, record := range e.Records {
		c := event.Record{Sequence: record.Change.SequenceNumber}
		if store.IsBatch(record) {
			c.BatchBefore, c.BatchAfter, c.Err = store.BatchFromStream(record)
		} else {
			c.Before, c.After, c.Err = store.FromStream(record)
		}
		all = append(all, c)
	}
	return all
}

type bus struct {
	client *eventbridge.Client
	name   string
}

func newBus(s app.Settings) bus {
	options := eventbridge.Options{
		Region: s.Region, Credentials: app.Credentials(s), HTTPClient: app.ShortTimeout(5 * time.Second),
	}
	if s.EventsURL != "" {
		options.BaseEndpoint = &s.EventsURL
	}
	return bus{eventbridge.New(options), s.EventBus}
}

// Put puts events on the bus; see event.Bus.
func (b bus) Put(ctx context.Context, all []event.Event) (refused []error, err error) {
	in := &eventbridge.PutEventsInput{}
	for _, e := range all {
		in.Entries = append(in.Entries, types.PutEventsRequestEntry{
			EventBusName: &b.name, Source: aws.String(event.Source), DetailType: &e.Type,
			Detail: aws.String(string(e.Detail)), Time: &e.At,
		})
	}
	out, err := b.client.PutEvents(ctx, in)
	if err != nil {
		return nil, err
	}
	return refusals(out)
}

// refusals returns the error of each event in an answer, nil for an event that is on the bus. Only an event with an id
// is on the bus. event.Publish checks that the answer has an entry for every event.
func refusals(out *eventbridge.PutEventsOutput) (refused []error, err error) {
	var count int32
	for _, entry := range out.Entries {
		var refusal error
		switch {
		case entry.ErrorCode != nil:
			refusal = errors.New(*entry.ErrorCode + ": " + aws.ToString(entry.ErrorMessage))
		case aws.ToString(entry.EventId) == "":
			refusal = errors.New("EventBridge gave the event no id")
		}
		if refusal != nil {
			count++
		}
		refused = append(refused, refusal)
	}
	if out.FailedEntryCount > count {
		return nil, fmt.Errorf("EventBridge refused %d events and named %d", out.FailedEntryCount, count)
	}
	return refused, nil
}
