// Package stream starts the functions that the table's stream invokes. It stands apart from package app, so that the
// others do not carry EventBridge's client.
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

// Handler takes a batch of changes. After an error the change at the place failed must be read again, and all that
// follow; where the place is not known, all of them.
type Handler func(ctx context.Context, changes []event.Record) (failed string, err error)

// Start runs a function of the table's stream.
func Start(name string, handler func(event.Bus, *slog.Logger) Handler) {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	app.Run(name, log, func(_ function.Function, s app.Settings) (any, error) {
		return report(handler(newBus(s), log)), nil
	})
}

// report tells Lambda from where to go on. What follows a change that fails comes again behind it, and would be given
// up with it; an error of the whole, which Lambda answers by halving the batch, leaves the one alone in the end.
func report(handle Handler) func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	return func(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		// A list that is there, even if empty: none at all would be read as a function that does not report.
		response := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
		if len(e.Records) == 0 {
			return response, errors.New("the event has no records: it is none of a table's stream")
		}
		all := changes(e)
		failed, err := handle(ctx, all)
		if err == nil {
			return response, nil
		}
		if failed == "" { // an empty list, or an empty place, would be read as success or as something else
			return response, fmt.Errorf("a change without a place in the stream failed: %w", err)
		}
		if len(all) > 1 && failed == all[0].Sequence {
			return response, errors.New("the first change of several failed: it is looked for by halves")
		}
		response.BatchItemFailures = append(response.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: failed})
		return response, nil
	}
}

func changes(e events.DynamoDBEvent) []event.Record {
	var all []event.Record
	for _, record := range e.Records {
		c := event.Record{Sequence: record.Change.SequenceNumber}
		c.Before, c.After, c.Err = store.FromStream(record)
		all = append(all, c)
	}
	return all
}

type bus struct {
	client *eventbridge.Client
	name   string
}

func newBus(s app.Settings) bus {
	options := eventbridge.Options{Region: s.Region, Credentials: app.Credentials(s), HTTPClient: app.Impatient(5 * time.Second)}
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
			EventBusName: &b.name, Source: aws.String(event.Source), DetailType: &e.Type, Detail: aws.String(string(e.Detail)), Time: &e.At,
		})
	}
	out, err := b.client.PutEvents(ctx, in)
	if err != nil {
		return nil, err
	}
	return judge(out)
}

// judge reads from an answer what became of each event. Only an event that has an id is on the bus. Whether the answer
// is about all events is for event.Publish to see.
func judge(out *eventbridge.PutEventsOutput) (refused []error, err error) {
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
