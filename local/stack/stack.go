// Package stack runs all of kasir on one machine: the function binaries behind a local API Gateway and Lambda runtime,
// an embedded DynamoDB, DOKU's sandbox and a demo shop. Nothing here is deployed.
package stack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/aws/eventbridge"
	"kasir/local/aws/eventsource"
	"kasir/local/aws/gateway"
	"kasir/local/aws/lambda"
	"kasir/local/aws/s3"
	"kasir/local/aws/secretsmanager"
	"kasir/local/aws/sqs"
	"kasir/local/loopback"
	"kasir/local/merchant/issuer"
	"kasir/local/reference"
	"kasir/local/sandbox"
	"kasir/local/stack/clock"
	"kasir/shared/function"
	"kasir/shared/quote"
	"kasir/shared/route"
)

// Config configures a Stack. Root and Functions are required.
type Config struct {
	Root      string // folder of the project, which holds node_modules
	Functions string // folder of the functions built for this machine: <function>/bootstrap
	Data      string // data folder of the embedded DynamoDB; empty keeps the data in memory

	Port int // of the HTTP API; the shop, the sandbox and the console have the next ones; 0 chooses free ports
	// ConsolePort is the port of the console, if it is not the third after Port.
	ConsolePort int

	Origins []string // further origins whose pages may call the API; loopback.CheckOrigin accepts them

	DOKU      string // another DOKU than the built-in sandbox: sandbox, production, or a base URL on loopback
	ClientID  string // its credentials; the built-in sandbox has its own
	SecretKey string

	QuoteKey  string // signs quotes, at least 32 characters; default DefaultQuoteKey
	IssuerKey string // file of the token issuer's key, so that tokens stay valid after a restart; empty: a new key
	// ClockFile keeps how far the clock is ahead, so that after a restart no order is later than now. If empty, the
	// clock starts with the real time.
	ClockFile string
	// EventsFile keeps the last events of the bus. If empty, they are in memory.
	EventsFile string

	Webhooks Webhooks // the merchant's endpoints for events

	Reports string // folder of the bucket of settlement reports; if empty, they are gone at the end

	RetryDelays []time.Duration   // of the built-in sandbox's notifications; nil: short ones
	Settings    map[string]string // further settings of the functions, as environment variables
	Log         io.Writer         // log of the functions; nil discards
	Failures    io.Writer         // a line for each answer of 5xx, with its cause; Log when nil

	Kill   lambda.Kill    // kills functions at random, for tests; none unless set
	Faults sandbox.Faults // faults of the built-in sandbox; none unless set
	Other  OtherVersion   // another version of the functions on the same table, for tests; none unless set
}

// Table is the name of the table in the embedded DynamoDB.
const Table = "kasir"

// NotificationTarget is the path of the notification URL.
const NotificationTarget = "/notifications"

// shortRetries replace DOKU's 30 minutes, 6 hours and 12 hours.
var shortRetries = []time.Duration{2 * time.Second, 10 * time.Second, 30 * time.Second}

// Stack is kasir and everything around it, running.
type Stack struct {
	API, Shop, DOKU string            // base URLs; DOKU is the built-in sandbox's, or empty
	Console         string            // address of the console; its port serves the API too
	DynamoDB        string            // endpoint of the embedded DynamoDB
	Issuer          string            // base URL and iss of the token issuer; its token endpoint is /token below it
	Tokens          *issuer.Issuer    // the issuer itself, for tokens that Token cannot make
	Environment     map[string]string // of every function, with the clock at the start
	Clock           clock.Mover       // of everything that runs here
	// Reconcile runs the function reconcile once, outside its schedule.
	Reconcile func(context.Context) ([]byte, error)
	Lambda    *lambda.Runtime // the functions
	Exited    <-chan struct{} // closed when the embedded DynamoDB has exited by itself
	ExitError func() error    // returns the reason

	Secrets *secretsmanager.Server // holds the functions' secret
	Keys    Keys                   // content of the secret

	Events *eventbridge.Server // the bus: receives the events of the function publish

	Reports       *s3.Server // the bucket of settlement reports
	ReportsFolder string     // address to put reports at

	Queues   *sqs.Server     // holds the events that wait for delivery
	Webhooks []Webhook       // the endpoints that receive the events
	Absent   []AbsentWebhook // those of earlier runs, with events that wait

	mappings              []*eventsource.Mapping
	secretsURL, eventsURL string
	reportsURL            string
	webhooks              map[string]string // the settings of the function deliver
	time                  *timekeeper
	closers               []func()
}

// Start starts everything and returns when it answers. After an error nothing is left running. Close ends it.
func Start(ctx context.Context, cfg Config) (*Stack, error) {
	s := &Stack{}
	if err := s.start(ctx, cfg); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Stack) start(ctx context.Context, cfg Config) error {
	if err := cfg.check(); err != nil {
		return err
	}
	if err := s.openClock(cfg); err != nil {
		return err
	}
	ports, err := s.listen(cfg.Port, cfg.ConsolePort, cfg.DOKU == "")
	if err != nil {
		return err
	}
	if err := s.startStore(ctx, cfg); err != nil {
		return err
	}
	if cfg.DOKU == "" {
		if err := s.startSandbox(cfg, ports); err != nil {
			return err
		}
		cfg.DOKU, cfg.ClientID, cfg.SecretKey = s.DOKU, sandbox.DefaultClientID, sandbox.DefaultSecretKey
	}
	if cfg.QuoteKey == "" {
		cfg.QuoteKey = DefaultQuoteKey
	}
	if err := s.startIssuer(cfg, ports); err != nil {
		return err
	}
	if err := s.startSecrets(cfg); err != nil {
		return err
	}
	if err := s.startEvents(cfg); err != nil {
		return err
	}
	if err := s.openWebhooks(cfg); err != nil {
		return err
	}
	if err := s.openReports(cfg, ports.console.Origins()); err != nil {
		return err
	}
	s.Environment = environment(cfg, s)
	if err := s.startAPI(ctx, cfg, ports); err != nil {
		return err
	}
	s.startShop(cfg, ports)
	s.startWebhooks(cfg)
	return s.startStream(cfg) // last, because the bus's targets must get what an earlier run left in the stream
}

func (c Config) check() error {
	if c.DOKU != "" && (c.ClientID == "" || c.SecretKey == "") {
		return errors.New("another DOKU than the built-in sandbox needs its credentials: " +
			"set DOKU_CLIENT_ID and DOKU_SECRET_KEY")
	}
	if n := len(c.QuoteKey); n > 0 && n < quote.MinKey {
		return fmt.Errorf("QUOTE_KEY has %d characters and must have at least %d: "+
			"export QUOTE_KEY=$(openssl rand -hex 32), or unset it to use kasir local's own key", n, quote.MinKey)
	}
	for _, name := range Functions() {
		if _, err := os.Stat(Bootstrap(c.Functions, name)); err != nil {
			return fmt.Errorf("function %s is not in %s: run make functions in a clone, or unpack the release again",
				name, c.Functions)
		}
	}
	return nil
}

func (s *Stack) startStore(ctx context.Context, cfg Config) error {
	db, err := dynamodb.Start(ctx, dynamodb.Config{Root: cfg.Root, Dir: cfg.Data})
	if err != nil {
		return err
	}
	s.closers = append(s.closers, db.Close)
	s.DynamoDB, s.Exited, s.ExitError = db.URL, db.Exited(), db.Err
	err = createTable(ctx, db.URL)
	if err != nil && db.Err() != nil { // the cause of the refused connection
		return db.Err()
	}
	return err
}

func (s *Stack) startSandbox(cfg Config, ports *listeners) error {
	if cfg.RetryDelays == nil {
		cfg.RetryDelays = shortRetries
	}
	doku, err := sandbox.New(sandbox.Config{
		ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey, Merchant: "Lumbung", // the shop's name
		NotificationURL: ports.api.URL() + NotificationTarget, NotificationTarget: cfg.Settings["NOTIFICATION_TARGET"],
		PublicURL: ports.doku.URL(), RetryDelays: cfg.RetryDelays, Faults: cfg.Faults,
		Clock: s.Clock, Log: cfg.failures(slog.LevelWarn), Explain: Explain(sandbox.DefaultClientID),
	})
	if err != nil {
		return err
	}
	s.time.doku = doku
	s.closers = append(s.closers, doku.Close)
	s.DOKU = s.serve(ports.doku, server(doku), loopback.Guard{})
	return nil
}

func (s *Stack) startAPI(ctx context.Context, cfg Config, ports *listeners) error {
	var functions []lambda.Function
	for _, name := range Functions() {
		binary, env := Bootstrap(cfg.Functions, name), environmentOf(name, s.Environment)
		fn := lambda.Function{Name: name, Binary: binary, Env: env}
		if row, _ := function.Find(name); row.Settles {
			fn.Timeout = settleTimeout
		}
		functions = append(functions, fn)
	}
	functions = cfg.Other.add(functions)
	log := newHeldLog(cfg.Log)
	runtime, err := lambda.New(lambda.Config{Functions: functions, Log: log, Kill: cfg.Kill})
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() { runtime.Close() })
	for _, f := range functions { // a wrong setting fails now, not at the first request
		if err := runtime.Warm(ctx, f.Name); err != nil {
			return cmp.Or(startError(err), err)
		}
	}
	log.release()
	s.Lambda = runtime
	invoke := cfg.Other.share(runtime.Invoke)
	origins := slices.Concat(ports.shop.Origins(), cfg.Origins)
	s.startClock(invoke)
	s.startReports(invoke)
	api, err := gateway.New(gateway.Config{
		Routes: route.All, Invoke: s.time.holding(invoke), Authorizer: s.authorizer(),
		Log: cfg.failures(slog.LevelError), Now: s.Clock.Now,
		CORS: gateway.CORS{
			AllowOrigins: origins, AllowMethods: route.BrowserMethods(), AllowHeaders: route.AllowHeaders,
			ExposeHeaders: route.ExposeHeaders, MaxAge: route.PreflightAge,
		},
	})
	if err != nil {
		return err
	}
	described, err := reference.New(cfg.Root)
	if err != nil {
		return err
	}
	// DOKU's own sandbox sends notifications through a tunnel, under the tunnel's name.
	guard := loopback.Guard{Origins: origins, Open: []string{NotificationTarget}}
	s.API = s.serve(ports.api, gateway.Server(s.withIssuer(api, described, ports.console.URL())), guard)
	return s.startConsole(api, ports)
}

// failures returns the log of the requests that the gateway answered with 5xx, and of those that the sandbox refused.
func (c Config) failures(level slog.Level) *slog.Logger {
	to := c.Failures
	if to == nil {
		to = c.Log
	}
	if to == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level}))
}

// Close ends everything, in the reverse order of its start.
func (s *Stack) Close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
	s.closers = nil
}
