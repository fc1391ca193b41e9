package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/stack"
)

func loadCommand() *cobra.Command {
	var where place
	var payments, parallel int
	c := &cobra.Command{
		Use:   "load",
		Short: "Make many payments at a time and count how they end",
		Long: "Starts everything on free ports with orders in memory and makes payments through the HTTP API and\n" +
			"the hosted page, many at a time. Fails unless every order ends PAID without any 5xx.",
		Example: "  kasir load --payments 200 --parallel 32",
		Args:    exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			where.memory = true
			cfg, err := where.config()
			if err != nil {
				return err
			}
			if payments < 1 || parallel < 1 {
				return usagef("--payments and --parallel must be above 0")
			}
			return load(c.Context(), screenOf(c), cfg, payments, parallel)
		},
	}
	where.flags(c, false)
	c.Flags().IntVar(&payments, "payments", 200, "how many payments")
	c.Flags().IntVar(&parallel, "parallel", 32, "how many at a time")
	return c
}

// loadRun holds the counts of one load and the times of its steps.
type loadRun struct {
	api          merchant.API
	client       *http.Client
	screen       *screen
	serverErrors *counter

	mu       sync.Mutex
	begun    int
	paid     int
	failures []loadFailure
	times    map[string][]time.Duration
}

// loadDocument is the output of kasir load --json.
type loadDocument struct {
	Payments     int           `json:"payments"`
	Parallel     int           `json:"parallel"`
	Paid         int           `json:"paid"`
	Failed       int           `json:"failed"`
	ServerErrors int64         `json:"server_errors"` // answers of 5xx
	Seconds      float64       `json:"seconds"`
	Steps        []loadStep    `json:"steps"`
	Failures     []loadFailure `json:"failures"`
}

type loadStep struct {
	Step    string `json:"step"`
	Median  int64  `json:"median_ms"`
	Slowest int64  `json:"slowest_ms"`
}

type loadFailure struct {
	Invoice string `json:"invoice_number"`
	Error   string `json:"error"`
}

func load(ctx context.Context, s *screen, cfg stack.Config, payments, parallel int) error {
	cfg.Failures = s.notes
	warnShortages(s)
	end := s.begin("starting the functions, DynamoDB and the sandbox")
	defer end()
	running, err := stack.Start(ctx, cfg)
	if err != nil {
		return err
	}
	defer running.Close()
	token, err := running.BackEndToken()
	if err != nil {
		return err
	}
	count := &counter{next: &http.Transport{MaxIdleConnsPerHost: parallel}}
	client := &http.Client{Transport: count}
	r := &loadRun{
		api: merchant.API{URL: running.API, Client: client, Token: token}, client: client, screen: s,
		serverErrors: count,
		failures:     []loadFailure{}, times: map[string][]time.Duration{},
	}
	invoices := make(chan string)
	start := time.Now()
	var wg sync.WaitGroup
	for range parallel {
		wg.Go(func() {
			for invoice := range invoices {
				r.payment(ctx, invoice, payments)
			}
		})
	}
	for i := range payments {
		invoices <- fmt.Sprintf("LOAD-%05d", i+1)
	}
	close(invoices)
	wg.Wait()
	end()
	return r.report(payments, parallel, time.Since(start))
}

func (r *loadRun) payment(ctx context.Context, invoice string, payments int) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r.mu.Lock()
	r.begun++
	r.mu.Unlock()
	err := r.steps(ctx, invoice)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.failures = append(r.failures, loadFailure{invoice, err.Error()})
		fmt.Fprintf(r.screen.text, "%s: %v\n", invoice, err)
	} else {
		r.paid++
	}
	r.screen.update("%d of %d payments begun, %d PAID, %d failed", r.begun, payments, r.paid, len(r.failures))
}

func (r *loadRun) steps(ctx context.Context, invoice string) error {
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"customer":{"email":"budi@example.com"}}`,
		invoice)
	begin := time.Now()
	page, err := r.api.CreatePage(ctx, []byte(body))
	if err != nil {
		return err
	}
	r.record("create the page", begin)
	begin = time.Now()
	if err := customer.Pay(ctx, r.client, page.CreditCardPaymentPage.URL, customer.Visa); err != nil {
		return err
	}
	r.record("pay on the page", begin)
	begin = time.Now()
	_, err = r.api.Await(ctx, invoice, "PAID")
	r.record("become PAID", begin)
	return err
}

func (r *loadRun) record(step string, since time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.times[step] = append(r.times[step], time.Since(since))
}

func (r *loadRun) report(payments, parallel int, took time.Duration) error {
	d := loadDocument{
		Payments: payments, Parallel: parallel, Paid: r.paid, Failed: len(r.failures), Failures: r.failures,
		ServerErrors: r.serverErrors.answers.Load(), Seconds: took.Seconds(), Steps: []loadStep{},
	}
	out := r.screen.text
	fmt.Fprintf(out, "%d payments, %d at a time: %d PAID, %d not, %d answers of 5xx, %.1f payments per second\n",
		payments, parallel, d.Paid, d.Failed, d.ServerErrors, float64(payments)/took.Seconds())
	for _, step := range []string{"create the page", "pay on the page", "become PAID"} {
		times := slices.Sorted(slices.Values(r.times[step]))
		if len(times) > 0 {
			median, slowest := times[len(times)/2].Milliseconds(), times[len(times)-1].Milliseconds()
			d.Steps = append(d.Steps, loadStep{step, median, slowest})
			fmt.Fprintf(out, "  %-16s median %4d ms, slowest %4d ms\n", step, median, slowest)
		}
	}
	if err := r.screen.document(d); err != nil {
		return err
	}
	if d.Failed > 0 || d.ServerErrors > 0 {
		return errors.New("some payments failed, or an answer was 5xx")
	}
	return nil
}

// counter is a transport that counts the answers with 5xx.
type counter struct {
	next    http.RoundTripper
	answers atomic.Int64
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(r)
	if err == nil && response.StatusCode >= 500 {
		c.answers.Add(1)
	}
	return response, err
}
