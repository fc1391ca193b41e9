package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/sync/errgroup"

	"kasir/bench/host"
	"kasir/bench/model"
	"kasir/bench/standin"
	"kasir/local/aws/dynamodb"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/store"
	"kasir/simulation"
)

// Budgets P3 and P7.
const (
	mostSigning       = 1.25 // times the algorithm alone
	mostSigningAllocs = 2.0
	leastSchedules    = 1500.0 // a second, on two cores
)

// signing compares signing and verifying with the algorithm alone, and with the usual way to write it. The benchmarks
// take turns: each round has every benchmark once, for some milliseconds.
func (b *bench) signing(ctx context.Context) error {
	nanos, allocs := map[string][]float64{}, map[string][]float64{} // by the benchmark's name
	for range b.count(20, 3) {
		run := exec.CommandContext(ctx, "go", "test", "-run=^$", "-bench=.", "-benchmem", "-cpu=1",
			fmt.Sprintf("-benchtime=%dms", b.count(300, 30)), "./shared/doku")
		run.Dir = b.root
		out, err := run.CombinedOutput()
		if err != nil {
			return fmt.Errorf("running the benchmarks of shared/doku: %w\n%s", err, out)
		}
		for reader := benchfmt.NewReader(bytes.NewReader(out), "go test"); reader.Scan(); {
			if result, ok := reader.Result().(*benchfmt.Result); ok {
				name := string(result.Name.Full())
				seconds, _ := result.Value("sec/op")
				count, _ := result.Value("allocs/op")
				nanos[name], allocs[name] = append(nanos[name], seconds*1e9), append(allocs[name], count)
			}
		}
	}
	for _, test := range []struct{ name, what, budget string }{
		{"Raw", "SHA-256 and a reused HMAC over a notification, in base64, and the text between them", ""},
		{"Naive", "the same as it is usually written", ""},
		{"Sign", "doku.Digest and Sign", "P3"},
		{"Verify", "doku.Digest and Verify", "P3"},
		{"Notification", "doku.ParseNotification, verified and read", ""},
	} {
		ratio, allocated := median(ratios(nanos[test.name], nanos["Raw"])), median(allocs[test.name])
		r := row{budget: test.budget, what: test.what, ratio: times(ratio),
			measured: fmt.Sprintf("%.0f ns, %.0f allocs", median(nanos[test.name]), allocated)}
		if test.budget != "" {
			r.limit = fmt.Sprintf("%s, %.0f allocs", times(mostSigning), mostSigningAllocs)
			r.held = ratio <= mostSigning && allocated <= mostSigningAllocs
		}
		b.report.add(r)
	}
	return nil
}

// simulation counts the schedules that two cores run in a second, by the processor's time. The garbage collector has
// the setting of the simulation's tests.
func (b *bench) simulation(context.Context) error {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	schedules := b.count(20_000, 1_000)
	begin := processorTime()
	seeded := func(i int) simulation.Schedule { return simulation.Schedule{Seed: uint64(i + 1)} }
	if _, failed := simulation.Sweep(schedules, seeded, nil); failed != nil {
		return errors.New(simulation.Report(failed.Schedule))
	}
	rate := 2 * float64(schedules) / (processorTime() - begin)
	b.report.add(row{budget: "P7", what: "simulated schedules a second of two cores", held: rate >= leastSchedules,
		measured: fmt.Sprintf("%.0f", rate), limit: fmt.Sprintf("%.0f", leastSchedules)})
	return nil
}

// processorTime returns the seconds for which this process has used a processor.
func processorTime() float64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used) // it cannot fail
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

// Budgets P11 and P12.
const (
	leastLooks = 7000 // of pages, in a minute in which more are due
	latestAsk  = 60.0 // seconds after the time of an open refund
)

// refunds of the backlog have no outcome, and become due one by one, every twenty seconds.
const refunds = 9

// overdue measures how fast a backlog of pages that have all ended is worked off by the real function, invoked every
// minute as deployed: once for money and once for pages. DOKU takes its usual time for each answer.
func (b *bench) overdue(ctx context.Context) error {
	world, err := standin.New(standin.DOKUAlone)
	if err != nil {
		return err
	}
	defer world.Close()
	var mu sync.Mutex
	asked := map[string]time.Time{} // when DOKU was first asked about each order
	world.DOKU.Wait, world.DOKU.Seen = model.Patience, func(path string) {
		mu.Lock()
		defer mu.Unlock()
		_, invoice, look := strings.Cut(path, "/status/")
		if asked[invoice].IsZero() && look {
			asked[invoice] = time.Now()
		}
	}
	env := world.Env()
	maps.Copy(env, function.Environment)
	env["LOOKS_AT_ONCE"] = "32"
	var functions [2]*host.Process
	for i := range functions {
		if functions[i], err = host.Start(ctx, b.program("reconcile"), env, nil); err != nil {
			return err
		}
		defer functions[i].Stop()
	}
	pages := b.count(20_000, 1000)
	begin, err := fill(ctx, env["AWS_ENDPOINT_URL_DYNAMODB"], pages)
	if err == nil {
		err = b.workOff(ctx, functions, pages, begin)
	}
	if err != nil {
		return err
	}
	latest := 0.0
	for i := range refunds {
		latest = max(latest, asked[refund(i)].Sub(dueAt(begin, i)).Seconds())
	}
	b.report.atMost("P12", fmt.Sprintf("the latest of %d open refunds is asked about after its time", refunds),
		"%.0f s", latest, latestAsk)
	b.report.atMost("P12", "orders of the backlog that were never asked about", "%.0f",
		float64(pages+refunds-len(asked)), 0)
	used, err := functions[1].CPU()
	memory, unread := functions[1].Memory()
	b.report.add(row{what: "processor time and memory of a look at a page, 256 at the same time",
		measured: fmt.Sprintf("%.2f ms; %.1f MiB", ms(used)/float64(pages), memory)})
	return errors.Join(err, unread)
}

func refund(i int) string                    { return fmt.Sprintf("REFUND-%d", i) }
func dueAt(begin time.Time, i int) time.Time { return begin.Add(time.Duration(20*i+5) * time.Second) }

// fill stores the refunds and the pages, which ended within the last hour, and returns the time from which the refunds
// become due.
func fill(ctx context.Context, url string, pages int) (begin time.Time, err error) {
	orders := store.DynamoDB{Client: dynamodb.Client(url), Table: standin.TableName,
		NewID: func() string { return "0123456789" }}
	policy := order.Policy{Merchant: order.Merchant{Environment: "bench", ClientID: standin.ClientID},
		TrustWindow: time.Hour}
	create := func(o order.Order) {
		if o = o.Schedule(policy); o.DueAt.IsZero() {
			err = errors.New("an order of the backlog is not due")
		}
		_, failed := orders.Create(ctx, o, nil)
		err = errors.Join(err, failed)
	}
	ended := time.Now().Add(-2 * time.Minute)
	for i := 0; i < pages && err == nil; i++ {
		made := order.Stamp(ended.Add(-time.Hour - time.Duration(i%3600)*time.Second))
		p := order.New(order.Intent{Invoice: fmt.Sprintf("INV-20261130-%07d", i), Amount: 90000, Lifetime: time.Hour,
			Policy: policy}, made)
		p.Operations[0].State, p.Operations[0].DoneAt = order.Done, made
		p.Facts.Page = &order.Page{URL: "https://sandbox.doku.com/page", At: made, ExpiresAt: made.Add(time.Hour)}
		create(p)
	}
	begin = time.Now()
	day := order.Stamp(begin.Add(-24 * time.Hour))
	for i := range refunds {
		last := dueAt(begin, i).Add(-time.Minute)
		create(order.Order{Invoice: refund(i), Amount: 90000, CreatedAt: day, PageEnd: day.Add(time.Hour),
			Facts: order.Facts{Paid: &order.Payment{Amount: 90000, At: day, LearnedAt: day}},
			Operations: []order.Operation{{ID: "refund-1", Kind: order.KindRefund, Amount: 10000, Generation: 1,
				State: order.Open, Attempts: 1, FirstAt: last, LastAt: last}}})
	}
	return begin, err
}

// workOff invokes the function every minute until nothing is left, and at least until every refund was due.
func (b *bench) workOff(ctx context.Context, functions [2]*host.Process, due int, next time.Time) error {
	left := due
	for minute := 1; minute <= 4 || left > 0; minute, next = minute+1, next.Add(time.Minute) {
		select {
		case <-time.After(time.Until(next)):
		case <-ctx.Done():
			return ctx.Err()
		}
		var all errgroup.Group
		var runs [2]struct{ Looked, Failed, Left int }
		for i, part := range []string{"money", "pages"} {
			all.Go(func() error {
				reply, _, err := functions[i].Invoke(ctx, fmt.Appendf(nil, `{"part":%q}`, part))
				return errors.Join(err, json.Unmarshal(reply, &runs[i]))
			})
		}
		if err := all.Wait(); err != nil {
			return err
		}
		money, pages := runs[0], runs[1]
		r := row{what: fmt.Sprintf("looks in minute %d, of %d pages due at its beginning", minute, due),
			measured: fmt.Sprintf("%d pages, %d orders of money; %d failed", pages.Looked, money.Looked,
				money.Failed+pages.Failed)}
		if pages.Left > 0 || pages.Looked >= leastLooks {
			r.budget, r.limit, r.held = "P11", fmt.Sprint(leastLooks), pages.Looked >= leastLooks
		}
		b.report.add(r)
		due, left = due-pages.Looked, pages.Left
	}
	return nil
}
