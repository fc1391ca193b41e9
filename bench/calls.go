package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kasir/bench/event"
	"kasir/bench/model"
	"kasir/bench/standin"
	"kasir/local/aws/dynamodb"
	"kasir/shared/function"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// path is one use of the functions, its budget P4 and its cost at DynamoDB.
type path struct {
	name  string // empty: the row of P4 is left out
	step  event.Step
	n     int
	calls int // at most; -1: no budget
	size  int // bytes of the order's item, at most; 0: nothing is written

	cost  standin.Bill
	opens string // with the first path of a function: the connections and fetches of the secret, see calls
}

func (p path) held() bool { return len(p.cost) <= p.calls && p.cost.Sum().Size <= p.size }

// Sizes of an order's item.
const (
	small = 1024 // through PAID: each write is one write unit
	large = 2048 // with five refunds
)

// Names of the paths that money prices.
const (
	createPage = "createpage"
	notify     = "notify"
	getPayment = "getpayment"
	idle       = "reconcile, nothing due"
	unpaid     = "reconcile, one order that nobody pays, to its end"
)

// paths lists the paths in the order of the walk. Their invoice numbers are as long as those of shops that put the date
// into them.
func paths() []path {
	const sale, hold, open = "INV-20260827-0000001", "INV-20260827-0000002", "INV-20260827-0000003"
	return []path{
		{name: idle, step: event.Step{Case: "reconcile"}, calls: -1},
		{name: createPage, step: event.Step{Case: "createpage", Invoice: sale}, calls: 2, size: small},
		{name: "createpage again", step: event.Step{Case: "createpage", Invoice: sale}, calls: 1, size: small},
		{name: notify, step: event.Step{Case: "notify", Invoice: sale}, calls: 2, size: small},
		{name: "notify again", step: event.Step{Case: "notify", Invoice: sale}, calls: 1},
		{name: getPayment, step: event.Step{Case: "getpayment", Invoice: sale}, calls: 1},
		{name: "refresh", step: event.Step{Case: "refresh", Invoice: sale}, calls: 4, size: small},
		{name: "a list of payments", step: event.Step{Case: "getpayment-list"}, calls: payment.ListShards + 1},
		{name: "refund", step: event.Step{Case: "refund", Invoice: sale}, n: 1, calls: 3, size: large},
		{step: event.Step{Case: "refund", Invoice: sale}, n: 2, calls: -1},
		{step: event.Step{Case: "refund", Invoice: sale}, n: 3, calls: -1},
		{step: event.Step{Case: "refund", Invoice: sale}, n: 4, calls: -1},
		{name: "refund, the fifth of an order", step: event.Step{Case: "refund", Invoice: sale}, n: 5, calls: 3,
			size: large},
		{name: "createpage, AUTHORIZE", step: event.Step{Case: "createpage-authorize", Invoice: hold}, calls: 2,
			size: small},
		{name: "notify, AUTHORIZE", step: event.Step{Case: "notify-authorize", Invoice: hold}, calls: 2, size: small},
		{name: "capture", step: event.Step{Case: "capture", Invoice: hold}, calls: 3, size: small},
		{name: "tokens", step: event.Step{Case: "tokens"}},
		{step: event.Step{Case: "createpage", Invoice: open}, calls: -1},
		{step: event.Step{Case: "resolve", Invoice: open}, calls: -1},
		{step: event.Step{Case: "publish"}, calls: -1},
	}
}

// charged makes the table's stand-in bill its requests. The lists are billed apart, because they are optional.
func charged(world *standin.World) *standin.AWS {
	world.AWS.Indexes = []standin.Index{{Partition: store.DueShardAttribute, Sort: store.DueAtAttribute}}
	for _, x := range store.ListIndexes {
		index := standin.Index{Name: x.Name, Partition: x.Partition, Sort: store.CreatedAttribute}
		world.AWS.Indexes = append(world.AWS.Indexes, index)
	}
	return &world.AWS
}

// opened is what the first invocation of a function has opened. At AWS each connection is a TLS handshake.
const opened = "%d connections opened, %d secret fetches"

// walk runs all paths with the real functions, everybody behind TLS. It returns them with their costs and with the
// bytes that the first invocation of each function logged.
func (b *bench) walk(ctx context.Context) (all []path, logged map[string]int, err error) {
	world, err := standin.New(standin.Everybody)
	if err != nil {
		return nil, nil, err
	}
	defer world.Close()
	// If an answer comes before the SDK's transport has read the end of its own request, it gives the connection up. On
	// loopback that happens often, behind a network hardly ever.
	world.Pause.Store(int64(model.AtDynamoDB))
	env := world.Env()
	maps.Copy(env, function.Environment)
	running, err := b.startAll(ctx, env, measured()...)
	defer running.stop()
	table := charged(world)
	all, logged = paths(), map[string]int{}
	for i := 0; i < len(all) && err == nil; i++ {
		connections, fetches := world.Connections.Load(), world.AWS.Fetches.Load()
		if _, err = running.invoke(ctx, all[i].step, all[i].n); err != nil {
			break
		}
		all[i].cost = table.Bill()
		name := all[i].step.Function()
		if _, before := logged[name]; before {
			continue
		}
		all[i].opens = fmt.Sprintf(opened, world.Connections.Load()-connections, world.AWS.Fetches.Load()-fetches)
		logged[name], err = b.bytesLogged(name)
	}
	if err != nil {
		return nil, nil, err
	}
	cost, err := b.reconcileUnpaid(ctx)
	return append(all, path{name: unpaid, calls: -1, cost: cost}), logged, err
}

// reconcileUnpaid makes an order and runs reconcile each time it is due, until it no longer is. It returns the cost of
// the looks. It leaves out the read of the number of shards, with which a run begins, and the queries of the index: the
// run of each minute makes them with or without an order. Only functions of one machine have a clock, and these have no
// TLS.
func (b *bench) reconcileUnpaid(ctx context.Context) (cost standin.Bill, err error) {
	world, err := standin.New(standin.Nobody)
	if err != nil {
		return nil, err
	}
	defer world.Close()
	table, env := charged(world), world.Env()
	env["KASIR_LOCAL"] = "1"
	orders := store.DynamoDB{Client: dynamodb.Client(env["AWS_ENDPOINT_URL_DYNAMODB"]), Table: standin.TableName}
	const invoice = "INV-20260827-0000004"
	for step := (event.Step{Case: "createpage", Invoice: invoice}); ; step = (event.Step{Case: "reconcile"}) {
		running, err := b.startAll(ctx, env, step.Function())
		table.Bill() // INIT's, and that of Get
		if err == nil {
			_, err = running.invoke(ctx, step, 0)
		}
		running.stop()
		if err != nil {
			return nil, err
		}
		bill := table.Bill()
		if step.Case == "reconcile" {
			if bill.Sum().Written == 0 {
				return nil, errors.New("the order was due and reconcile wrote nothing")
			}
			cost = append(cost, slices.DeleteFunc(bill[1:], func(c standin.Call) bool { return c.Operation == "Query" })...)
		}
		o, err := orders.Get(ctx, invoice)
		if err != nil || o.DueAt.IsZero() {
			return cost, err
		}
		env["KASIR_CLOCK_AHEAD"] = (time.Until(o.DueAt) + time.Second).String()
	}
}

// calls counts the requests to DynamoDB of every path, the units that DynamoDB bills, and the connections that the
// first invocation of each function opens. Functions that no caller waits for have no budget of these: reconcile
// queries all shards at once, each over a connection; publish looks up EventBridge only when there is an event.
func (b *bench) calls(ctx context.Context) error {
	all, logged, err := b.walk(ctx)
	if err != nil {
		return err
	}
	b.costs, b.logged = map[string]standin.Bill{}, logged
	for _, p := range all {
		if p.opens != "" {
			r := row{what: "first invocation of " + p.step.Function() + " after INIT", measured: p.opens}
			if f, _ := function.Find(p.step.Function()); f.MaxBody > 0 {
				r.budget, r.limit = "P6", fmt.Sprintf(opened, 0, 0)
				r.held = p.opens == r.limit
			}
			b.report.add(r)
		}
		if p.name == "" {
			continue
		}
		b.costs[p.name] = p.cost
		sum := p.cost.Sum()
		r := row{what: "DynamoDB in " + p.name,
			measured: fmt.Sprintf("%d calls; %g write, %g read units", len(p.cost), sum.Writes, sum.Reads)}
		if sum.Size > 0 {
			r.measured += fmt.Sprintf("; item %d B", sum.Size)
		}
		if p.name == unpaid {
			r.measured = fmt.Sprintf("%d looks: %s", sum.Written, r.measured)
		}
		if p.calls >= 0 {
			r.budget, r.held = "P4", p.held()
			r.limit = strings.TrimSuffix(fmt.Sprintf("%d calls; item %d B", p.calls, p.size), "; item 0 B")
		}
		b.report.add(r)
	}
	return nil
}
