// Package webhooks tests the delivery of events to the merchant's endpoints with the built function deliver.
package webhooks

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"kasir/local/stack"
	"kasir/local/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// request is a request that an endpoint received.
type request struct {
	path   string
	header http.Header
	body   []byte
}

// receiver is an endpoint. respond answers its requests; nil accepts every one.
type receiver struct {
	*httptest.Server
	got chan request
}

func receive(t *testing.T, respond http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{got: make(chan request, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		body, _ := io.ReadAll(in.Body)
		r.got <- request{in.URL.Path, in.Header, body}
		if respond != nil {
			respond(w, in)
		}
	}))
	t.Cleanup(r.Server.Close)
	return r
}

// next returns the next request, or ends the test.
func (r *receiver) next(t *testing.T) request {
	t.Helper()
	select {
	case got := <-r.got:
		return got
	case <-time.After(time.Minute):
		t.Fatal("the endpoint received nothing")
		return request{}
	}
}

// startWith starts kasir with endpoints.
func startWith(t *testing.T, change func(*stack.Config), urls ...string) *stack.Stack {
	t.Helper()
	return harness.Start(t, func(c *stack.Config) {
		c.Webhooks.URLs = urls
		if change != nil {
			change(c)
		}
	})
}

// put puts an event on the bus, as the function publish does.
func put(t *testing.T, s *stack.Stack, kind, id string, sequence int) {
	t.Helper()
	detail := fmt.Sprintf(`{"id":%q,"sequence":%d,"at":"2026-11-30T08:00:00Z","order":{"invoice_number":"INV-1"}}`,
		id, sequence)
	putAll(t, s, map[string]any{
		"EventBusName": "kasir-local", "Source": "kasir", "DetailType": kind, "Detail": detail, "Time": time.Now().Unix(),
	})
}

func putAll(t *testing.T, s *stack.Stack, entries ...any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"Entries": entries})
	if err != nil {
		t.Fatal(err)
	}
	in, err := http.NewRequestWithContext(context.Background(), http.MethodPost,
		s.Environment["AWS_ENDPOINT_URL_EVENTBRIDGE"], bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	in.Header.Set("X-Amz-Target", "AWSEvents.PutEvents")
	answer, err := http.DefaultClient.Do(in)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK || !bytes.Contains(content, []byte(`"FailedEntryCount":0`)) {
		t.Fatalf("the bus answered %s %s", answer.Status, content)
	}
}

func TestAnEventArrivesSigned(t *testing.T) {
	endpoint := receive(t, nil)
	running := startWith(t, nil, endpoint.URL+"/hooks")
	put(t, running, "payment.paid", "evt-1", 4)
	got := endpoint.next(t)
	t.Logf("%s %v %s", got.path, got.header, got.body)
}
