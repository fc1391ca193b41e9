// Package queue starts the functions that queues invoke. It is separate from package app to keep SQS's client out of
// the other functions.
package queue

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"kasir/shared/app"
	"kasir/shared/edge"
	"kasir/shared/function"
	"kasir/shared/secret"
	"kasir/shared/webhook"
)

// Handler handles one message. It reports whether the queue may delete the message.
type Handler func(ctx context.Context, m webhook.Message) (done bool)

// secretMaxAge is short, because a person waits for the end of a rotation.
const secretMaxAge = time.Minute

// Start runs a function of the endpoints' queues.
func Start(name string, handler func(*webhook.Courier) Handler) {
	log := edge.NewLog(os.Stdout)
	app.Run(name, log, func(_ function.Function, s app.Settings) (any, error) {
		courier := newCourier(s, log)
		handle := handler(courier)
		return func(ctx context.Context, event json.RawMessage) (any, error) {
			return serve(ctx, event, courier, handle)
		}, nil
	})
}

func newCourier(s app.Settings, log *slog.Logger) *webhook.Courier {
	options := secretsmanager.Options{
		Region: s.Region, Credentials: app.Credentials(s), HTTPClient: app.ShortTimeout(2 * time.Second),
	}
	if s.SecretsURL != "" {
		options.BaseEndpoint = &s.SecretsURL
	}
	secrets := &webhook.Keeper{
		Fetch:  secret.From(secretsmanager.New(options), s.WebhooksSecretARN),
		MaxAge: secretMaxAge, Now: time.Now, Log: log,
	}
	return &webhook.Courier{
		Endpoints: s.Webhooks, Secrets: secrets.Of, Queue: newSQS(s), Client: webhook.NewClient(s.Local.On),
		Delays: s.WebhookDelays, Timeout: s.WebhookTimeout, Now: s.Local.Clock(), Wall: time.Now, NewID: rand.Text,
		Log: log, Namespace: s.Namespace,
	}
}

// serve handles an event of SQS, all messages at the same time, or the event {"test":"<endpoint>"} of kasir webhooks
// test.
func serve(ctx context.Context, event json.RawMessage, c *webhook.Courier, handle Handler) (any, error) {
	var in struct {
		events.SQSEvent
		Test string `json:"test"`
	}
	if err := json.Unmarshal(event, &in); err != nil {
		return nil, errors.New("the event is not JSON of SQS")
	}
	if in.Test != "" {
		return c.Test(ctx, in.Test)
	}
	if len(in.Records) == 0 {
		return nil, errors.New("the event has no records: it is not an event of a queue")
	}
	done := make([]bool, len(in.Records))
	var running sync.WaitGroup
	for i, record := range in.Records {
		running.Go(func() { done[i] = handle(ctx, message(record)) })
	}
	running.Wait()
	// The list must not be nil. Lambda would then treat the function as one that does not report failures.
	response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for i, record := range in.Records {
		if !done[i] {
			response.BatchItemFailures = append(response.BatchItemFailures,
				events.SQSBatchItemFailure{ItemIdentifier: record.MessageId})
		}
	}
	return response, nil
}

// message returns a message of an event. Without its attributes it counts as new.
func message(r events.SQSMessage) webhook.Message {
	m := webhook.Message{Queue: r.EventSourceARN[strings.LastIndexByte(r.EventSourceARN, ':')+1:],
		Receipt: r.ReceiptHandle, Body: r.Body}
	sent, _ := strconv.ParseInt(r.Attributes["SentTimestamp"], 10, 64)
	m.SentAt = time.UnixMilli(sent)
	m.Receives, _ = strconv.Atoi(r.Attributes["ApproximateReceiveCount"])
	return m
}
