package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kasir/bench/event"
	"kasir/bench/meter"
	"kasir/bench/model"
	"kasir/bench/standin"
	"kasir/local/aws/dynamodb"
	"kasir/shared/function"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// path is one use of the functions, its budget P4 and its cost at DynamoDB.
type path struct {
	name string // empty: the row of P4 is left out
	step event.Step
	n    int

	calls int // at most; -1: no budget
	size  int // bytes of the order's item, at most; 0: nothing is written
	cost  meter.Bill
	opens string // with the first path of a function: the connections and fetches of the secret, see firstUse
}

func (p path) held() bool { return len(p.cost) <= p.calls && p.cost.Size() <= p.size }

// Sizes of an order's item.
const (
	smallItem = 1024 // through PAID: each write is one write unit
	largeItem = 2048 // with five refunds
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
func paths() (all []path) {
	const sale, held, open = "INV-20260827-0000001", "INV-20260827-0000002", "INV-20260827-0000003"
	add := func(name, of, invoice string, n, calls, size int) {
		step := event.Step{Case: of, Invoice: invoice}
		all = append(all, path{name: name, step: step, n: n, calls: calls, size: size})
	}
	add(idle, "reconcile", "", 0, -1, 0)
	add(createPage, "createpage", sale, 0, 2, smallItem)
	add("createpage again", "createpage", sale, 0, 1, smallItem)
	add(notify, "notify", sale, 0, 2, smallItem)
	add("notify again", "notify", sale, 0, 1, 0)
	add(getPayment, "getpayment", sale, 0, 1, 0)
	add("refresh", "refresh", sale, 0, 4, smallItem)
	add("a list of payments", "getpayment-list", sale, 0, payment.ListShards+1, 0)
	add("refund", "refund", sale, 1, 3, largeItem)
	for n := range 3 {
		add("", "refund", sale, n+2, -1, 0)
	}
	add("refund, the fifth of an order", "refund", sale, 5, 3, largeItem)
	add("createpage, AUTHORIZE", "createpage-authorize", held, 0, 2, smallItem)
	add("notify, AUTHORIZE", "notify-authorize", held, 0, 2, smallItem)
	add("capture", "capture", held, 0, 3, smallItem)
	add("tokens", "tokens", "", 0, 0, 0)
	add("", "createpage", open, 0, -1, 0)
	add("", "resolve", open, 0, -1, 0)
	add("", "publish", "", 0, -1, 0)
	return all
}

// charged makes a meter see the requests to the table. The lists are billed apart, because they are optional.
func charged(world *standin.World) *meter.Meter {
	indexes := []meter.Index{{Partition: store.DueShardAttribute, Sort: store.DueAtAttribute}}
	for _, x := range store.ListIndexes {
		indexes = append(indexes, meter.Index{Name: x.Name, Partition: x.Partition, Sort: store.CreatedAttribute})
	}
	table := meter.New(store.KeyAttribute, indexes...)
	world.AWS.Seen = func(operation string, sent, received []byte, status int) {
		if operation != "PutEvents" && operation != "GetSecretValue" {
			table.Charge(operation, sent, received, status)
		}
	}
	return table
}

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
	if err != nil {
		return nil, nil, err
	}
	defer running.stop()
	table := charged(world)
	all, logged = paths(), map[string]int{}
	for i, p := range all {
		connections, fetches := world.Connections.Load(), world.AWS.Fetches.Load()
		if _, err := running.invoke(ctx, p.step, p.n); err != nil {
			return nil, nil, err
		}
		if all[i].cost, err = table.Bill(); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", p.name, err)
		}
		name := p.step.Function()
		if _, before := logged[name]; before {
			continue
		}
		all[i].opens = fmt.Sprintf(opened, world.Connections.Load()-connections, world.AWS.Fetches.Load()-fetches)
		if logged[name], err = b.bytesLogged(name); err != nil {
			return nil, nil, err
		}
	}
	cost, err := b.reconcileUnpaid(ctx)
	return append(all, path{name: unpaid, calls: -1, cost: cost}), logged, err
}

// opened is what the first invocation of a function has opened. At AWS each connection is a TLS handshake.
const opened = "%d connections opened, %d secret fetches"

// firstUse adds the row of P6 for the first invocation of a function. Functions that no caller waits for have no
// budget: reconcile queries all shards at once, each over a connection; publish looks up EventBridge only when there is
// an event.
func (b *bench) firstUse(p path) {
	r := row{what: "first invocation of " + p.step.Function() + " after INIT", measured: p.opens}
	if f, _ := function.Find(p.step.Function()); f.MaxBody > 0 {
		r.budget, r.limit = "P6", fmt.Sprintf(opened, 0, 0)
		r.held = p.opens == r.limit
	}
	b.report.add(r)
}

// reconcileUnpaid makes an order and runs reconcile each time it is due, until it no longer is. It returns the cost of
// the looks. It leaves out the read of the number of shards, with which a run begins, and the queries of the index: the
// run of each minute makes them with or without an order. Only functions of one machine have a clock, and these have no
// TLS.
func (b *bench) reconcileUnpaid(ctx context.Context) (cost meter.Bill, err error) {
	world, err := standin.New(standin.Nobody)
	if err != nil {
		return nil, err
	}
	defer world.Close()
	table, env := charged(world), world.Env()
	env["KASIR_LOCAL"] = "1"
	run := func(step event.Step) (meter.Bill, error) {
		running, err := b.startAll(ctx, env, step.Function())
		if err != nil {
			return nil, err
		}
		defer running.stop()
		table.Bill() // INIT's
		if _, err := running.invoke(ctx, step, 0); err != nil {
			return nil, err
		}
		return table.Bill()
	}
	open := event.Step{Case: "createpage", Invoice: "INV-20260827-0000004"}
	if _, err := run(open); err != nil {
		return nil, err
	}
	orders := store.DynamoDB{Client: dynamodb.Client(env["AWS_ENDPOINT_URL_DYNAMODB"]), Table: standin.TableName}
	for {
		o, err := orders.Get(ctx, open.Invoice)
		if err != nil || o.DueAt.IsZero() {
			return cost, err
		}
		env["KASIR_CLOCK_AHEAD"] = (time.Until(o.DueAt) + time.Second).String()
		bill, err := run(event.Step{Case: "reconcile"})
		if err == nil && bill.Writes() == 0 {
			err = fmt.Errorf("the order was due at %s and reconcile wrote nothing", o.DueAt)
		}
		if err != nil {
			return nil, err
		}
		cost = append(cost, slices.DeleteFunc(bill[1:], func(c meter.Call) bool { return c.Operation == "Query" })...)
	}
}

// calls counts the requests to DynamoDB of every path, the units that DynamoDB bills, and the connections that the
// first invocation of each function opens.
func (b *bench) calls(ctx context.Context) error {
	all, logged, err := b.walk(ctx)
	if err != nil {
		return err
	}
	b.costs, b.logged = map[string]meter.Bill{}, logged
	for _, p := range all {
		if p.opens != "" {
			b.firstUse(p)
		}
		if p.name == "" {
			continue
		}
		b.costs[p.name] = p.cost
		units := p.cost.Units()
		r := row{
			what:     "DynamoDB in " + p.name,
			measured: fmt.Sprintf("%d calls; %g write, %g read units", len(p.cost), units.Writes, units.Reads),
		}
		if size := p.cost.Size(); size > 0 {
			r.measured += fmt.Sprintf("; item %d B", size)
		}
		if p.name == unpaid {
			r.measured = fmt.Sprintf("%d looks: %s", p.cost.Writes(), r.measured)
		}
		if p.calls >= 0 {
			r.budget, r.held = "P4", p.held()
			r.limit = strings.TrimSuffix(fmt.Sprintf("%d calls; item %d B", p.calls, p.size), "; item 0 B")
		}
		b.report.add(r)
	}
	return nil
}
