package stack

import (
	"context"
	"log/slog"
	"sync"

	"kasir/local/aws/dynamodb"
	"kasir/local/aws/eventbridge"
	"kasir/local/aws/eventsource"
	"kasir/shared/function"
	"kasir/shared/store"
)

const eventBus = "kasir-local"

// startEvents starts a replacement of EventBridge, which keeps the last events of the bus.
func (s *Stack) startEvents(cfg Config) (err error) {
	if s.Events, err = eventbridge.Open(cfg.EventsFile); err != nil {
		return err
	}
	s.closers = append(s.closers, func() { s.Events.Close() })
	s.eventsURL, err = s.standIn("events", s.Events)
	return err
}

// startStream passes the table's stream to the functions that the deployment's event source mapping invokes, through
// the same filter. The records that an earlier run left behind come first.
func (s *Stack) startStream(cfg Config) error {
	filter, err := eventsource.ParseFilters(store.StreamFilters...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, f := range function.All {
		if !f.Stream {
			continue
		}
		m := &eventsource.Mapping{
			Stream: dynamodb.Stream{URL: s.DynamoDB}, Filter: filter, Function: f.Name, Invoke: s.Lambda.Invoke,
			Batch: function.StreamBatch, Attempts: function.StreamAttempts, Log: cfg.failures(slog.LevelError),
		}
		s.mappings = append(s.mappings, m)
		running.Go(func() { m.Run(ctx) })
	}
	s.closers = append(s.closers, func() { cancel(); running.Wait() })
	return nil
}

// forgetting calls do while no function gets records of the stream, and empties the stream.
func (s *Stack) forgetting(do func() error) error {
	for _, m := range s.mappings {
		inner := do
		do = func() error { return m.Forget(inner) }
	}
	return do()
}
