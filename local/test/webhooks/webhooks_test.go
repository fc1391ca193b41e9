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
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"kasir/local/aws/eventbridge"
	"kasir/local/customer"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/doku"
	"kasir/shared/webhook"
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
		in.Body = io.NopCloser(bytes.NewReader(body))
		if r.got != nil {
			r.got <- request{in.URL.Path, in.Header, body}
		}
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
		"EventBusName": "kasir-local", "Source": "kasir", "DetailType": kind, "Detail": detail,
		"Time": time.Now().Unix(),
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

// A customer pays on the page, and the back end receives the payment, signed. DOKU's notification, the table's stream,
// publish, the bus and deliver are on the way.
func TestAPaymentArrives(t *testing.T) {
	endpoint := receive(t, nil)
	running := startWith(t, nil, endpoint.URL+"/hooks")
	page, err := harness.API(t, running).CreatePage(t.Context(), []byte(`{"order":{"invoice_number":"HOOK-1",`+
		`"amount":90000},"customer":{"email":"budi@example.com"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL,
		customer.Mastercard); err != nil {
		t.Fatal(err)
	}
	got := endpoint.next(t)
	if err := webhook.Verify(doku.Secret(running.Webhooks[0].Secret), got.header, got.body); err != nil {
		t.Error(err)
	}
	if !bytes.HasPrefix(got.body, []byte(`{"type":"payment.paid",`)) || !bytes.Contains(got.body, []byte(`"HOOK-1"`)) ||
		!bytes.Contains(got.body, []byte(`"status":"PAID"`)) || got.path != "/hooks" {
		t.Errorf("%s %s", got.path, got.body)
	}
}

// secretsClient returns a client of the stack's Secrets Manager, as kasir webhooks rotate has.
func secretsClient(running *stack.Stack) *secretsmanager.Client {
	return secretsmanager.New(secretsmanager.Options{
		BaseEndpoint: aws.String(running.Environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"]), Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

// rotate gives the endpoint a new secret and keeps the one before. It returns the new one.
func rotate(t *testing.T, running *stack.Stack) string {
	t.Helper()
	client, arn := secretsClient(running), aws.String(running.Environment["WEBHOOKS_SECRET_ARN"])
	out, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: arn})
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := webhook.ParseSecrets(*out.SecretString)
	if err != nil {
		t.Fatal(err)
	}
	next := webhook.NewSecret([webhook.SecretSize]byte{7})
	secrets["local"] = webhook.Pair{Current: next, Previous: secrets["local"].Current}
	_, err = client.PutSecretValue(t.Context(),
		&secretsmanager.PutSecretValueInput{SecretId: arn, SecretString: aws.String(secrets.JSON())})
	if err != nil {
		t.Fatal(err)
	}
	return string(next)
}

// A back end that was down receives the event soon after it is up, also if kasir local was started again meanwhile. The
// secret stays the same.
func TestAnEventWaitsForTheBackEnd(t *testing.T) {
	folder := t.TempDir()
	var up atomic.Bool
	endpoint := receive(t, func(w http.ResponseWriter, _ *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	keep := func(c *stack.Config) { c.Webhooks.Folder = folder }
	running := startWith(t, keep, endpoint.URL)
	secret := running.Webhooks[0].Secret
	put(t, running, "payment.paid", "evt-1", 4)
	endpoint.next(t)
	running.Close()
	up.Store(true)
	running = startWith(t, keep, endpoint.URL)
	got := endpoint.next(t)
	if running.Webhooks[0].Secret != secret || webhook.Verify(doku.Secret(secret), got.header, got.body) != nil {
		t.Error("the secret has changed")
	}
	if got.header.Get("webhook-id") != "evt-1" {
		t.Errorf("%v %s", got.header, got.body)
	}
}

// An event that the queue cannot keep is refused by the bus, so that publish puts it again. It is not lost.
func TestAnEventThatTheQueueRefusesIsPutAgain(t *testing.T) {
	folder := t.TempDir()
	endpoint := receive(t, nil)
	running := startWith(t, func(c *stack.Config) { c.Webhooks.Folder = folder }, endpoint.URL)
	queue := filepath.Join(folder, "queues", "webhook-local")
	if err := os.Rename(queue, queue+"-away"); err != nil {
		t.Fatal(err)
	}
	k, err := running.Events.Put(eventbridge.Entry{
		EventBusName: "kasir-local", Source: "kasir", DetailType: "payment.paid", Detail: `{"id":"evt-1"}`,
	})
	if err == nil || len(running.Events.Entries()) != 0 {
		t.Errorf("the bus took the event %+v, %v", k, err)
	}
	if err := os.Rename(queue+"-away", queue); err != nil {
		t.Fatal(err)
	}
	put(t, running, "payment.paid", "evt-1", 4)
	if got := endpoint.next(t); got.header.Get("webhook-id") != "evt-1" {
		t.Errorf("%v %s", got.header, got.body)
	}
}

// A retry is due when the clock is moved past its time. The timestamp of the signature is the real time, because the
// back end has no other clock.
func TestRetriesFollowTheClock(t *testing.T) {
	endpoint := receive(t, status(500))
	running := startWith(t, func(c *stack.Config) {
		c.Settings = map[string]string{"WEBHOOK_DELAYS": "1h,1h"}
	}, endpoint.URL)
	put(t, running, "payment.paid", "evt-1", 4)
	endpoint.next(t)
	for range 2 {
		await(t, "the event is held back", func() bool {
			all := running.Queues.Messages("webhook-local")
			return len(all) == 1 && all[0].Hidden
		})
		if err := running.Clock.Advance(t.Context(), time.Hour+time.Minute); err != nil {
			t.Fatal(err)
		}
		got := endpoint.next(t)
		if err := webhook.Verify(doku.Secret(running.Webhooks[0].Secret), got.header, got.body); err != nil {
			t.Errorf("a back end refuses the event: %v", err)
		}
	}
	await(t, "the event is a dead letter", func() bool {
		return len(running.Queues.Messages("webhook-local-letters")) == 1 &&
			len(running.Queues.Messages("webhook-local")) == 0
	})
}

// Each endpoint receives every event, and one that does not answer holds up no other.
func TestAnEndpointThatHangsHoldsUpNoOther(t *testing.T) {
	silent := receive(t, func(_ http.ResponseWriter, in *http.Request) { <-in.Context().Done() })
	good := receive(t, nil)
	running := startWith(t, nil, silent.URL, good.URL)
	for i := range 60 {
		put(t, running, "payment.paid", fmt.Sprint("evt-", i), i)
	}
	seen := map[string]bool{}
	for len(seen) < 60 {
		seen[good.next(t).header.Get("webhook-id")] = true
	}
	if n := len(running.Queues.Messages("webhook-local")); n != 60 {
		t.Errorf("%d events of the silent endpoint wait, want 60", n)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// await waits until a condition is true.
func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never happens that %s", what)
		}
	}
}

// An endpoint that takes almost as long as it may gets an event once.
func TestASlowEndpointGetsAnEventOnce(t *testing.T) {
	t.Parallel()
	endpoint := receive(t, func(http.ResponseWriter, *http.Request) { time.Sleep(11 * time.Second) })
	running := startWith(t, nil, endpoint.URL)
	put(t, running, "payment.paid", "evt-slow", 1)
	endpoint.next(t)
	select {
	case <-endpoint.got:
		t.Error("the endpoint got the event again while it was answering")
	case <-time.After(13 * time.Second):
	}
	if waiting := running.Queues.Messages("webhook-local"); len(waiting) != 0 {
		t.Errorf("an event that was accepted waits: %+v", waiting)
	}
}
