// Package handling runs a function's handler as a Go benchmark: with the input and the output of Lambda's library,
// without processes and networks. The store is in memory and takes writes without keeping them, so that each event has
// work to do.
package handling

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"kasir/bench/event"
	"kasir/bench/standin"
	"kasir/shared/app"
	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// Run benchmarks a function's handler, and a handler that does nothing, on the same event. It is for the bench_test.go
// of a folder of functions/.
func Run(b *testing.B, name string, handler func(*payment.Service) edge.Handler) {
	greeting := func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: `{"status":"ok"}`}, nil
	}
	s, payload, err := prepare(b.Context(), name)
	if err != nil {
		b.Fatal(err)
	}
	f, _ := function.Find(name)
	e := edge.Edge{Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Now: s.Now, Function: f}
	b.Run("Handler", func(b *testing.B) { invoke(b, lambda.NewHandler(e.Serve(handler(s))), payload) })
	b.Run("Hello", func(b *testing.B) { invoke(b, lambda.NewHandler(greeting), payload) })
}

func invoke(b *testing.B, handler lambda.Handler, payload []byte) {
	reply, err := handler.Invoke(b.Context(), payload)
	var answer struct{ StatusCode int }
	if err != nil || json.Unmarshal(reply, &answer) != nil || answer.StatusCode == 202 || answer.StatusCode >= 300 {
		b.Fatalf("answered %s, %v", reply, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := handler.Invoke(b.Context(), payload); err != nil {
			b.Fatal(err)
		}
	}
}

// now is a minute after the notifications of the event files.
var now = time.Date(2026, 8, 27, 10, 26, 0, 0, time.UTC)

// prepare returns the use cases, which have the orders of the rehearsal, and the sample event of a function.
func prepare(ctx context.Context, name string) (*payment.Service, []byte, error) {
	s, err := newService(ctx)
	if err != nil {
		return nil, nil, err
	}
	memory := &store.Memory{}
	s.Store, s.Now, s.Receiver.Now = memory, func() time.Time { return now }, func() time.Time { return now }
	source := event.Source{Dir: "../../events", Now: s.Now, Merchant: s.Merchant}
	for _, step := range event.Rehearsal {
		if err := do(ctx, s, source, step); err != nil {
			return nil, nil, fmt.Errorf("%s of %s: %w", step.Case, step.Invoice, err)
		}
	}
	s.Store = discardingStore{memory}
	for _, step := range event.Samples {
		if step.Case == name {
			payload, err := source.Make(step, 0)
			return s, payload, err
		}
	}
	return nil, nil, fmt.Errorf("%s has no sample", name)
}

// newService builds the use cases as a function does, without a table and with a DOKU that answers without a network.
func newService(ctx context.Context) (*payment.Service, error) {
	f := function.Function{Name: "bench", Secret: true} // no table and no DOKU, or INIT would connect to them
	env := map[string]string{
		"DOKU_ENVIRONMENT": "http://127.0.0.1:9", "AWS_REGION": "us-east-1", "CALLBACK_HOSTS": "localhost",
		"DOKU_CLIENT_ID": standin.ClientID, "DOKU_SECRET_KEY": standin.SecretKey, "QUOTE_KEY": standin.QuoteKey,
	}
	settings, err := app.Load(func(name string) string { return env[name] }, f)
	if err != nil {
		return nil, err
	}
	s, err := app.New(ctx, settings, f, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	s.DOKU, err = doku.New(doku.Config{
		BaseURL: "http://doku.invalid", ClientID: standin.ClientID, SecretKey: standin.SecretKey, Now: s.Now,
		HTTP: &http.Client{Transport: immediateDOKU{}},
	})
	return s, err
}

func do(ctx context.Context, s *payment.Service, source event.Source, step event.Step) error {
	raw, err := source.Make(step, 0)
	if err != nil {
		return err
	}
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(raw, &e); err != nil {
		return err
	}
	if step.Function() == "createpage" {
		p := payment.PageRequest{Caller: payment.Caller{Subject: "bench", Prices: true}}
		if err := json.Unmarshal([]byte(e.Body), &p.CreatePageRequest); err != nil {
			return err
		}
		answer, err := s.CreatePage(ctx, p)
		if err == nil {
			err = answer.Unknown
		}
		return err
	}
	header := http.Header{}
	for name, value := range e.Headers {
		header.Set(name, value)
	}
	told, err := s.Notify(ctx, header, []byte(e.Body))
	if err == nil && told.Effect != payment.Applied {
		err = fmt.Errorf("the notification was %s", told.Effect)
	}
	return err
}

// discardingStore accepts every write and keeps none.
type discardingStore struct{ *store.Memory }

func (discardingStore) Create(_ context.Context, o order.Order, _ []payment.Orphan) (order.Order, error) {
	o.Version = 1
	return o, nil
}

func (discardingStore) Update(context.Context, order.Order) error { return nil }

// immediateDOKU answers DOKU's calls without a network.
type immediateDOKU struct{}

func (immediateDOKU) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	answer := standin.Answer(r.URL.Path, r.Header.Get("Request-Id"), body)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(answer)), Request: r,
	}, nil
}
