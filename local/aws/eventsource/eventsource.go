// Package eventsource reads a table's stream and invokes a function with its records, as Lambda's event source mapping
// does. It has one shard and invokes one batch at a time, so the records of one key stay in their order.
//
// It differs from Lambda in three points. A batch does not wait for more records: the function gets those that came
// while it was busy. Records have no maximum age. A record whose attempts are used up is set aside and comes again
// after a restart; AWS puts its place in the stream into a dead-letter queue.
package eventsource

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Stream is the stream of a table.
type Stream interface {
	// Read returns the oldest records, at most limit. It waits for the first one, and may return none after a while.
	Read(ctx context.Context, limit int) ([]json.RawMessage, error)
	// Remove removes records by their sequence numbers.
	Remove(ctx context.Context, sequences ...string) error
	// SetAside removes a record until the next start.
	SetAside(ctx context.Context, sequence string) error
}

// Mapping passes the records of a stream to a function.
type Mapping struct {
	Stream   Stream
	Filter   Filters // records that do not match are removed unseen
	Function string
	Invoke   func(ctx context.Context, function string, event []byte) ([]byte, error)
	Batch    int          // the most records of an invocation
	Attempts int          // at a record that fails alone
	Log      *slog.Logger // for records that are set aside, and for a stream that does not answer

	busy      sync.Mutex // held while records are handled
	forgotten int        // how often Forget was called

	size     int // of the next batch; smaller while a failing record is looked for
	failures int // of the record that is first in the stream, alone
}

// Waits after a failure.
const (
	firstWait   = 100 * time.Millisecond
	longestWait = time.Second
)

// Run passes records on until ctx ends.
func (m *Mapping) Run(ctx context.Context) {
	m.size = m.Batch
	for ctx.Err() == nil {
		if err := m.step(ctx); err != nil && ctx.Err() == nil {
			m.Log.Error("stream", "error", err.Error())
			wait(ctx, longestWait)
		}
	}
}

// record is a record with the part of it that Lambda reads.
type record struct {
	content  json.RawMessage
	sequence string
}

// Forget calls do, which empties the stream, between two batches. The function gets no record that was read before.
func (m *Mapping) Forget(do func() error) error {
	m.busy.Lock()
	defer m.busy.Unlock()
	m.forgotten++
	return do()
}

// step reads the next batch and invokes the function with it. Its errors are the stream's.
func (m *Mapping) step(ctx context.Context) error {
	m.busy.Lock()
	forgotten := m.forgotten
	m.busy.Unlock()
	read, err := m.Stream.Read(ctx, m.size)
	if err != nil || len(read) == 0 {
		return err
	}
	m.busy.Lock()
	defer m.busy.Unlock()
	if m.forgotten != forgotten {
		return nil
	}
	var batch []record
	var others []string
	for _, content := range read {
		var r struct {
			DynamoDB struct{ SequenceNumber string }
		}
		if err := json.Unmarshal(content, &r); err != nil {
			return fmt.Errorf("a record of the stream: %w", err)
		}
		if m.Filter.Matches(content) {
			batch = append(batch, record{content, r.DynamoDB.SequenceNumber})
		} else {
			others = append(others, r.DynamoDB.SequenceNumber)
		}
	}
	if len(others) > 0 {
		if err := m.Stream.Remove(ctx, others...); err != nil {
			return err
		}
	}
	if len(batch) == 0 {
		return nil
	}
	done, failure := m.invoke(ctx, batch)
	if done > 0 {
		if err := m.Stream.Remove(ctx, sequences(batch[:done])...); err != nil {
			return err
		}
	}
	return m.plan(ctx, batch, done, failure)
}

// plan decides on the next batch. After a failure it has half of the records that are left, until the failing record is
// alone.
func (m *Mapping) plan(ctx context.Context, batch []record, done int, failure error) error {
	switch {
	case failure == nil:
		m.size, m.failures = m.Batch, 0
	case len(batch) > 1:
		m.size = max(1, (len(batch)-done)/2)
	case ctx.Err() != nil:
	case m.failures+1 >= m.Attempts:
		m.Log.Error("stream", "function", m.Function, "attempts", m.Attempts, "error", failure.Error(),
			"record", key(batch[0].content), "next", "the record is set aside, and comes again after a restart")
		m.size, m.failures = m.Batch, 0
		return m.Stream.SetAside(ctx, batch[0].sequence)
	default:
		m.failures++
		wait(ctx, min(firstWait<<min(m.failures-1, 10), longestWait))
	}
	return nil
}

// invoke returns how many records the function has handled, from the first one on, and an error if that is not all.
func (m *Mapping) invoke(ctx context.Context, batch []record) (done int, err error) {
	event := []byte(`{"Records":[`)
	for i, r := range batch {
		if i > 0 {
			event = append(event, ',')
		}
		event = append(event, r.content...)
	}
	content, err := m.Invoke(ctx, m.Function, append(event, "]}"...))
	if err != nil {
		return 0, err
	}
	var answer struct {
		Failures []struct{ ItemIdentifier string } `json:"batchItemFailures"`
	}
	if len(bytes.TrimSpace(content)) > 0 {
		if err := json.Unmarshal(content, &answer); err != nil {
			return 0, fmt.Errorf("the answer of %s: %w", m.Function, err)
		}
	}
	if len(answer.Failures) == 0 {
		return len(batch), nil
	}
	done = len(batch)
	for _, f := range answer.Failures { // AWS goes on from the first one; an unknown one fails the whole batch
		at := slices.IndexFunc(batch, func(r record) bool { return r.sequence == f.ItemIdentifier })
		done = min(done, max(at, 0))
	}
	return done, fmt.Errorf("%s reports that it failed", m.Function)
}

func sequences(batch []record) (all []string) {
	for _, r := range batch {
		all = append(all, r.sequence)
	}
	return all
}

// key returns the key of a record's item as JSON.
func key(content []byte) string {
	var r struct {
		DynamoDB struct{ Keys json.RawMessage }
	}
	_ = json.Unmarshal(content, &r) // it was read before
	return string(r.DynamoDB.Keys)
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
