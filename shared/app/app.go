package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// Start runs a function of the HTTP API: it reads the settings, builds the parts, and serves what handler makes of them
// until Lambda ends the process. A wrong setting ends it at once, naming the variable.
func Start(name string, handler func(*payment.Service) edge.Handler) {
	f := find(name)
	service, log := build(f)
	prefix := os.Getenv("SCOPE_PREFIX")
	lambda.Start(edge.Edge{Log: log, Now: time.Now, Function: f, ScopePrefix: prefix, Namespace: os.Getenv("METRICS_NAMESPACE")}.Serve(handler(service)))
}

// StartScheduled runs a function that the clock invokes. Its event says nothing that matters.
func StartScheduled[Report any](name string, handler func(*payment.Service, *slog.Logger) func(context.Context) (Report, error)) {
	run := handler(build(find(name)))
	lambda.Start(func(ctx context.Context, _ json.RawMessage) (Report, error) { return run(ctx) })
}

func find(name string) function.Function {
	f, ok := function.Find(name)
	if !ok {
		panic("no row for " + name + " in function.Table")
	}
	return f
}

func build(f function.Function) (*payment.Service, *slog.Logger) {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	settings, err := Load(os.Getenv, f)
	if err == nil {
		var service *payment.Service
		if service, err = New(settings, log); err == nil {
			return service, log
		}
	}
	log.Error("cannot start", "error", err.Error())
	os.Exit(1)
	return nil, nil
}

// New builds the use cases from the settings.
func New(s Settings, log *slog.Logger) (*payment.Service, error) {
	client, err := doku.New(doku.Config{
		BaseURL: s.DOKUBaseURL, ClientID: s.ClientID, SecretKey: s.SecretKey, PreviousSecretKey: s.PreviousKey,
		RequireSignature: s.SignedOnly, Paths: s.Paths, Now: time.Now, Log: log, Observe: edge.Observe,
	})
	if err != nil {
		return nil, fmt.Errorf("building DOKU's client: %w", err)
	}
	return &payment.Service{
		Store: &store.DynamoDB{Client: dynamoDB(s), Table: s.Table, NewID: rand.Text},
		DOKU:  client,
		Receiver: doku.Receiver{
			Keys:   doku.Keyring{ClientID: s.ClientID, Current: s.SecretKey, Previous: s.PreviousKey},
			Target: s.Target, Now: time.Now, MaxAge: s.MaxAge,
		},
		Now: time.Now, NewID: freshID, Log: log, Changed: edge.Changed,
		PageLifetime: s.PageLifetime, TrustWindow: s.TrustWindow, ResendAfter: s.ResendAfter, AutoCaptureBefore: s.AutoCapture,
		QuoteKeys:     func(context.Context) []doku.Secret { return []doku.Secret{s.QuoteKey} },
		Merchant:      order.Merchant{Environment: s.Environment, ClientID: s.ClientID},
		CallbackHosts: s.Callbacks, NotificationHosts: s.Notified, NotificationTarget: s.Target,
	}, nil
}

// dynamoDB makes the client from Lambda's environment credentials. The SDK's config package would find them
// too, but it triples the time a function needs to start.
func dynamoDB(s Settings) *dynamodb.Client {
	options := dynamodb.Options{
		Region: s.Region,
		Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(
			s.AccessKeyID, string(s.AccessKey), string(s.SessionToken))),
	}
	if s.DynamoDBURL != "" {
		options.BaseEndpoint = &s.DynamoDBURL
		options.DisableValidateResponseChecksum = true // a local stand-in sends no checksums
	}
	return dynamodb.New(options)
}

// freshID is a text DOKU takes as Request-Id: lower-case letters and digits.
func freshID() string { return strings.ToLower(rand.Text()) }
