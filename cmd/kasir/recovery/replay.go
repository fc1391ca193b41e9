package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Source names the archive of a deployment, and the queue into which a replay puts its events. It is the output
// RecoverySource of a stage with a restored table.
type Source struct {
	Archive    string    `json:"archive"` // ARNs, except the queue's URL
	Bus        string    `json:"bus"`
	Rule       string    `json:"rule"`
	Queue      string    `json:"queue"`
	RestoredTo time.Time `json:"restored_to"`
}

// Replay reads the archive of a deployment through a replay of EventBridge.
type Replay struct {
	Source
	Events *eventbridge.Client
	Queues *sqs.Client
	Now    func() time.Time
	Wait   int32 // seconds that a request waits for a message, at most 20
}

// readers is the number of requests to the queue at the same time.
const readers = 8

// Read replays the events since a time into the queue alone, and calls see with each. It ends when the replay has
// ended and the queue is empty. The queue may hold events of an earlier replay; they are read, too.
func (r Replay) Read(ctx context.Context, since time.Time, see func(Event) error) error {
	now := r.Now()
	name := "kasir-recover-" + strconv.FormatInt(now.UnixMilli(), 10)
	_, err := r.Events.StartReplay(ctx, &eventbridge.StartReplayInput{
		ReplayName: &name, EventSourceArn: &r.Archive, EventStartTime: &since, EventEndTime: &now,
		Destination: &types.ReplayDestination{Arn: &r.Bus, FilterArns: []string{r.Rule}},
	})
	if err != nil {
		return fmt.Errorf("starting a replay: %w", err)
	}
	for quiet := 0; quiet < 2; { // an event may reach the queue shortly after the replay has ended
		ended, err := r.ended(ctx, name)
		if err != nil {
			return err
		}
		read, err := r.drain(ctx, see)
		if err != nil {
			return err
		}
		if quiet++; read > 0 || !ended {
			quiet = 0
		}
	}
	return nil
}

// ended reports whether a replay has ended.
func (r Replay) ended(ctx context.Context, name string) (bool, error) {
	replay, err := r.Events.DescribeReplay(ctx, &eventbridge.DescribeReplayInput{ReplayName: &name})
	if err != nil {
		return false, fmt.Errorf("reading the state of the replay %s: %w", name, err)
	}
	switch replay.State {
	case types.ReplayStateCompleted:
		return true, nil
	case types.ReplayStateFailed, types.ReplayStateCancelled, types.ReplayStateCancelling:
		reason := ""
		if replay.StateReason != nil {
			reason = ": " + *replay.StateReason
		}
		return false, fmt.Errorf("the replay %s is %s%s", name, replay.State, reason)
	}
	return false, nil
}

// drain reads messages until each reader has found none, and returns their number.
func (r Replay) drain(ctx context.Context, see func(Event) error) (read int, err error) {
	var running sync.WaitGroup
	var mu sync.Mutex
	var failures []error
	for range readers {
		running.Go(func() {
			for {
				got, failure := r.receive(ctx, func(e Event) error {
					mu.Lock()
					defer mu.Unlock()
					return see(e)
				})
				mu.Lock()
				read += got
				if failure != nil {
					failures = append(failures, failure)
				}
				mu.Unlock()
				if failure != nil || got == 0 {
					return
				}
			}
		})
	}
	running.Wait()
	return read, errors.Join(failures...)
}

// receive reads up to ten messages and deletes them. An event that is deleted and not compared, because the command was
// stopped, comes again with the next replay.
func (r Replay) receive(ctx context.Context, see func(Event) error) (int, error) {
	got, err := r.Queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &r.Queue, MaxNumberOfMessages: 10, WaitTimeSeconds: r.Wait,
	})
	if err != nil {
		return 0, fmt.Errorf("reading the queue of the replay: %w", err)
	}
	if len(got.Messages) == 0 {
		return 0, nil
	}
	var entries []sqstypes.DeleteMessageBatchRequestEntry
	for i, m := range got.Messages {
		var body struct {
			Type   string          `json:"detail-type"`
			Detail json.RawMessage `json:"detail"`
		}
		if err := json.Unmarshal([]byte(*m.Body), &body); err != nil {
			return 0, fmt.Errorf("a message in the queue of the replay is no event: %w", err)
		}
		if err := see(Event{Type: body.Type, Detail: body.Detail}); err != nil {
			return 0, err
		}
		id := strconv.Itoa(i)
		entries = append(entries, sqstypes.DeleteMessageBatchRequestEntry{Id: &id, ReceiptHandle: m.ReceiptHandle})
	}
	_, err = r.Queues.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: &r.Queue, Entries: entries})
	if err != nil {
		return 0, fmt.Errorf("deleting read messages: %w", err)
	}
	return len(got.Messages), nil
}
