package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"kasir/local"
	"kasir/local/customer"
	"kasir/local/frontend"
)

func loadCommand() *cobra.Command {
	var where place
	var payments, parallel int
	c := &cobra.Command{
		Use:     "load",
		Short:   "Make many payments at a time and count how they end",
		Long:    "Starts everything on free ports with orders in memory and makes payments through the HTTP API and the hosted page, many at a time.\nFails unless every order ends PAID without any 5xx.",
		Example: "  kasir load --payments 200 --parallel 32",
		Args:    takes(),
		RunE: func(c *cobra.Command, _ []string) error {
			where.memory = true
			cfg, err := where.config()
			if err != nil {
				return err
			}
			if payments < 1 || parallel < 1 {
				return usagef("--payments and --parallel must be above 0")
			}
			return load(c.Context(), c.OutOrStdout(), cfg, payments, parallel)
		},
	}
	where.flags(c, false)
	c.Flags().IntVar(&payments, "payments", 200, "how many payments")
	c.Flags().IntVar(&parallel, "parallel", 32, "how many at a time")
	return c
}

// run is one load: its counts and the times of its steps.
type run struct {
	api          frontend.API
	client       *http.Client
	paid, failed atomic.Int64
	serverErrors *counter

	mu    sync.Mutex
	times map[string][]time.Duration
}

func load(ctx context.Context, out io.Writer, cfg local.Config, payments, parallel int) error {
	cfg.Failures = os.Stderr
	warn(os.Stderr)
	stack, err := local.Start(ctx, cfg)
	if err != nil {
		return err
	}
	defer stack.Close()
	token, err := stack.BackEndToken()
	if err != nil {
		return err
	}
	count := &counter{next: &http.Transport{MaxIdleConnsPerHost: parallel}}
	client := &http.Client{Transport: count}
	r := &run{api: frontend.API{URL: stack.API, Client: client, Token: token}, client: client, serverErrors: count, times: map[string][]time.Duration{}}
	invoices := make(chan string)
	start := time.Now()
	var wg sync.WaitGroup
	for range parallel {
		wg.Go(func() {
			for invoice := range invoices {
				r.payment(ctx, out, invoice)
			}
		})
	}
	for i := range payments {
		invoices <- fmt.Sprintf("LOAD-%05d", i+1)
		if (i+1)%50 == 0 {
			fmt.Fprintf(out, "%d of %d begun\n", i+1, payments)
		}
	}
	close(invoices)
	wg.Wait()
	return r.report(out, payments, parallel, time.Since(start))
}

func (r *run) payment(ctx context.Context, out io.Writer, invoice string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := r.steps(ctx, invoice); err != nil {
		r.failed.Add(1)
		fmt.Fprintf(out, "%s: %v\n", invoice, err)
		return
	}
	r.paid.Add(1)
}

func (r *run) steps(ctx context.Context, invoice string) error {
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"customer":{"email":"budi@example.com"}}`, invoice)
	begin := time.Now()
	page, err := r.api.CreatePage(ctx, []byte(body))
	if err != nil {
		return err
	}
	r.took("create the page", begin)
	begin = time.Now()
	if err := customer.Pay(ctx, r.client, page.CreditCardPaymentPage.URL, customer.Visa); err != nil {
		return err
	}
	r.took("pay on the page", begin)
	begin = time.Now()
	_, err = r.api.Await(ctx, invoice, "PAID")
	r.took("become PAID", begin)
	return err
}

func (r *run) took(step string, since time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.times[step] = append(r.times[step], time.Since(since))
}

func (r *run) report(out io.Writer, payments, parallel int, took time.Duration) error {
	serverErrors := r.serverErrors.answers.Load()
	fmt.Fprintf(out, "\n%d payments, %d at a time: %d PAID, %d not, %d answers of 5xx, %.1f payments per second\n",
		payments, parallel, r.paid.Load(), r.failed.Load(), serverErrors, float64(payments)/took.Seconds())
	for _, step := range []string{"create the page", "pay on the page", "become PAID"} {
		times := slices.Sorted(slices.Values(r.times[step]))
		if len(times) > 0 {
			fmt.Fprintf(out, "  %-16s median %4d ms, slowest %4d ms\n", step, times[len(times)/2].Milliseconds(), times[len(times)-1].Milliseconds())
		}
	}
	if r.failed.Load() > 0 || serverErrors > 0 {
		return errors.New("not every payment went through cleanly")
	}
	return nil
}

// counter counts answers of 5xx.
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
