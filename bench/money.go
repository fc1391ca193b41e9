package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"kasir/bench/event"
	"kasir/bench/host"
	"kasir/bench/path"
	"kasir/bench/standin"
)

// mostMoney is P8: US dollars for a million sale payments.
const mostMoney = 14.0

// List prices of us-east-1 in US dollars, on demand and without free tiers, as AWS published them in 2026.
const (
	perMillionWrites   = 0.625
	perMillionReads    = 0.125
	perMillionInvokes  = 0.20
	perGBSecond        = 0.0000133334 // arm64
	perMillionRequests = 1.00         // of an HTTP API
	perMillionEvents   = 1.00         // put on a bus of EventBridge
	perGBLogged        = 0.50
)

// What the model assumes, since no benchmark can measure it.
const (
	memoryGB       = 0.128
	platformLines  = 300                    // bytes that Lambda itself logs of an invocation
	patience       = 900 * time.Millisecond // DOKU's answer to createpage
	atDynamoDB     = 5 * time.Millisecond   // one call of DynamoDB, or of EventBridge
	told           = 1                      // events of a sale on the bus: payment.paid
	monthlyMinutes = 30 * 24 * 60
)

// money turns the counts of one sale (a page, its notification, one look at the payment, and what is published of it) into dollars per
// million.
func (b *bench) money(ctx context.Context) error {
	if b.facts.paths == nil {
		return fmt.Errorf("it needs what the part calls counts: run both")
	}
	logged, err := b.logged(ctx)
	if err != nil {
		return err
	}
	lines := []string{"| of a million sales | DynamoDB | Lambda | HTTP API, bus | logs | sum |", "|---|---|---|---|---|---|"}
	total := 0.0
	bill := func(name string, stored string, storing float64, invocations int, lasts time.Duration, requests float64) {
		running := perMillionInvokes + lasts.Seconds()*memoryGB*perGBSecond*1e6
		ran := fmt.Sprintf("$%.2f + %.3f s × %.3f GB × $%.2f", perMillionInvokes, lasts.Seconds(), memoryGB, perGBSecond*1e6)
		bytes := float64(logged[name] + platformLines)
		wrote := fmt.Sprintf("%.0f B × $%.2f/GB", bytes, perGBLogged)
		if invocations > 1 {
			ran, wrote = fmt.Sprintf("%d × (%s)", invocations, ran), fmt.Sprintf("%d × %s", invocations, wrote)
		}
		running *= float64(invocations)
		logging := bytes / 1e9 * perGBLogged * 1e6 * float64(invocations)
		sum := storing + running + requests + logging
		total += sum
		lines = append(lines, fmt.Sprintf("| %s | %s = $%.3f | %s = $%.2f | $%.2f | %s = $%.2f | $%.2f |", name, stored, storing, ran, running, requests, wrote, logging, sum))
	}
	changes := 0
	for _, name := range []string{path.CreatePage, path.Notify, path.GetPayment} {
		cost := b.facts.paths[name]
		lasts := time.Duration(cost.Calls)*atDynamoDB + time.Millisecond
		if name == path.CreatePage {
			lasts += patience
		}
		bill(name, fmt.Sprintf("%g × $%.3f + %g × $%.3f", cost.Units.Writes, perMillionWrites, cost.Units.Reads, perMillionReads),
			cost.Units.Writes*perMillionWrites+cost.Units.Reads*perMillionReads, 1, lasts, perMillionRequests)
		changes += strings.Count(cost.Operations, "PutItem") + strings.Count(cost.Operations, "UpdateItem")
	}
	// Each change of the order comes by the stream, in an invocation of its own when little is sold.
	bill("publish", "the stream is free", 0, changes, atDynamoDB+time.Millisecond, told*perMillionEvents)
	lines = append(lines, fmt.Sprintf("| **all** | | | | | **$%.2f** |", total), "", b.idleMonth(), "", assumptions())
	b.report.money = lines
	b.report.add(row{"P8", "list price of a million sales, us-east-1", fmt.Sprintf("$%.2f", total), "", fmt.Sprintf("$%.0f", mostMoney), total <= mostMoney})
	return nil
}

// idleMonth is what there is to pay when nobody buys.
func (b *bench) idleMonth() string {
	idle := b.facts.paths[path.Idle]
	lasts := time.Duration(idle.Calls) * atDynamoDB
	month := monthlyMinutes / 1e6 * (idle.Units.Reads*perMillionReads + perMillionInvokes + lasts.Seconds()*memoryGB*perGBSecond*1e6)
	return fmt.Sprintf("Whatever is sold: reconcile runs every minute, %d × (%g × $%.3f + $%.2f + %.3f s × %.3f GB × $%.2f) a million = $%.2f a month; the secret is $0.40 a month.",
		monthlyMinutes, idle.Units.Reads, perMillionReads, perMillionInvokes, lasts.Seconds(), memoryGB, perGBSecond*1e6, month)
}

func assumptions() string {
	return fmt.Sprintf("Counted: calls, units and bytes of kasir's log lines. Assumed: DOKU answers createpage in %s, DynamoDB in %s, 128 MB of memory, %d B of Lambda's own log lines an invocation. "+
		"publish runs once for every change of an order, which is the most. Not in it: storage, the archive of events, alarms and custom metrics, traffic out, DOKU's fee.", patience, atDynamoDB, platformLines)
}

// logged is how many bytes an invocation logs.
func (b *bench) logged(ctx context.Context) (map[string]int64, error) {
	world, err := standin.New(standin.Nobody)
	if err != nil {
		return nil, err
	}
	defer world.Close()
	bytes := map[string]int64{}
	for _, name := range []string{path.CreatePage, path.Notify, path.GetPayment, "publish"} {
		var written counter
		process, err := host.Start(ctx, host.Command{Args: b.here(name), Env: world.Env(), Log: &written})
		if err != nil {
			return nil, err
		}
		c := crew{members: map[string]*host.Process{event.Function(name): process}, events: b.source.Make}
		_, err = c.do(ctx, name, "BENCH-LOGGED", 0)
		process.Stop() // and with it all has been written
		if err != nil {
			return nil, err
		}
		bytes[name] = written.Load()
	}
	return bytes, nil
}

// counter counts what is written.
type counter struct{ atomic.Int64 }

var _ io.Writer = (*counter)(nil)

func (c *counter) Write(p []byte) (int, error) {
	c.Add(int64(len(p)))
	return len(p), nil
}
