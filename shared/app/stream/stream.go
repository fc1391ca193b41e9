// Package stream starts the functions that the table's stream invokes. It stands apart from package app, so that the others do not
// carry EventBridge's client.
package stream

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"kasir/shared/app"
	"kasir/shared/event"
	"kasir/shared/function"
	"kasir/shared/store"
)

// Handler takes a batch of changes and returns the place of the first that must be read again, or nothing.
type Handler func(ctx context.Context, changes []event.Change) (failed string)

// Start runs a function of the table's stream until Lambda ends the process. A wrong setting ends it at once, and is named.
func Start(name string, handler func(event.Bus, *slog.Logger) Handler) {
	app.TrustBundle()
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	f, ok := function.Find(name)
	if !ok {
		panic("no row for " + name + " in function.Table")
	}
	s, err := app.Load(os.Getenv, f)
	if err != nil {
		log.Error("cannot start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(report(handler(newBus(s), log)))
}

// report tells Lambda from where to go on. What follows a change that fails comes again behind it, and would be given up with it;
// an error of the whole, which Lambda answers by halving the batch, leaves the one alone in the end.
func report(handle Handler) func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	return func(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		// A list that is there, even if empty: none at all would be read as a function that does not report.
		response := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
		all := changes(e)
		failed := handle(ctx, all)
		if failed == "" {
			return response, nil
		}
		if len(all) > 1 && failed == all[0].Sequence {
			return response, errors.New("the first change of several failed: it is looked for by halves")
		}
		response.BatchItemFailures = append(response.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: failed})
		return response, nil
	}
}

func changes(e events.DynamoDBEvent) []event.Change {
	var all []event.Change
	for _, record := range e.Records {
		c := event.Change{Sequence: record.Change.SequenceNumber}
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
	return bus{eventbridge.New(options), s.Bus}
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
	for _, entry := range out.Entries {
		var refusal error
		if entry.ErrorCode != nil {
			refusal = errors.New(*entry.ErrorCode + ": " + aws.ToString(entry.ErrorMessage))
		}
		refused = append(refused, refusal)
	}
	return refused, nil
}
