package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"kasir/bench/event"
	"kasir/bench/meter"
	"kasir/bench/standin"
	"kasir/shared/function"
)

// mostMoney is P8: US dollars for a million sales.
const mostMoney = 14.0

// mostList is P9: US dollars for the writes of one index of lists, for a million sales.
const mostList = 0.70

// List prices of us-east-1 in US dollars, on demand and without free tiers, as AWS published them in 2026.
const (
	perMillionWrites   = 0.625
	perMillionReads    = 0.125
	perMillionInvokes  = 0.20
	perMillionSeconds  = 13.3334 * memory / 1024 // arm64, $0.0000133334 a GB-second
	perMillionRequests = 1.00                    // of an HTTP API; events on EventBridge and its clock cost the same
	perGBLogged        = 0.50
	perMillionSecrets  = 5.00 // reads of Secrets Manager: $0.05 for 10,000
	perSecret          = 0.40 // a month
)

// memory of each function in MB, as in infra/stages.go; a test compares them.
const memory = 256

// Assumptions of the model. No benchmark on one machine can measure them.
const (
	platformLines = 300                    // bytes that Lambda itself logs for an invocation
	accessLine    = len(accessExample)     // bytes of the API's access log for a request
	patience      = 900 * time.Millisecond // until DOKU answers
	atDynamoDB    = 5 * time.Millisecond   // one call of DynamoDB, or of EventBridge
	ofItsOwn      = time.Millisecond       // of an invocation; ten times as much would be three cents
)

// accessExample is a line as infra/api.go has the API write it.
const accessExample = `{"address":"203.0.113.117","authorizer_error":"-","bytes":"1250","error":"-",` +
	`"integration_error":"-","integration_status":"200","ms":"930","request_id":"JKJaXmPLvHcESHA=",` +
	`"route":"GET /payments/{invoice_number}","status":"200","time":"25/Nov/2026:03:26:07 +0000"}`

// charge is the use that one function makes of AWS for one of a million payments.
type charge struct {
	name     string
	units    meter.Units
	lasts    time.Duration // all its work
	runs     int           // invocations that it causes
	bytes    int           // logged by each of them
	requests int           // of the API, or events on the bus
}

func (c charge) dollars() float64 {
	each := perMillionInvokes + float64(c.bytes)/1e9*perGBLogged*1e6
	return c.units.Writes*perMillionWrites + c.units.Reads*perMillionReads + c.lasts.Seconds()*perMillionSeconds +
		float64(c.runs)*each + float64(c.requests)*perMillionRequests
}

// money turns the counts into dollars per million sales (a page, its notification, one look at the payment, and its
// events), per million pages that nobody pays, and per month without a payment.
func (b *bench) money(ctx context.Context) error {
	if b.costs == nil {
		return fmt.Errorf("it needs the counts of the part calls: run both")
	}
	logged, err := b.loggedBytes(ctx)
	if err != nil {
		return err
	}
	request := func(name string) charge {
		lasts := time.Duration(len(b.costs[name]))*atDynamoDB + ofItsOwn
		if name == createPage {
			lasts += patience
		}
		return charge{name, b.costs[name].Units(), lasts, 1, logged[name] + accessLine, 1}
	}
	// The stream invokes publish once for every change of an order when there are few. One change is an event:
	// payment.paid or payment.expired.
	publish := func(changes int) charge {
		lasts := time.Duration(changes) * (atDynamoDB + ofItsOwn)
		return charge{name: "publish", lasts: lasts, runs: changes, bytes: logged["publish"], requests: 1}
	}
	looks, made := b.costs[unpaid].Writes(), b.costs[createPage].Writes()
	looking := time.Duration(len(b.costs[unpaid]))*atDynamoDB + time.Duration(looks)*(patience+ofItsOwn)
	b.addPrices("a million sales", mostMoney,
		request(createPage), request(notify), request(getPayment), publish(made+b.costs[notify].Writes()))
	for _, list := range function.Lists {
		units := b.costs[createPage].Apart(list) + b.costs[notify].Apart(list)
		b.report.add(row{budget: "P9", what: "index " + list + ", of a million sales",
			measured: fmt.Sprintf("$%.2f: %g write units", units*perMillionWrites, units),
			limit:    fmt.Sprintf("$%.2f", mostList), held: units*perMillionWrites <= mostList})
	}
	b.addPrices("a million pages that nobody pays", 0, request(createPage), publish(made+looks),
		charge{name: fmt.Sprintf("%d looks of reconcile", looks), units: b.costs[unpaid].Units(), lasts: looking})
	run := charge{"reconcile", b.costs[idle].Units(), atDynamoDB + ofItsOwn, 1, logged["reconcile"], 1}
	const runs, reads = 30 * 24 * 60, 30 * 24 * 12 // the secret is read again after five minutes
	month := runs/1e6*run.dollars() + perSecret + reads/1e6*perMillionSecrets
	what := fmt.Sprintf("list price of a month without a payment, %d runs and %d reads of the secret", runs, reads)
	b.report.add(row{what: what, measured: fmt.Sprintf("$%.2f", month)})
	return nil
}

// addPrices adds a row for each charge and one for their sum. limit is a budget, or 0.
func (b *bench) addPrices(of string, limit float64, charges ...charge) {
	sum := 0.0
	for _, c := range charges {
		sum += c.dollars()
		b.report.add(row{what: c.name + ", of " + of, measured: fmt.Sprintf(
			"$%.2f: %g write, %g read units; %.3f s; %d invocations, each %d B logged; %d requests or events",
			c.dollars(), c.units.Writes, c.units.Reads, c.lasts.Seconds(), c.runs, c.bytes, c.requests)})
	}
	r := row{what: "list price of " + of, measured: fmt.Sprintf("$%.2f", sum)}
	if limit > 0 {
		r.budget, r.limit, r.held = "P8", fmt.Sprintf("$%.0f", limit), sum <= limit
	}
	b.report.add(r)
}

// loggedBytes returns the bytes that an invocation of each function logs, with Lambda's own lines.
func (b *bench) loggedBytes(ctx context.Context) (map[string]int, error) {
	world, err := standin.New(standin.DOKUAlone)
	if err != nil {
		return nil, err
	}
	defer world.Close()
	bytes := map[string]int{}
	for _, name := range []string{createPage, notify, getPayment, "publish", "reconcile"} {
		var written counter
		running, err := b.startAll(ctx, world.Env(), b.commands(name), &written)
		if err != nil {
			return nil, err
		}
		_, err = running.invoke(ctx, event.Step{Case: name, Invoice: "BENCH-LOGGED"}, 0)
		running.stop() // after it everything has been written
		if err != nil {
			return nil, err
		}
		bytes[name] = int(written.Load()) + platformLines
	}
	return bytes, nil
}

// counter counts the bytes that are written to it.
type counter struct{ atomic.Int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.Add(int64(len(p)))
	return len(p), nil
}
