package sqs

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"
)

// pollEvery is how often a mapping looks for messages.
const pollEvery = 50 * time.Millisecond

// Run reads the queues and invokes their functions until ctx ends. It then waits for the invocations.
func (s *Server) Run(ctx context.Context) {
	var running sync.WaitGroup
	for _, q := range s.cfg.Queues {
		if q.Invoke != nil {
			running.Go(func() { s.runMapping(ctx, q.Name) })
		}
	}
	running.Wait()
}

// runMapping reads one queue. At most Concurrency events are handled at the same time.
func (s *Server) runMapping(ctx context.Context, name string) {
	s.mu.Lock()
	free := make(chan struct{}, s.queues[name].Concurrency)
	s.mu.Unlock()
	var running sync.WaitGroup
	defer running.Wait()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case free <- struct{}{}:
		}
		batch := s.receive(name)
		if len(batch) == 0 {
			<-free
			select {
			case <-ctx.Done():
			case <-ticker.C:
			}
			continue
		}
		running.Go(func() {
			defer func() { <-free }()
			s.handle(ctx, name, batch)
		})
	}
}

// record is a message in an event of Lambda.
type record struct {
	MessageID      string            `json:"messageId"`
	ReceiptHandle  string            `json:"receiptHandle"`
	Body           string            `json:"body"`
	Attributes     map[string]string `json:"attributes"`
	EventSource    string            `json:"eventSource"`
	EventSourceARN string            `json:"eventSourceARN"`
	Region         string            `json:"awsRegion"`
}

// handle invokes the function with a batch, and deletes the messages that did not fail. After an error all of them stay
// hidden until their visibility timeout ends.
func (s *Server) handle(ctx context.Context, name string, batch []Message) {
	var records []record
	for _, m := range batch {
		records = append(records, record{
			MessageID: m.ID, ReceiptHandle: m.receipt, Body: m.Body, EventSource: "aws:sqs",
			EventSourceARN: ARN(name), Region: "us-east-1",
			Attributes: map[string]string{
				"SentTimestamp":           strconv.FormatInt(m.SentAt.UnixMilli(), 10),
				"ApproximateReceiveCount": strconv.Itoa(m.Receives),
			},
		})
	}
	event, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		return
	}
	answer, err := s.queueOf(name).Invoke(ctx, event)
	if err != nil {
		return
	}
	var failed struct {
		BatchItemFailures []struct {
			ItemIdentifier string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if json.Unmarshal(answer, &failed) != nil {
		return
	}
	var ids []string
	for _, f := range failed.BatchItemFailures {
		ids = append(ids, f.ItemIdentifier)
	}
	if slices.Contains(ids, "") { // Lambda then treats the whole batch as failed
		return
	}
	for _, m := range batch {
		if !slices.Contains(ids, m.ID) {
			s.done(name, m)
		}
	}
}

func (s *Server) queueOf(name string) Queue {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queues[name].Queue
}
