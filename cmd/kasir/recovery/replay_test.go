package recovery

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// cloud stands for EventBridge and SQS. A replay takes two questions about its state, and puts half of its events into
// the queue before each.
type cloud struct {
	mu      sync.Mutex
	started []string // bodies of StartReplay
	events  []string
	queue   []string
	deleted int
	asked   int
	end     string // state in which the replay ends
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var in struct {
		Entries []struct{ Id string }
	}
	var raw json.RawMessage
	_ = json.NewDecoder(r.Body).Decode(&raw)
	_ = json.Unmarshal(raw, &in)
	var out any = struct{}{}
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch action {
	case "StartReplay":
		c.started = append(c.started, string(raw))
	case "DescribeReplay":
		state := "RUNNING"
		if c.asked++; c.asked > 2 {
			state = c.end
		}
		n := (len(c.events) + 1) / 2
		c.queue, c.events = append(c.queue, c.events[:n]...), c.events[n:]
		out = map[string]any{"State": state, "StateReason": "because"}
	case "ReceiveMessage":
		n := min(10, len(c.queue))
		var messages []map[string]string
		for i, body := range c.queue[:n] {
			messages = append(messages, map[string]string{"MessageId": fmt.Sprint(i), "Body": body,
				"ReceiptHandle": "r"})
		}
		c.queue = c.queue[n:]
		out = map[string]any{"Messages": messages}
	case "DeleteMessageBatch":
		c.deleted += len(in.Entries)
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	json.NewEncoder(w).Encode(out)
}

func replayOf(t *testing.T, c *cloud) Replay {
	t.Helper()
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	keys := credentials.NewStaticCredentialsProvider("id", "key", "")
	return Replay{
		Source: Source{Archive: "arn:archive", Bus: "arn:bus", Rule: "arn:rule", Queue: server.URL + "/1/Recovery"},
		Events: eventbridge.New(eventbridge.Options{Region: "x", Credentials: keys, BaseEndpoint: &server.URL}),
		Queues: sqs.New(sqs.Options{Region: "x", Credentials: keys, BaseEndpoint: &server.URL,
			DisableMessageChecksumValidation: true, Retryer: aws.NopRetryer{}}),
		Now: func() time.Time { return noon },
	}
}

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// The events of the archive come through a replay to the recovery's rule alone. All are read, also those that reach the
// queue late, and none stays in the queue.
func TestEveryEventOfTheArchiveIsRead(t *testing.T) {
	c := &cloud{end: "COMPLETED"}
	var want []string
	for n := range 57 {
		id := fmt.Sprintf("evt-%02d", n)
		want = append(want, id)
		c.events = append(c.events, `{"detail-type":"payment.paid","replay-name":"x","detail":{"id":"`+id+`"}}`)
	}
	var got []string
	err := replayOf(t, c).Read(t.Context(), noon.Add(-time.Hour), func(e Event) error {
		var d struct{ ID string }
		if err := json.Unmarshal(e.Detail, &d); err != nil || e.Type != "payment.paid" {
			t.Errorf("%+v, %v", e, err)
		}
		got = append(got, d.ID)
		return nil
	})
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) || c.deleted != len(want) {
		t.Errorf("%d of %d events were read, %d deleted: %v", len(got), len(want), c.deleted, err)
	}
	if len(c.started) != 1 || !strings.Contains(c.started[0], `"FilterArns":["arn:rule"]`) ||
		!strings.Contains(c.started[0], `"EventSourceArn":"arn:archive"`) {
		t.Errorf("replays: %v", c.started)
	}
}

// A replay that fails is an error with EventBridge's reason. The hold then stays.
func TestAFailedReplayIsAnError(t *testing.T) {
	err := replayOf(t, &cloud{end: "FAILED"}).Read(t.Context(), noon, func(Event) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "because") {
		t.Errorf("%v", err)
	}
}
