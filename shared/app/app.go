package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// Start runs a function of the HTTP API: it reads the settings, builds the parts, and serves what handler makes of them
// until Lambda ends the process. A wrong setting or secret ends it at once, and is named.
func Start(name string, handler func(*payment.Service) edge.Handler) {
	f := find(name)
	service, s, log := build(f)
	served := edge.Edge{Log: log, Now: s.Local.clock(), Function: f, ScopePrefix: s.ScopePrefix, Namespace: s.Namespace}.Serve(handler(service))
	lambda.Start(s.Local.serve(served))
}

// StartScheduled runs a function that the clock invokes.
func StartScheduled[Report any](name string, handler func(*payment.Service) func(context.Context, json.RawMessage) (Report, error)) {
	f := find(name)
	service, s, log := build(f)
	run := edge.Scheduled(edge.Edge{Log: log, Now: s.Local.clock(), Function: f, Namespace: s.Namespace}, handler(service))
	lambda.Start(func(ctx context.Context, event json.RawMessage) (Report, error) {
		return run(s.Local.context(ctx), event)
	})
}

func find(name string) function.Function {
	f, ok := function.Find(name)
	if !ok {
		panic("no row for " + name + " in function.Table")
	}
	return f
}

// build is Lambda's INIT: what is slow happens here, before the first request.
func build(f function.Function) (*payment.Service, Settings, *slog.Logger) {
	TrustBundle()
	log := edge.NewLog(os.Stdout)
	settings, err := Load(os.Getenv, f)
	if err == nil {
		var service *payment.Service
		if service, err = New(context.Background(), settings, f, log); err == nil {
			return service, settings, log
		}
	}
	log.Error("cannot start", "error", err.Error())
	os.Exit(1)
	return nil, settings, nil
}

// New builds the use cases from the settings, with as much of the parts as the function needs. It reads the secret and opens the
// connections meanwhile. The error names what is wrong.
func New(ctx context.Context, s Settings, f function.Function, log *slog.Logger) (*payment.Service, error) {
	now := s.Local.clock()
	service := &payment.Service{
		Now: now, NewID: freshID, Log: log, Changed: edge.Changed, AtOnce: true,
		Pause: pause, DOKUTimeout: s.DOKUTimeout, BelieveUnsigned: s.Unsigned,
		PageLifetime: s.PageLifetime, TrustWindow: s.TrustWindow, ResendAfter: s.ResendAfter, AutoCaptureBefore: s.AutoCapture,
		RequireRequestID: s.MatchPages, DeclineCodes: s.Declines,
		CallbackHosts: s.CallbackHosts, NotificationHosts: s.NotificationHosts, NotificationTarget: s.NotificationPath,
	}
	var warming sync.WaitGroup
	defer warming.Wait()
	calls := doku.HTTP()
	if f.DOKU { // first, since it is the farthest
		warming.Go(func() { warmDOKU(ctx, calls, s.DOKUBaseURL) })
	}
	if len(f.Table) > 0 {
		table := &store.DynamoDB{Client: dynamoDB(s), Table: s.TableName, NewID: rand.Text}
		service.Store = table
		warming.Go(func() { warmTable(ctx, table) })
	}
	if !f.Secret {
		return service, nil
	}
	keys, err := keysOf(ctx, s, log)
	if err != nil {
		return nil, err
	}
	client, err := doku.New(doku.Config{
		BaseURL: s.DOKUBaseURL, Keys: keys, HTTP: calls,
		Signatures: s.Signatures, TurnedAway: s.TurnedAway, NotFound: s.NotFound, Paths: s.Paths,
		Now: now, Log: log, Observe: edge.Observe,
	})
	if err != nil {
		return nil, fmt.Errorf("building DOKU's client: %w", err)
	}
	service.DOKU, service.QuoteKeys = payment.CacheSavedCards(client, now), keys.QuoteKeys
	service.Receiver = doku.Receiver{Keys: keys, Target: s.NotificationPath, Now: now, MaxAge: s.MaxNotificationAge}
	service.Merchant = order.Merchant{Environment: s.merchantEnvironment(), ClientID: keys.Keyring(ctx).ClientID}
	return service, nil
}

// pause waits for up to most, or until ctx ends.
func pause(ctx context.Context, most time.Duration) {
	select {
	case <-time.After(mathrand.N(most) + 1):
	case <-ctx.Done():
	}
}

// freshID is a text DOKU takes as Request-Id: lower-case letters and digits.
func freshID() string { return strings.ToLower(rand.Text()) }
