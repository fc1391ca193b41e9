package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kasir/bench/event"
	"kasir/bench/meter"
	"kasir/bench/path"
	"kasir/bench/service"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// growing is the use cases on dynalite behind a meter, with a clock of its own.
type growing struct {
	path.Merchant
	meter *meter.Meter
	store *store.DynamoDB
	now   time.Time
}

// growth measures whether an operation costs more when the table, the order or the list of what is due is long.
func (b *bench) growth(ctx context.Context) error {
	server, err := b.dynalite(ctx)
	if err != nil {
		return err
	}
	defer server.Close()
	g := &growing{meter: meter.New(server.URL, path.Table()), now: time.Date(2026, 8, 27, 10, 26, 0, 0, time.UTC)}
	defer g.meter.Close()
	if g.Service, err = service.New(); err != nil {
		return err
	}
	g.Service.Now = func() time.Time { return g.now }
	g.Service.Receiver.Now = g.Service.Now
	g.Events = event.Source{Dir: b.source.Dir, Now: g.Service.Now, Merchant: g.Service.Merchant}
	g.store = service.DynamoDB(g.meter.URL, &http.Transport{MaxIdleConnsPerHost: writers})
	g.Service.Store = g.store
	b.report.growth = []string{"| what | how much there is | calls | write units | read units | item | took |", "|---|---|---|---|---|---|---|"}
	if err := b.growTable(ctx, g); err != nil {
		return err
	}
	if err := b.growOrder(ctx, g); err != nil {
		return err
	}
	return b.growDue(ctx, g)
}

// measured runs something several times and adds a line with what one of them cost.
func (b *bench) measured(g *growing, what, amount string, times int, run func(n int) error) error {
	if _, err := g.meter.Bill(); err != nil {
		return err
	}
	begin := time.Now()
	for n := range times {
		if err := run(n); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	took := time.Since(begin) / time.Duration(times)
	bill, err := g.meter.Bill()
	if err != nil {
		return err
	}
	each := func(total float64) float64 { return total / float64(times) }
	b.report.growth = append(b.report.growth, fmt.Sprintf("| %s | %s | %.6g | %.6g | %.6g | %d B | %.1f ms |", what, amount,
		each(float64(len(bill.Calls))), each(bill.Units.Writes), each(bill.Units.Reads), bill.Size, took.Seconds()*1000))
	return nil
}

func (b *bench) growTable(ctx context.Context, g *growing) error {
	filled := 0
	for _, size := range []int{1, b.count(1_000, 100), b.count(100_000, 1_000)} {
		tell("      %d orders in the table", size)
		if err := g.fill(ctx, filled, size, func(n int) order.Order {
			return order.Order{Invoice: fmt.Sprintf("FILL-%06d", n), Amount: 90_000, CreatedAt: g.now}
		}); err != nil {
			return err
		}
		filled = size
		amount := fmt.Sprintf("orders in the table: %d", size)
		if err := b.measured(g, "createpage", amount, 20, func(n int) error {
			return g.CreatePage("createpage", fmt.Sprintf("GROWN-%d-%d", size, n))(ctx)
		}); err != nil {
			return err
		}
		if err := b.measured(g, "notify", amount, 20, func(n int) error {
			return g.Notify("notify", fmt.Sprintf("GROWN-%d-%d", size, n), payment.Applied)(ctx)
		}); err != nil {
			return err
		}
		if err := b.measured(g, "getpayment", amount, 20, func(n int) error {
			_, err := g.Service.Find(ctx, fmt.Sprintf("GROWN-%d-%d", size, n))
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// growOrder refunds one order fifty times.
func (b *bench) growOrder(ctx context.Context, g *growing) error {
	const invoice, shown = "INV-20260827-REFUNDS", 10
	if err := g.CreatePage("createpage", invoice)(ctx); err != nil {
		return err
	}
	if err := g.Notify("notify", invoice, payment.Applied)(ctx); err != nil {
		return err
	}
	for n := 1; n <= 50; n++ {
		r := payment.RefundRequest{Invoice: invoice, Key: fmt.Sprintf("refund-number-%d-of-it", n), Amount: 100, Expected: -1}
		refund := func(int) error {
			answer, err := g.Service.Refund(ctx, r)
			if err == nil {
				err = answer.Unknown
			}
			return err
		}
		if n != 1 && n != 5 && n%shown != 0 {
			if err := refund(0); err != nil {
				return err
			}
			continue
		}
		if err := b.measured(g, "refund", fmt.Sprintf("number %d of an order", n), 1, refund); err != nil {
			return err
		}
	}
	return nil
}

// growDue lets reconcile find many orders that nobody paid.
func (b *bench) growDue(ctx context.Context, g *growing) error {
	due := b.count(10_000, 100)
	tell("      %d orders due", due)
	begin := g.now
	// Not all due at one moment: dynalite tells entries of an index that are equal apart by 24 bits, and would lose one.
	abandoned := func(n int) order.Order {
		end := begin.Add(time.Hour + time.Duration(n%60)*time.Minute)
		return order.Order{Invoice: fmt.Sprintf("DUE-%06d", n), Amount: 90_000, CreatedAt: begin, PageEnd: end}.Schedule(order.Policy{})
	}
	if err := g.fill(ctx, 0, due, abandoned); err != nil {
		return err
	}
	g.now = begin.Add(3 * time.Hour)
	return b.measured(g, "reconcile, the whole run", fmt.Sprintf("orders due: %d", due), 1, func(int) error {
		done, err := g.Service.Reconcile(ctx)
		if err == nil && (done.Failed > 0 || done.Looked < due) {
			err = fmt.Errorf("not all was done: %+v", done)
		}
		return err
	})
}

const writers = 8

// fill stores orders.
func (g *growing) fill(ctx context.Context, from, to int, order func(n int) order.Order) error {
	todo := make(chan int)
	failures := make(chan error, writers)
	var working sync.WaitGroup
	for range writers {
		working.Go(func() {
			var failed error
			for n := range todo {
				if failed == nil {
					_, failed = g.store.Create(ctx, order(n), nil)
				}
			}
			failures <- failed
		})
	}
	for n := from; n < to; n++ {
		todo <- n
		if done := n - from; done > 0 && done%10_000 == 0 {
			tell("      %d of %d written", done, to-from)
		}
	}
	close(todo)
	working.Wait()
	close(failures)
	for err := range failures {
		if err != nil {
			return fmt.Errorf("filling the table: %w", err)
		}
	}
	return nil
}
