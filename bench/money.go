package main

import (
	"context"
	"fmt"
	"time"

	"kasir/bench/meter"
	"kasir/bench/model"
	"kasir/shared/function"
)

// mostMoney is P8: US dollars for a million sales.
const mostMoney = 11.5

// mostList is P9: US dollars for the writes of one index of lists, for a million sales.
const mostList = 0.70

// mostUnpaid is P8 for a million pages that nobody pays.
const mostUnpaid = 22.0

// accessLine is the bytes of the API's access log for a request.
const accessLine = len(accessExample) + ofLine

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
	waits    bool          // for DOKU, with less memory
	requests int           // of the API, or events on the bus
}

func (c charge) dollars() float64 {
	second := model.PerMillionSeconds
	if c.waits {
		second = model.PerMillionWaiting
	}
	each := model.PerMillionInvokes + float64(c.bytes)/1e9*model.PerGBLogged*1e6
	return c.units.Writes*model.PerMillionWrites + c.units.Reads*model.PerMillionReads +
		c.lasts.Seconds()*second +
		float64(c.runs)*each + float64(c.requests)*model.PerMillionRequests
}

// money turns the counts into dollars per million sales (a page, its notification, one look at the payment, and its
// events), per million pages that nobody pays, and per month without a payment.
func (b *bench) money(context.Context) error {
	if b.costs == nil {
		return fmt.Errorf("it needs the counts of the part calls: run both")
	}
	logged := b.logged
	request := func(name string) charge {
		lasts := time.Duration(len(b.costs[name]))*model.AtDynamoDB + model.OfItsOwn
		if name == createPage {
			lasts += model.Patience
		}
		f, _ := function.Find(name)
		return charge{name, b.costs[name].Units(), lasts, 1, logged[name] + accessLine, f.Waits, 1}
	}
	// The stream invokes publish once for a change with news: payment.paid or payment.expired.
	publish := charge{name: "publish", lasts: model.AtDynamoDB + model.OfItsOwn, runs: 1, bytes: logged["publish"],
		requests: 1}
	looks := b.costs[unpaid].Writes()
	looking := time.Duration(len(b.costs[unpaid]))*model.AtDynamoDB +
		time.Duration(looks)*(model.Patience+model.OfItsOwn)
	b.addPrices("a million sales", mostMoney,
		request(createPage), request(notify), request(getPayment), publish)
	for _, list := range function.Lists {
		units := b.costs[createPage].Apart(list) + b.costs[notify].Apart(list)
		b.report.atMost("P9", fmt.Sprintf("index %s, of a million sales: %g write units", list, units), "$%.2f",
			units*model.PerMillionWrites, mostList)
	}
	b.addPrices("a million pages that nobody pays", mostUnpaid, request(createPage), publish,
		charge{name: fmt.Sprintf("%d looks of reconcile", looks), units: b.costs[unpaid].Units(), lasts: looking})
	// Each minute one run looks for money and one for pages. Together they make the queries of an idle run of both, and
	// each reads the number of shards.
	lasts := 2 * (model.AtDynamoDB + model.OfItsOwn)
	run := charge{"reconcile", b.costs[idle].Units(), lasts, 2, logged["reconcile"], false, 2}
	run.units.Reads++
	const minutes, reads = 30 * 24 * 60, 30 * 24 * 12 // the secret is read again after five minutes
	month := minutes/1e6*run.dollars() + model.PerSecret + reads/1e6*model.PerMillionSecrets
	what := fmt.Sprintf("list price of a month without a payment, %d runs and %d reads of the secret", 2*minutes,
		reads)
	b.report.add(row{what: what, measured: fmt.Sprintf("$%.2f", month)})
	return nil
}

// addPrices adds a row for each charge, and one with a budget for their sum.
func (b *bench) addPrices(of string, limit float64, charges ...charge) {
	sum := 0.0
	for _, c := range charges {
		sum += c.dollars()
		b.report.add(row{what: c.name + ", of " + of, measured: fmt.Sprintf(
			"$%.2f: %g write, %g read units; %.3f s; %d invocations, each %d B logged; %d requests or events",
			c.dollars(), c.units.Writes, c.units.Reads, c.lasts.Seconds(), c.runs, c.bytes, c.requests)})
	}
	b.report.atMost("P8", "list price of "+of, "$%.2f", sum, limit)
}
