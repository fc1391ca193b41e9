package main

import (
	"context"
	"fmt"
	"time"

	"kasir/bench/path"
)

// mostMoney is P8: US dollars for a million sale payments.
const mostMoney = 14.0

const monthlyMinutes = 30 * 24 * 60

// Functions that no path of the table of calls is named after.
const (
	publish   = "publish"
	reconcile = "reconcile"
)

// money turns the counts into dollars per million: of one sale (a page, its notification, one look at the payment, and what is
// published of it), and of one page that nobody pays.
func (b *bench) money(ctx context.Context) error {
	if b.facts.paths == nil {
		return fmt.Errorf("it needs what the part calls counts: run both")
	}
	lines, err := b.logLines(ctx)
	if err != nil {
		return err
	}
	sales, sale := table("sales", b.sale(lines))
	pages, page := table("pages that nobody pays", b.unpaid(lines))
	for _, part := range [][]string{sales, pages, b.idleMonth(lines[reconcile]), {assumptions()}} {
		b.report.money = append(append(b.report.money, part...), "")
	}
	b.report.add(
		row{"P8", "list price of a million sales, us-east-1", fmt.Sprintf("$%.2f", sale), "", fmt.Sprintf("$%.0f", mostMoney), sale <= mostMoney},
		row{what: "list price of a million pages that nobody pays, us-east-1", measured: fmt.Sprintf("$%.2f", page)},
	)
	return nil
}

func table(of string, charges []charge) (lines []string, total float64) {
	lines = []string{fmt.Sprintf(tableHead, of), "|---|---|---|---|---|---|"}
	for _, c := range charges {
		line, sum := c.line()
		lines, total = append(lines, line), total+sum
	}
	return append(lines, fmt.Sprintf("| **all** | | | | | **$%.2f** |", total)), total
}

func (b *bench) sale(lines map[string]int64) []charge {
	var all []charge
	changes := 0
	for _, name := range []string{path.CreatePage, path.Notify, path.GetPayment} {
		all = append(all, b.request(name, lines[name]))
		changes += b.facts.paths[name].Writes()
	}
	return append(all, published(changes, lines[publish]))
}

func (b *bench) unpaid(lines map[string]int64) []charge {
	cost := b.facts.paths[path.Unpaid]
	looks := cost.Writes()
	look := time.Duration(cost.Calls/looks)*atDynamoDB + patience + ofItsOwn
	return []charge{
		b.request(path.CreatePage, lines[path.CreatePage]),
		{name: fmt.Sprintf("%s, %d looks, each alone in its run", reconcile, looks), units: cost.Units, times: looks, lasts: look, borrowed: true},
		published(b.facts.paths[path.CreatePage].Writes()+looks, lines[publish]),
	}
}

// request is what a request of the API costs.
func (b *bench) request(name string, lines int64) charge {
	cost := b.facts.paths[name]
	lasts := time.Duration(cost.Calls)*atDynamoDB + ofItsOwn
	if name == path.CreatePage {
		lasts += patience
	}
	return charge{name: name, units: cost.Units, times: 1, lasts: lasts, requests: 1, lines: lines}
}

// published is what it costs to tell of an order. Each change of it comes by the stream, in an invocation of its own when there are few;
// one of them is an event: payment.paid, or payment.expired.
func published(changes int, lines int64) charge {
	return charge{name: publish, storingFree: "the stream is free", times: changes, lasts: atDynamoDB + ofItsOwn, events: 1, lines: lines}
}

// idleMonth is what there is to pay when nobody buys. A secret is read again after five minutes by whoever needs it then.
func (b *bench) idleMonth(lines int64) []string {
	out := []string{"| a month, whatever is sold | arithmetic | $ |", "|---|---|---|"}
	total := 0.0
	add := func(what, arithmetic string, sum float64) {
		out, total = append(out, fmt.Sprintf("| %s | %s | %.2f |", what, arithmetic, sum)), total+sum
	}
	eachRun := func(what, arithmetic string, million float64) {
		add(what, fmt.Sprintf("%d × (%s) a million", monthlyMinutes, arithmetic), monthlyMinutes/1e6*million)
	}
	stored, storing := priced(b.facts.paths[path.Idle].Units)
	eachRun("reconcile every minute: DynamoDB", stored, storing)
	ran, running := worked(atDynamoDB + ofItsOwn) // the shards at once
	eachRun("its invocations", fmt.Sprintf("$%.2f + %s", perMillionInvokes, ran), perMillionInvokes+running)
	eachRun("its clock", fmt.Sprintf("$%.2f", perMillionTicks), perMillionTicks)
	wrote, logging := logged(lines + platformLines)
	eachRun("its log lines", wrote, logging)
	const reads = monthlyMinutes / 5
	add("the secret", fmt.Sprintf("$%.2f + %d reads by an instance that is always at work × $%.2f a million", perSecret, reads, perMillionSecrets), perSecret+reads/1e6*perMillionSecrets)
	return append(out, fmt.Sprintf("| **all** | | **%.2f** |", total))
}

func assumptions() string {
	return fmt.Sprintf("Counted: calls, units and bytes of kasir's log lines. Assumed: DOKU answers in %s, DynamoDB in %s, the rest of an invocation takes %s, %d B of Lambda's own log lines an invocation, "+
		"%d B of access log a request. Deployed: %d MB of memory. publish runs once for every change of an order, and reconcile waits for one order at a time, which is the most. "+
		"Not in it: X-Ray, INIT, tokens, storage, the archive of events, alarms and custom metrics, traffic out, DOKU's fee; docs/scale.md has those that count.", patience, atDynamoDB, ofItsOwn, platformLines, accessLine, memory)
}
