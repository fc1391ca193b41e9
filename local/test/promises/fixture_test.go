// Package promises tests with the built functions that money moves once under every kind of answer. docs/promises.md
// lists the tests.
package promises

import (
	"bytes"
	"context"
	"crypto/rand"
	"flag"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/merchant"
	"kasir/local/sandbox"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/store"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil { // the tests wait for answers, not for a processor
		panic(err)
	}
	harness.Main(m, func() {
		for _, end := range closers {
			end()
		}
	})
}

// closers close the stacks, which tests share.
var closers []func()

// fixture is a stack with a proxy between it and DOKU's sandbox.
type fixture struct {
	*stack.Stack
	merchant.API
	doku   *proxy
	orders store.DynamoDB
	table  *throttle // between the functions and DynamoDB; may be nil
	log    *tape

	running sync.Mutex // held by a run of reconcile
}

// lazyFixture returns a function that opens the fixture at its first use.
func lazyFixture(settings map[string]string, faults string) func(*testing.T) *fixture {
	open := sync.OnceValues(func() (*fixture, error) { return openFixture(settings, faults, false) })
	return func(t *testing.T) *fixture { return found(t, open) }
}

func found(t *testing.T, open func() (*fixture, error)) *fixture {
	t.Helper()
	h, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var opening sync.Mutex // guards closers and opens one fixture at a time

func openFixture(settings map[string]string, faults string, slowTable bool) (*fixture, error) {
	opening.Lock()
	defer opening.Unlock()
	h := &fixture{doku: &proxy{url: "http://127.0.0.1:0"}, log: &tape{}}
	h.doku.plans, h.doku.fixed, h.doku.names = map[string][]step{}, map[string]step{}, map[string]string{}
	if err := h.doku.up(); err != nil {
		return nil, err
	}
	closers = append(closers, h.doku.down)
	server := httptest.NewUnstartedServer(nil)
	h.doku.doku = "http://" + server.Listener.Addr().String()
	wrong, err := sandbox.ParseFaults(faults)
	if err != nil {
		return nil, err
	}
	ledger, err := sandbox.New(sandbox.Config{
		ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey,
		NotificationURL: h.doku.url + stack.NotificationTarget, PublicURL: h.doku.doku,
		RetryDelays: []time.Duration{}, Faults: wrong,
	})
	if err != nil {
		return nil, err
	}
	server.Config.Handler = ledger
	server.Start()
	closers = append(closers, server.Close, ledger.Close)
	cfg := stack.Config{Root: harness.Root(), Functions: harness.Functions(), DOKU: h.doku.url,
		ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey, Settings: settings, Log: h.log}
	endpoint := ""
	if slowTable {
		if h.table, endpoint, err = startThrottle(); err != nil {
			return nil, err
		}
		cfg.Settings = map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": h.table.url}
	}
	if h.Stack, err = stack.Start(context.Background(), cfg); err != nil {
		return nil, err
	}
	closers = append(closers, h.Stack.Close)
	h.doku.api = h.Stack.API
	if endpoint == "" {
		endpoint = h.Stack.DynamoDB
	}
	h.orders = store.DynamoDB{Client: dynamodb.Client(endpoint), Table: stack.Table, NewID: rand.Text}
	token, err := h.BackEndToken()
	h.API = merchant.API{URL: h.Stack.API, Client: &http.Client{Timeout: time.Minute}, Token: token}
	return h, err
}

// tape keeps the log lines of the functions.
type tape struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

// lines returns the log lines that contain every text.
func (t *tape) lines(texts ...string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var found []string
next:
	for line := range strings.Lines(t.text.String()) {
		for _, text := range texts {
			if !strings.Contains(line, text) {
				continue next
			}
		}
		found = append(found, line)
	}
	return found
}
