package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"kasir/bench/event"
	"kasir/bench/meter"
	"kasir/bench/standin"
	"kasir/local/aws/dynamodb"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// path is one use of the functions, its budget P4 and its cost at DynamoDB.
type path struct {
	name string // empty: it only prepares the next
	step event.Step
	n    int

	calls int // at most; -1: no budget
	size  int // bytes of the order's item, at most; 0: nothing is written
	cost  meter.Bill
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
func paths() []path {
	sale := func(name string) event.Step { return event.Step{Case: name, Invoice: "INV-20260827-0000001"} }
	held := func(name string) event.Step { return event.Step{Case: name, Invoice: "INV-20260827-0000002"} }
	return []path{
		{idle, event.Step{Case: "reconcile"}, 0, -1, 0, nil},
		{createPage, sale("createpage"), 0, 2, smallItem, nil},
		{"createpage again", sale("createpage"), 0, 1, smallItem, nil},
		{notify, sale("notify"), 0, 2, smallItem, nil},
		{"notify again", sale("notify"), 0, 1, 0, nil},
		{getPayment, sale("getpayment"), 0, 1, 0, nil},
		{"refresh", sale("refresh"), 0, 4, smallItem, nil},
		{"a list of payments", sale("getpayment-list"), 0, payment.ListShards + 1, 0, nil},
		{"refund", sale("refund"), 1, 3, largeItem, nil},
		{"", sale("refund"), 2, -1, 0, nil}, {"", sale("refund"), 3, -1, 0, nil}, {"", sale("refund"), 4, -1, 0, nil},
		{"refund, the fifth of an order", sale("refund"), 5, 3, largeItem, nil},
		{"createpage, AUTHORIZE", held("createpage-authorize"), 0, 2, smallItem, nil},
		{"notify, AUTHORIZE", held("notify-authorize"), 0, 2, smallItem, nil},
		{"capture", held("capture"), 0, 3, smallItem, nil},
		{"tokens", event.Step{Case: "tokens"}, 0, 0, 0, nil},
	}
}

// newMeter describes the table. The lists are billed apart, because an index of them is optional.
func newMeter() *meter.Meter {
	indexes := []meter.Index{{Partition: store.DueShardAttribute, Sort: store.DueAtAttribute}}
	for _, x := range store.ListIndexes {
		indexes = append(indexes, meter.Index{Name: x.Name, Partition: x.Partition, Sort: store.CreatedAttribute})
	}
	return meter.New(meter.Table{Key: store.KeyAttribute, Indexes: indexes})
}

// walk runs all paths with the real functions and returns them with their costs.
func (b *bench) walk(ctx context.Context) ([]path, error) {
	world, err := standin.New(standin.Nobody)
	if err != nil {
		return nil, err
	}
	defer world.Close()
	table, env := newMeter(), world.Env()
	env["KASIR_LOCAL"], env["AWS_ENDPOINT_URL_S3"] = "1", env["AWS_ENDPOINT_URL_DYNAMODB"] // no path reads a report
	running, err := b.startAll(ctx, env, b.commands(measured()...), io.Discard)
	if err != nil {
		return nil, err
	}
	defer running.stop()
	world.AWS.Seen = func(operation string, sent, received []byte, status int) {
		if operation != "PutEvents" && operation != "GetSecretValue" {
			table.Charge(operation, sent, received, status)
		}
	}
	all := paths()
	for i, p := range all {
		if _, err := running.invoke(ctx, p.step, p.n); err != nil {
			return nil, err
		}
		if all[i].cost, err = table.Bill(); err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	open := event.Step{Case: "createpage", Invoice: "INV-20260827-0000003"}
	if _, err := running.invoke(ctx, open, 0); err != nil {
		return nil, err
	}
	cost, err := b.reconcileUnpaid(ctx, table, env, open.Invoice)
	return append(all, path{name: unpaid, calls: -1, cost: cost}), err
}

// reconcileUnpaid runs reconcile each time an order is due, until it no longer is, and returns the cost of the looks.
// It leaves out the read of the number of shards, with which a run begins, and the queries of the index: the run of
// each minute makes them with or without an order.
func (b *bench) reconcileUnpaid(ctx context.Context, table *meter.Meter, env map[string]string,
	invoice string) (meter.Bill, error) {
	var cost meter.Bill
	orders := store.DynamoDB{Client: dynamodb.Client(env["AWS_ENDPOINT_URL_DYNAMODB"]), Table: standin.TableName}
	env = maps.Clone(env)
	for {
		o, err := orders.Get(ctx, invoice)
		if err != nil || o.DueAt.IsZero() {
			return cost, err
		}
		env["KASIR_CLOCK_AHEAD"] = (time.Until(o.DueAt) + time.Second).String()
		running, err := b.startAll(ctx, env, b.commands("reconcile"), io.Discard)
		if err != nil {
			return nil, err
		}
		table.Bill() // the read above, and INIT's
		_, err = running.invoke(ctx, event.Step{Case: "reconcile"}, 0)
		running.stop()
		if err != nil {
			return nil, err
		}
		bill, err := table.Bill()
		if err == nil && bill.Writes() == 0 {
			err = fmt.Errorf("the order was due at %s and reconcile wrote nothing", o.DueAt)
		}
		if err != nil {
			return nil, err
		}
		for i, call := range bill {
			if i > 0 && call.Operation != "Query" {
				cost = append(cost, call)
			}
		}
	}
}

// calls counts the requests to DynamoDB of every path, and the units that DynamoDB bills.
func (b *bench) calls(ctx context.Context) error {
	all, err := b.walk(ctx)
	if err != nil {
		return err
	}
	b.costs = map[string]meter.Bill{}
	for _, p := range all {
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
