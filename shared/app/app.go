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

// Start runs a function of the HTTP API. handler makes the handler of its requests from the use cases.
func Start(name string, handler func(*payment.Service) edge.Handler) {
	StartWith(name, func(service *payment.Service, _ Settings) edge.Handler { return handler(service) })
}

// StartWith is Start for a handler that reads settings itself.
func StartWith(name string, handler func(*payment.Service, Settings) edge.Handler) {
	start(name, func(e edge.Edge, service *payment.Service, s Settings) any {
		return s.Local.serve(e.Serve(handler(service, s))).Handler()
	})
}

// StartScheduled runs a function that a schedule invokes.
func StartScheduled[Report any](
	name string, handler func(*payment.Service) func(context.Context, json.RawMessage) (Report, error),
) {
	StartJob(name, func(service *payment.Service, _ Settings) edge.Job[Report] { return handler(service) })
}

// StartJob runs a function that is invoked without HTTP, and reads settings itself.
func StartJob[Report any](name string, handler func(*payment.Service, Settings) edge.Job[Report]) {
	start(name, func(e edge.Edge, service *payment.Service, s Settings) any {
		run := edge.Scheduled(e, handler(service, s))
		return func(ctx context.Context, event json.RawMessage) (Report, error) {
			return run(s.Local.context(ctx), event)
		}
	})
}

func start(name string, serve func(edge.Edge, *payment.Service, Settings) any) {
	log := edge.NewLog(os.Stdout)
	Run(name, log, func(f function.Function, s Settings) (any, error) {
		service, err := New(context.Background(), s, f, log)
		if err != nil {
			return nil, err
		}
		e := edge.Edge{Log: log, Now: s.Local.Clock(), Function: f, ScopePrefix: s.ScopePrefix, Namespace: s.Namespace,
			Staff: s.Staff}
		return serve(e, service, s), nil
	})
}

// Run runs a function until Lambda ends the process. It reads the settings, and build makes the handler of the events
// from them. A wrong setting or secret ends the process at once, and the log names it.
func Run(name string, log *slog.Logger, build func(function.Function, Settings) (handler any, err error)) {
	if err := run(name, build); err != nil {
		log.Error("cannot start", "error", err.Error())
		os.Exit(1)
	}
}

// run does the work of Lambda's INIT and then handles events. All slow work is part of INIT, before the first request.
func run(name string, build func(function.Function, Settings) (any, error)) error {
	TrustBundle()
	f, ok := function.Find(name)
	if !ok {
		return fmt.Errorf("function.All has no row for %s", name)
	}
	s, err := Load(os.Getenv, f)
	if err != nil {
		return err
	}
	s.Local.useNoProxy()
	handler, err := build(f, s)
	if err != nil {
		return err
	}
	lambda.Start(handler)
	return nil
}

// New builds the use cases from the settings, with the parts that the function needs. It opens the connections while it
// reads the secret. The error names the flaw.
func New(ctx context.Context, s Settings, f function.Function, log *slog.Logger) (*payment.Service, error) {
	now := s.Local.Clock()
	service := &payment.Service{
		Now: now, NewID: newID, Log: log, Changed: edge.CountChange, Looks: &payment.Looks{AtOnce: s.LooksAtOnce},
		Brake: &payment.Brake{},
		Pause: pause, DOKUTimeout: s.DOKUTimeout, BelieveUnsigned: s.Unsigned,
		PageLifetime: s.PageLifetime, TrustWindow: s.TrustWindow, ResendAfter: s.ResendAfter,
		AutoCaptureBefore: s.AutoCapture, CheckPaidAfter: s.CheckPaid,
		RequireRequestID: s.MatchPages, DeclineCodes: s.Declines,
		CallbackHosts: s.CallbackHosts, NotificationHosts: s.NotificationHosts, NotificationTarget: s.NotificationPath,
		RestoredTo: s.RestoredTo, SettleWithin: s.SettleWithin, Holidays: s.Holidays,
		Lists: s.Lists,
	}
	var warming sync.WaitGroup
	defer warming.Wait()
	calls := doku.HTTP()
	if f.DOKU { // DOKU is first, since it is the farthest
		warming.Go(func() { warmDOKU(ctx, calls, s.DOKUBaseURL) })
	}
	if len(f.TableActions) > 0 {
		table := &store.DynamoDB{Client: dynamoDB(s), Table: s.TableName, NewID: rand.Text, Shards: s.Shards}
		service.Store, service.Batches = table, table
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

// pause waits for a random time up to most, or until ctx ends.
func pause(ctx context.Context, most time.Duration) {
	select {
	case <-time.After(mathrand.N(most) + 1):
	case <-ctx.Done():
	}
}

// newID returns a random text of lower-case letters and digits, which DOKU accepts as a Request-Id.
func newID() string { return strings.ToLower(rand.Text()) }
