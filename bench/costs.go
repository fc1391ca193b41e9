package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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

// indexes returns the table's indexes. Those of the lists are billed apart, because the lists are optional.
func indexes() []standin.Index {
	all := []standin.Index{{Partition: store.DueShardAttribute, Sort: store.DueAtAttribute}}
	for _, x := range store.ListIndexes {
		index := standin.Index{Name: x.Name, Partition: x.Partition, Sort: store.CreatedAttribute}
		all = append(all, index)
	}
	return all
}

// opened is what the first invocation of a function has opened. At AWS each connection is a TLS handshake.
const opened = "%d connections opened, %d secret fetches"

// walk runs all paths with the real functions, everybody behind TLS. It returns them with their costs and with the
// bytes that the first invocation of each function logged.
func (b *bench) walk(ctx context.Context) (all []path, logged map[string]int, err error) {
	world, err := standin.New(standin.Everybody, indexes()...)
	if err != nil {
		return nil, nil, err
	}
	defer world.Close()
	world.Pause.Store(int64(model.AtDynamoDB)) // the SDK gives up a connection whose answer comes too early
	env := world.Env()
	maps.Copy(env, function.Environment)
	running, err := b.startAll(ctx, env, measured()...)
	defer running.stop()
	world.AWS.Bill() // INIT's
	all, logged = paths(), map[string]int{}
	for i := 0; i < len(all) && err == nil; i++ {
		connections, fetches := world.Connections.Load(), world.AWS.Fetches.Load()
		_, err = running.invoke(ctx, all[i].step, all[i].n)
		all[i].cost = world.AWS.Bill()
		name := all[i].step.Function()
		if _, before := logged[name]; err == nil && !before {
			all[i].opens = fmt.Sprintf(opened, world.Connections.Load()-connections, world.AWS.Fetches.Load()-fetches)
			logged[name], err = b.bytesLogged(name)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	cost, err := b.reconcileUnpaid(ctx)
	return append(all, path{name: unpaid, calls: -1, cost: cost}), logged, err
}

// reconcileUnpaid makes an order and runs reconcile each time it is due, until it no longer is. It returns the cost of
// the looks, without the reads with which each run begins. Only functions of one machine have a clock, and no TLS.
func (b *bench) reconcileUnpaid(ctx context.Context) (cost standin.Bill, err error) {
	world, err := standin.New(standin.Nobody, indexes()...)
	if err != nil {
		return nil, err
	}
	defer world.Close()
	table, env := &world.AWS, world.Env()
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
			queries := func(c standin.Call) bool { return c.Operation == "Query" }
			cost = append(cost, slices.DeleteFunc(bill[1:], queries)...)
		}
		o, err := orders.Get(ctx, invoice)
		if err != nil || o.DueAt.IsZero() {
			return cost, err
		}
		env["KASIR_CLOCK_AHEAD"] = (time.Until(o.DueAt) + time.Second).String()
	}
}

// calls counts the requests to DynamoDB of every path, the units that DynamoDB bills, and the connections that the
// first invocation of each function opens. Functions that no caller waits for have no budget of these.
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
		r := row{what: "DynamoDB in " + p.name, measured: fmt.Sprintf("%d calls; %g write, %g read units; item %d B",
			len(p.cost), sum.Writes, sum.Reads, sum.Size)}
		if p.calls >= 0 {
			r.budget, r.limit, r.held = "P4", fmt.Sprintf("%d calls; item %d B", p.calls, p.size), p.held()
		}
		b.report.add(r)
	}
	return nil
}

// Budgets P8 and P9, in US dollars.
const (
	mostMoney  = 11.5 // for a million sales
	mostUnpaid = 22.0 // for a million pages that nobody pays
	mostList   = 0.70 // for the writes of one index of lists, for a million sales
)

// accessLine is the bytes of the API's access log for a request.
const accessLine = len(accessExample) + ofLine

// accessExample is a line as infra/api.go has the API write it.
const accessExample = `{"address":"203.0.113.117","authorizer_error":"-","bytes":"1250","error":"-",` +
	`"integration_error":"-","integration_status":"200","ms":"930","request_id":"JKJaXmPLvHcESHA=",` +
	`"route":"GET /payments/{invoice_number}","status":"200","time":"25/Nov/2026:03:26:07 +0000"}`

// money turns the counts into dollars per million sales (a page, its notification, one look at the payment, and its
// events), per million pages that nobody pays, and per month without a payment.
func (b *bench) money(context.Context) error {
	if b.costs == nil {
		return errors.New("it needs the counts of the part calls: run both")
	}
	// charge returns the cost of a path, without invocations and requests.
	charge := func(path string, ofItsOwn time.Duration) model.Charge {
		units := b.costs[path].Sum()
		lasts := time.Duration(len(b.costs[path]))*model.AtDynamoDB + ofItsOwn
		return model.Charge{Writes: units.Writes, Reads: units.Reads, Lasts: lasts}
	}
	request := func(name string) model.Charge {
		c := charge(name, model.OfItsOwn)
		if name == createPage {
			c.Lasts += model.Patience
		}
		f, _ := function.Find(name)
		c.Waits, c.Runs, c.Logged, c.Requests = f.Waits, 1, b.logged[name]+accessLine, 1
		return c
	}
	// The stream invokes publish once for a change with news: payment.paid or payment.expired.
	publish := charge("", model.AtDynamoDB+model.OfItsOwn)
	publish.Runs, publish.Logged, publish.Requests = 1, b.logged["publish"], 1
	page, looks := request(createPage), time.Duration(b.costs[unpaid].Sum().Written)
	b.addPrices("a million sales", mostMoney, []string{createPage, notify, getPayment, "publish"},
		page, request(notify), request(getPayment), publish)
	for _, list := range function.Lists {
		units := b.costs[createPage].Sum().Apart[list] + b.costs[notify].Sum().Apart[list]
		b.report.atMost("P9", fmt.Sprintf("index %s, of a million sales: %g write units", list, units), "$%.2f",
			units*model.PerMillionWrites, mostList)
	}
	b.addPrices("a million pages that nobody pays", mostUnpaid,
		[]string{createPage, "publish", fmt.Sprintf("%d looks of reconcile", looks)},
		page, publish, charge(unpaid, looks*(model.Patience+model.OfItsOwn)))
	// Each minute one run looks for money and one for pages. Together they make the queries of an idle run of both, and
	// each reads the number of shards.
	units := b.costs[idle].Sum()
	run := model.Charge{Reads: units.Reads + 1, Lasts: 2 * (model.AtDynamoDB + model.OfItsOwn), Runs: 2,
		Logged: b.logged["reconcile"], Requests: 2}
	const minutes = 30 * 24 * 60
	b.report.add(row{what: fmt.Sprintf("list price of a month without a payment, %d runs and the reads of the secret",
		2*minutes), measured: fmt.Sprintf("$%.2f", minutes/1e6*run.Dollars()+model.PerSecret+model.Secrets(1))})
	return nil
}

// addPrices adds a row for each charge, and one with a budget for their sum.
func (b *bench) addPrices(of string, limit float64, names []string, charges ...model.Charge) {
	sum := 0.0
	for i, c := range charges {
		sum += c.Dollars()
		b.report.add(row{what: names[i] + ", of " + of, measured: c.String()})
	}
	b.report.atMost("P8", "list price of "+of, "$%.2f", sum, limit)
}
