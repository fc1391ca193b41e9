// Package soak drives payments with captures and refunds through the real binaries while functions are killed, others
// answer in DOKU's place and DOKU errs in every way the sandbox knows, and then compares DOKU's ledger with the
// orders.
package soak

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/aws/lambda"
	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/shared/store"
)

// Config says how much, and how badly.
type Config struct {
	Payments, Parallel int
	Kill               float64       // probability that an invocation's process is killed
	Faults             float64       // probability that a call of DOKU, or a notification, suffers a fault
	Unsigned           string        // class of answers never signed: success, refusal, get; mixed: a quarter of each
	Memory             time.Duration // how long DOKU remembers a Request-Id; 0 is for ever
	Patience           time.Duration // how long to wait, once faults have ended, for everything to come to rest
	Seed               uint64
	Say                func(string) // is told how far the run is, every second; nil: nobody is
}

// ErrBroken is the error of a run that found a broken promise.
var ErrBroken = errors.New("a promise was broken")

// soak is one run.
type soak struct {
	Config
	begin  time.Time
	stack  *stack.Stack
	api    merchant.API
	orders *store.DynamoDB
	plans  []*plan
	slots  chan struct{} // limits the requests that run at once
	faults Faults

	mu    sync.Mutex
	tally map[string]int
	steps map[string]int // plans by the step that they are in
	wrong []string
}

// Run makes the payments, lets everything come to rest, and reports what it found. With ErrBroken there is a report
// too.
func Run(ctx context.Context, start stack.Config, cfg Config) (*Report, error) {
	start.Settings = cfg.settings()
	start.Kill = lambda.Kill{Probability: cfg.Kill, Seed: cfg.Seed}
	start.Faults = cfg.faults()
	running, err := stack.Start(ctx, start)
	if err != nil {
		return nil, err
	}
	defer running.Close()
	token, err := running.BackEndToken()
	if err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: cfg.Parallel}}
	s := &soak{
		Config: cfg, begin: time.Now(), stack: running,
		api:    merchant.API{URL: running.API, Client: client, Token: token},
		orders: &store.DynamoDB{Client: dynamodb.Client(running.DynamoDB), Table: stack.Table},
		slots:  make(chan struct{}, cfg.Parallel), tally: map[string]int{}, steps: map[string]int{},
	}
	s.draw()
	defer s.inTheBackground(ctx, 2*time.Second, s.reconcile)()
	defer s.inTheBackground(ctx, progressEvery, s.progress)()
	s.runPlans(ctx)
	if err := s.calm(ctx); err != nil {
		return nil, err
	}
	return s.compare(ctx)
}

// runPlans carries all plans out at once; a plan that waits takes no slot.
func (s *soak) runPlans(ctx context.Context) {
	var wg sync.WaitGroup
	for _, p := range s.plans {
		wg.Go(func() {
			for _, step := range []struct {
				name string
				do   func(context.Context, *plan) bool
			}{
				{"paying", s.pay}, {"waiting for the payment", s.wait}, {"capturing", s.capture},
				{"refunding", s.refund}, {"refunding again", s.refundAgain},
			} {
				s.step(step.name, 1)
				goOn := step.do(ctx, p)
				s.step(step.name, -1)
				if !goOn || ctx.Err() != nil {
					break
				}
			}
			s.step("finished", 1)
		})
	}
	wg.Wait()
}

func (s *soak) say(text string) {
	if s.Say != nil {
		s.Say(text)
	}
}

func (s *soak) step(name string, change int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps[name] += change
}

func (s *soak) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally[what]++
}

// broken notes that a promise was broken.
func (s *soak) broken(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

// reconcile runs reconciliation every few seconds instead of every minute.
func (s *soak) reconcile(ctx context.Context) {
	if _, err := s.stack.Reconcile(ctx); err != nil && ctx.Err() == nil {
		s.count("reconcile runs that were killed")
	}
}

// inTheBackground does something again and again until the returned function is called.
func (s *soak) inTheBackground(ctx context.Context, every time.Duration, do func(context.Context)) func() {
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			do(ctx)
			pause(ctx, every)
		}
	})
	return func() { stop(); running.Wait() }
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
