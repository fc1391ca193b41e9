package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"kasir/bench/host"
	"kasir/bench/model"
	"kasir/bench/standin"
	"kasir/local/aws/dynamodb"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/store"
)

// Budgets P11 and P12.
const (
	leastLooks = 7000             // of pages, in a minute in which more are due
	latestAsk  = 60 * time.Second // after the time of an open refund
)

// overdue is a backlog: pages that have all ended, and refunds without an outcome that become due meanwhile.
type overdue struct {
	pages   int
	orders  *store.DynamoDB
	begin   time.Time
	refunds map[string]time.Time // when each becomes due

	mu    sync.Mutex
	asked map[string]time.Time // when DOKU was first asked about each order
}

// overdue measures how fast a backlog is worked off by the real function, invoked every minute as deployed: once for
// money and once for pages. DOKU takes its usual time for each answer.
func (b *bench) overdue(ctx context.Context) error {
	world, err := standin.New(standin.DOKUAlone)
	if err != nil {
		return err
	}
	defer world.Close()
	o := &overdue{pages: b.count(20_000, 1000), refunds: map[string]time.Time{}, asked: map[string]time.Time{}}
	world.DOKU.Wait, world.DOKU.Seen = model.Patience, o.see
	env := world.Env()
	maps.Copy(env, function.Environment)
	env["LOOKS_AT_ONCE"] = "32"
	client := dynamodb.Client(env["AWS_ENDPOINT_URL_DYNAMODB"])
	o.orders = &store.DynamoDB{Client: client, Table: standin.TableName, NewID: func() string { return "0123456789" }}
	var functions [2]*host.Process
	for i := range functions {
		if functions[i], err = host.Start(ctx, b.program("reconcile"), env, nil); err != nil {
			return err
		}
		defer functions[i].Stop()
		functions[i].Lasts = time.Minute
	}
	if err := o.fill(ctx); err != nil {
		return err
	}
	if err := o.workOff(ctx, b, functions); err != nil {
		return err
	}
	return o.judge(b, functions[1])
}

// see notes that DOKU is asked about an order.
func (o *overdue) see(target string) {
	invoice := target[strings.LastIndex(target, "/")+1:]
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, before := o.asked[invoice]; !before && strings.Contains(target, "/status/") {
		o.asked[invoice] = time.Now()
	}
}

// fill stores the pages, which ended within the last hour, and a refund for every twenty seconds of three minutes.
func (o *overdue) fill(ctx context.Context) error {
	o.begin = time.Now()
	merchant := order.Merchant{Environment: "bench", ClientID: standin.ClientID}
	for i := range o.pages {
		made := order.Stamp(o.begin.Add(-time.Hour - 2*time.Minute - time.Duration(i%3600)*time.Second))
		p := order.New(order.Intent{Invoice: fmt.Sprintf("INV-20261130-%07d", i), Amount: 90000, Lifetime: time.Hour,
			Policy: order.Policy{Merchant: merchant, TrustWindow: time.Hour}}, made)
		p.Operations[0].State, p.Operations[0].DoneAt = order.Done, made
		p.Facts.Page = &order.Page{URL: "https://sandbox.doku.com/page", At: made, ExpiresAt: made.Add(time.Hour)}
		if err := o.create(ctx, p); err != nil {
			return err
		}
	}
	o.begin = time.Now()
	for i := range 9 {
		due, day := o.begin.Add(time.Duration(i)*20*time.Second+5*time.Second), order.Stamp(o.begin.Add(-24*time.Hour))
		money := &order.Payment{Amount: 90000, At: day, LearnedAt: day}
		paid := order.Order{Invoice: fmt.Sprintf("REFUND-%d", i), Amount: 90000, CreatedAt: day,
			PageEnd: day.Add(time.Hour), Facts: order.Facts{Paid: money}}
		paid.Operations = []order.Operation{{ID: "refund-1", Kind: order.KindRefund, Amount: 10000, Generation: 1,
			State: order.Open, Attempts: 1, FirstAt: due.Add(-time.Minute), LastAt: due.Add(-time.Minute)}}
		o.refunds[paid.Invoice] = due
		if err := o.create(ctx, paid); err != nil {
			return err
		}
	}
	return nil
}

func (o *overdue) create(ctx context.Context, p order.Order) error {
	p = p.Schedule(order.Policy{TrustWindow: time.Hour})
	if p.DueAt.IsZero() {
		return errors.New("an order of the backlog is not due")
	}
	_, err := o.orders.Create(ctx, p, nil)
	return err
}

// workOff invokes the function every minute until nothing is left, and at least until every refund was due.
func (o *overdue) workOff(ctx context.Context, b *bench, functions [2]*host.Process) error {
	for minute := 0; ; minute++ {
		next := o.begin.Add(time.Duration(minute) * time.Minute)
		select {
		case <-time.After(time.Until(next)):
		case <-ctx.Done():
			return ctx.Err()
		}
		var all sync.WaitGroup
		var reports [2]struct{ Looked, Failed, Left int }
		var errs [2]error
		for i, p := range functions {
			all.Go(func() {
				event := fmt.Sprintf(`{"part":%q}`, []string{"money", "pages"}[i])
				reply, _, err := p.Invoke(ctx, []byte(event))
				errs[i] = errors.Join(err, json.Unmarshal(reply, &reports[i]))
			})
		}
		all.Wait()
		if err := errors.Join(errs[:]...); err != nil {
			return err
		}
		r := row{what: fmt.Sprintf("looks in minute %d, of %d pages due at its beginning", minute+1,
			o.pages-o.looked(next)), measured: fmt.Sprintf("%d pages, %d orders of money; %d failed", reports[1].Looked,
			reports[0].Looked, reports[1].Failed+reports[0].Failed)}
		if reports[1].Left > 0 || reports[1].Looked >= leastLooks {
			r.budget, r.limit, r.held = "P11", fmt.Sprint(leastLooks), reports[1].Looked >= leastLooks
		}
		b.report.add(r)
		if reports[1].Left == 0 && minute >= 3 {
			return nil
		}
	}
}

// looked returns how many pages were asked about before a time.
func (o *overdue) looked(before time.Time) (n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for invoice, at := range o.asked {
		if _, refund := o.refunds[invoice]; !refund && at.Before(before) {
			n++
		}
	}
	return n
}

// judge adds the rows of P11 and P12: how late refunds and pages were asked about.
func (o *overdue) judge(b *bench, pages *host.Process) error {
	var latest, last time.Duration
	for invoice, at := range o.asked {
		last = max(last, at.Sub(o.begin))
		if due, refund := o.refunds[invoice]; refund {
			latest = max(latest, at.Sub(due))
		}
	}
	b.report.atMost("P12", fmt.Sprintf("the latest of %d open refunds is asked about after its time", len(o.refunds)),
		"%.0f s", latest.Seconds(), latestAsk.Seconds())
	b.report.atMost("P12", "orders of the backlog that were never asked about", "%.0f",
		float64(o.pages+len(o.refunds)-len(o.asked)), 0)
	used, err := pages.CPU()
	memory, unread := pages.Memory()
	b.report.add(row{what: "all were asked about after", measured: fmt.Sprintf("%.0f s", last.Seconds())},
		row{what: "processor time and memory of a look at a page, 256 at the same time",
			measured: fmt.Sprintf("%.2f ms; %.1f MiB", ms(used)/float64(o.pages), memory)})
	return errors.Join(err, unread)
}
