package edge_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/route"
)

const merchant = "MCH-1"

// bench holds every function behind its edge, with a store in memory, a stand-in for DOKU, and a clock that the test
// moves.
type bench struct {
	log       *bytes.Buffer
	now       time.Time
	store     *oddStore
	functions map[string]edge.Function // by route key
	reconcile func(context.Context, json.RawMessage) (payment.ReconcileResult, error)
}

func newBench(secret, quoteKey doku.Secret, transport http.RoundTripper) *bench {
	b := &bench{log: &bytes.Buffer{}, now: time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC), store: &oddStore{},
		functions: map[string]edge.Function{}}
	log, clock, ids := edge.NewLog(b.log), func() time.Time { return b.now }, 0
	keys := doku.Keyring{ClientID: merchant, Current: secret}
	client, err := doku.New(doku.Config{BaseURL: "https://doku.example", Keys: keys,
		HTTP: &http.Client{Transport: transport}, Now: clock, Log: log, Observe: edge.Observe})
	if err != nil {
		panic(err)
	}
	service := &payment.Service{
		Store: b.store, DOKU: client, Now: clock, NewID: func() string { ids++; return fmt.Sprintf("fresh%d", ids) },
		Log: log, Changed: edge.CountChange,
		Receiver:    doku.Receiver{Keys: keys, Target: "/notifications", Now: clock},
		Merchant:    order.Merchant{Environment: "sandbox", ClientID: merchant},
		TrustWindow: time.Hour, PageLifetime: time.Hour, CallbackHosts: []string{"shop.example"},
		NotificationTarget: "/notifications",
		QuoteKeys:          func(context.Context, bool) []doku.Secret { return []doku.Secret{quoteKey} },
	}
	of := func(name string) edge.Edge {
		f, _ := function.Find(name)
		return edge.Edge{Log: log, Now: clock, Function: f}
	}
	for _, r := range route.All {
		if handlers[r.Function] != nil { // settlements reads no order
			b.functions[r.Key()] = of(r.Function).Serve(handlers[r.Function](service))
		}
	}
	b.reconcile = edge.Scheduled(of("reconcile"),
		func(ctx context.Context, _ json.RawMessage) (payment.ReconcileResult, error) {
			done, err := service.Reconcile(ctx)
			edge.FromContext(ctx).SetReconciled(done, err == nil)
			return done, err
		})
	return b
}

func (b *bench) send(event events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	answer, err := b.functions[event.RouteKey](context.Background(), event)
	if err != nil {
		panic("a function must answer, not fail: " + err.Error())
	}
	return answer
}

// called is an event of a caller with every scope.
func called(key string, path map[string]string, body string) events.APIGatewayV2HTTPRequest {
	event := events.APIGatewayV2HTTPRequest{RouteKey: key, PathParameters: path, Headers: map[string]string{},
		Body: body}
	var all []string
	for _, g := range route.Grants {
		all = append(all, string(g.Scope))
	}
	return as(event, map[string]string{"sub": "back-end", "scope": strings.Join(all, " ")})
}

func as(event events.APIGatewayV2HTTPRequest, claims map[string]string) events.APIGatewayV2HTTPRequest {
	event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
		JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: claims},
	}
	return event
}

// notified is an event of DOKU's, signed without any code of kasir's.
func notified(secret doku.Secret, id string, at time.Time, body string) events.APIGatewayV2HTTPRequest {
	stamp, sum := at.UTC().Format("2006-01-02T15:04:05Z"), sha256.Sum256([]byte(body))
	return events.APIGatewayV2HTTPRequest{RouteKey: "POST /notifications", Body: body, Headers: map[string]string{
		"client-id": merchant, "request-id": id, "request-timestamp": stamp,
		"signature": mac(secret, "Client-Id:"+merchant+"\nRequest-Id:"+id+"\nRequest-Timestamp:"+stamp+
			"\nRequest-Target:/notifications\nDigest:"+
			base64.StdEncoding.EncodeToString(sum[:])),
	}}
}

func mac(secret doku.Secret, text string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return "HMACSHA256=" + base64.StdEncoding.EncodeToString(h.Sum(nil))
}
