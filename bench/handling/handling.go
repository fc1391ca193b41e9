// Package handling runs a function's handler as a Go benchmark: what Lambda's library hands over and takes back, without
// processes and networks. The store is in memory and forgets, so that each event does its work anew.
package handling

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"kasir/bench/event"
	"kasir/bench/path"
	"kasir/bench/service"
	"kasir/shared/edge"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// Run benchmarks a function's handler, and beside it one that does nothing, on the same event. It is for the bench_test.go of a
// folder of functions/.
func Run(b *testing.B, name string, handler func(*payment.Service) edge.Handler) {
	greeting := func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: `{"status":"ok"}`}, nil
	}
	payload, serve, err := prepare(b.Context(), name, handler)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Handler", func(b *testing.B) { invoke(b, lambda.NewHandler(serve), payload) })
	b.Run("Hello", func(b *testing.B) { invoke(b, lambda.NewHandler(greeting), payload) })
}

func prepare(ctx context.Context, name string, handler func(*payment.Service) edge.Handler) ([]byte, edge.Function, error) {
	f, _ := function.Find(name)
	s, err := service.New()
	if err != nil {
		return nil, nil, err
	}
	kept := &forgetful{}
	s.Store, s.Now = kept, func() time.Time { return now }
	s.Receiver.Now = s.Now
	m := path.Merchant{Service: s, Events: event.Source{Dir: "../../events", Now: s.Now, Merchant: s.Merchant}}
	for _, step := range []func(context.Context) error{
		m.CreatePage("createpage", "BENCH-OPEN"), m.CreatePage("createpage", "BENCH-PAID"), m.Notify("notify", "BENCH-PAID", payment.Applied),
		m.CreatePage("createpage-authorize", "BENCH-HELD"), m.Notify("notify-authorize", "BENCH-HELD", payment.Applied),
	} {
		if err := step(ctx); err != nil {
			return nil, nil, fmt.Errorf("making the orders: %w", err)
		}
	}
	kept.forgets = true
	payload, err := m.Events.Make(name, event.Samples[name], 0)
	e := edge.Edge{Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Now: s.Now, Function: f}
	return payload, e.Serve(handler(s)), err
}

// now is a minute after the notifications of the event files.
var now = time.Date(2026, 8, 27, 10, 26, 0, 0, time.UTC)

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

// forgetful is a store that, once told to, takes every write and keeps none.
type forgetful struct {
	store.Memory
	forgets bool
}

func (f *forgetful) Create(ctx context.Context, o order.Order, joined []payment.Orphan) (order.Order, error) {
	if !f.forgets {
		return f.Memory.Create(ctx, o, joined)
	}
	o.Version = 1
	return o, nil
}

func (f *forgetful) Update(ctx context.Context, o order.Order) error {
	if f.forgets {
		return nil
	}
	return f.Memory.Update(ctx, o)
}
