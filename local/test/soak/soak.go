// Package soak drives payments with captures and refunds through the real binaries, and then compares DOKU's ledger
// with the orders. Meanwhile functions are killed, others answer in DOKU's place, and DOKU fails in every way that the
// sandbox has.
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

// Config configures a run.
type Config struct {
	Payments, Parallel int
	Kill               float64       // probability that an invocation's process is killed
	Faults             float64       // probability of a fault for a call of DOKU or a notification
	Unsigned           string        // class of never signed answers: success, refusal, get; mixed: a quarter of each
	Memory             time.Duration // how long DOKU remembers a Request-Id; 0 means for ever
	Patience           time.Duration // longest wait after the faults until everything is at rest
	Seed               uint64
	Say                func(string) // called with the progress every second; may be nil
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
	steps map[string]int // number of plans in each step
	wrong []string
}

// Run makes the payments, waits until everything is at rest, and returns the report. With ErrBroken it also returns a
// report.
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
	s.drawPlans()
	defer s.inTheBackground(ctx, 2*time.Second, s.reconcile)()
	defer s.inTheBackground(ctx, progressEvery, s.progress)()
	s.runPlans(ctx)
	if err := s.calm(ctx); err != nil {
		return nil, err
	}
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	return s.compare(ctx)
}

// runPlans runs all plans at once. A plan that waits takes no slot.
func (s *soak) runPlans(ctx context.Context) {
	var wg sync.WaitGroup
	for _, p := range s.plans {
		wg.Go(func() {
			for _, step := range []struct {
				name string
				do   func(context.Context, *plan) bool
			}{
				{"paying", s.pay}, {"waiting for the payment", s.wait}, {"capturing", s.capture},
				{"refunding", s.refund}, {"moving elsewhere", s.moveElsewhere}, {"refunding again", s.refundAgain},
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

func (s *soak) print(text string) {
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

// broken records a broken promise.
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

// inTheBackground runs do repeatedly until the returned function is called.
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
