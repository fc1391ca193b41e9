package queue

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/shared/webhook"
)

// Lambda deletes the messages that are not in the list of failures. A missing list would delete all.
func TestOnlyFailedMessagesAreReported(t *testing.T) {
	event := `{"Records":[
		{"messageId":"1","receiptHandle":"r1","body":"good","eventSourceARN":"arn:aws:sqs:ap-southeast-3:1:kasir-shop",
		 "attributes":{"SentTimestamp":"1787826300000","ApproximateReceiveCount":"3"}},
		{"messageId":"2","receiptHandle":"r2","body":"bad","eventSourceARN":"arn:aws:sqs:ap-southeast-3:1:kasir-shop"}]}`
	var mu sync.Mutex
	got := map[string]webhook.Message{}
	handle := func(_ context.Context, m webhook.Message) bool {
		mu.Lock()
		defer mu.Unlock()
		got[m.Body] = m
		return m.Body == "good"
	}
	for event, want := range map[string]string{
		event:                                    `{"batchItemFailures":[{"itemIdentifier":"2"}]}`,
		strings.Replace(event, "bad", "good", 1): `{"batchItemFailures":[]}`,
	} {
		answer, err := serve(t.Context(), []byte(event), nil, handle)
		text, _ := json.Marshal(answer)
		if err != nil || string(text) != want {
			t.Errorf("%s, %v, want %s", text, err, want)
		}
	}
	want := webhook.Message{Queue: "kasir-shop", Receipt: "r1", Body: "good", SentAt: time.UnixMilli(1787826300000),
		Receives: 3}
	if one := got["bad"]; got["good"].Receives == 3 && got["good"] != want || one.Receives != 0 || one.Receipt != "r2" {
		t.Errorf("%+v", got)
	}
	for _, other := range []string{`{}`, `{"Records":[]}`, `[]`} {
		if _, err := serve(t.Context(), []byte(other), nil, handle); err == nil {
			t.Errorf("%s is taken as an event of a queue", other)
		}
	}
}

// kasir webhooks test names an endpoint.
func TestATestEventNamesItsEndpoint(t *testing.T) {
	courier := &webhook.Courier{Log: slog.New(slog.DiscardHandler)}
	_, err := serve(t.Context(), []byte(`{"test":"shop"}`), courier, nil)
	if err == nil || !strings.Contains(err.Error(), `there is no endpoint "shop"`) {
		t.Error(err)
	}
}
