// Package soak drives payments with captures and refunds through the real binaries while functions are killed, DOKU's answers are
// lost and its notifications dropped, and then compares DOKU's ledger with the orders.
package soak

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"kasir/local"
	"kasir/local/dynamodb"
	"kasir/local/frontend"
	"kasir/local/lambda"
	"kasir/local/sandbox"
	"kasir/shared/store"
)

// Config says how much, and how badly.
type Config struct {
	Payments, Parallel int
	Kill               float64 // probability that an invocation's process is killed
	Faults             float64 // probability that a call of DOKU, or a notification, suffers a fault
	Seed               uint64
}

// settings make the waiting short: a page is asked about a minute and a half after it was made, and what is open for five
// minutes is parked.
var settings = map[string]string{"PAGE_LIFETIME": "20s", "TRUST_WINDOW": "5m", "RESEND_AFTER": "35s"}

// soak is one run.
type soak struct {
	Config
	out    io.Writer
	stack  *local.Stack
	api    frontend.API
	orders *store.DynamoDB
	plans  []*plan

	mu    sync.Mutex
	tally map[string]int
}

// Run makes the payments, lets everything come to rest, and prints what it found. The error says what must not be.
func Run(ctx context.Context, out io.Writer, start local.Config, cfg Config) error {
	start.Settings = settings
	start.Kill = lambda.Kill{Probability: cfg.Kill, Seed: cfg.Seed}
	start.Faults = sandbox.EveryFault(cfg.Faults, cfg.Seed)
	start.Faults.Notifications.Drop = max(start.Faults.Notifications.Drop, cfg.Faults)
	stack, err := local.Start(ctx, start)
	if err != nil {
		return err
	}
	defer stack.Close()
	token, err := stack.BackEndToken()
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: cfg.Parallel}}
	s := &soak{
		Config: cfg, out: out, stack: stack, tally: map[string]int{},
		api:    frontend.API{URL: stack.API, Client: client, Token: token},
		orders: &store.DynamoDB{Client: dynamodb.Client(stack.DynamoDB), Table: local.Table},
	}
	s.draw()
	begin := time.Now()
	stopReconcile := s.reconcileInTheBackground(ctx)
	defer stopReconcile()
	for _, phase := range []struct {
		name string
		do   func(context.Context, *plan) error
	}{
		{"ask for pages and pay", s.pay}, {"wait for payments and authorisations", s.wait},
		{"capture", s.capture}, {"refund", s.refund}, {"refund again", s.refundAgain},
	} {
		if err := s.phase(ctx, begin, phase.name, phase.do); err != nil {
			return err
		}
	}
	if err := s.calm(ctx, begin); err != nil {
		return err
	}
	return s.compare(ctx, begin)
}

// phase does one step of every plan, so many at a time.
func (s *soak) phase(ctx context.Context, begin time.Time, name string, do func(context.Context, *plan) error) error {
	queue := make(chan *plan)
	failed := make(chan error, 1)
	var wg sync.WaitGroup
	for range s.Parallel {
		wg.Go(func() {
			for p := range queue {
				if err := do(ctx, p); err != nil {
					select {
					case failed <- fmt.Errorf("%s, %s: %w", name, p.invoice, err):
					default:
					}
				}
			}
		})
	}
	for i, p := range s.plans {
		queue <- p
		if (i+1)%250 == 0 {
			s.say(begin, "%s: %d of %d", name, i+1, len(s.plans))
		}
	}
	close(queue)
	wg.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

func (s *soak) say(begin time.Time, format string, args ...any) {
	fmt.Fprintf(s.out, "%5.0f s  %s\n", time.Since(begin).Seconds(), fmt.Sprintf(format, args...))
}

func (s *soak) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally[what]++
}

// reconcileInTheBackground runs reconciliation every few seconds instead of every minute.
func (s *soak) reconcileInTheBackground(ctx context.Context) func() {
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			if _, err := s.stack.Reconcile(ctx); err != nil {
				s.count("reconcile runs that were killed")
			}
			pause(ctx, 2*time.Second)
		}
	})
	return func() { stop(); running.Wait() }
}

// calm ends all faults and waits until no operation is open and nobody waits for money that came.
func (s *soak) calm(ctx context.Context, begin time.Time) error {
	if err := s.stack.Lambda.SetKill(lambda.Kill{}); err != nil {
		return err
	}
	response, err := http.Post(s.stack.DOKU+"/control/faults", "application/json", http.NoBody)
	if err != nil {
		return err
	}
	response.Body.Close()
	limit := time.Now().Add(8 * time.Minute)
	for {
		open, err := s.open(ctx)
		if err != nil {
			return err
		}
		if open == 0 {
			return nil
		}
		s.say(begin, "%d operations are still open", open)
		if time.Now().After(limit) {
			return fmt.Errorf("%d operations are neither done, refused nor parked", open)
		}
		pause(ctx, 5*time.Second)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
