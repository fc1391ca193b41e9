package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kasir/bench/model"
	"kasir/shared/function"
)

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
