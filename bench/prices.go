package main

import (
	"fmt"
	"time"

	"kasir/bench/accountant"
)

// List prices of us-east-1 in US dollars, on demand and without free tiers, as AWS published them in 2026.
const (
	perMillionWrites   = 0.625
	perMillionReads    = 0.125
	perMillionInvokes  = 0.20
	perGBSecond        = 0.0000133334 // arm64
	perMillionRequests = 1.00         // of an HTTP API
	perMillionEvents   = 1.00         // put on a bus of EventBridge
	perMillionTicks    = 1.00         // of EventBridge Scheduler
	perGBLogged        = 0.50
	perMillionSecrets  = 5.00 // reads of Secrets Manager: $0.05 for 10,000
	perSecret          = 0.40 // a month
)

// memory of each function in MB, as infra/stages.go says; a test compares them.
const memory = 256

// What the model assumes, since no benchmark on one machine can measure it.
const (
	platformLines = 300                    // bytes that Lambda itself logs of an invocation
	accessLine    = len(accessExample)     // bytes of the API's access log for a request
	patience      = 900 * time.Millisecond // until DOKU answers
	atDynamoDB    = 5 * time.Millisecond   // one call of DynamoDB, or of EventBridge
	ofItsOwn      = time.Millisecond       // of an invocation; ten times as much would be three cents
)

// accessExample is a line as infra/api.go has the API write it.
const accessExample = `{"address":"203.0.113.117","authorizer_error":"-","bytes":"1250","error":"-","integration_error":"-","integration_status":"200",` +
	`"ms":"930","request_id":"JKJaXmPLvHcESHA=","route":"GET /payments/{invoice_number}","status":"200","time":"25/Nov/2026:03:26:07 +0000"}`

// charge is what one of a million payments costs in one function.
type charge struct {
	name        string
	units       accountant.Units
	times       int           // that the function works for it
	lasts       time.Duration // each time
	borrowed    bool          // it works in invocations that there are anyway
	requests    int           // of the API
	events      int           // put on the bus
	lines       int64         // bytes that kasir logs each time
	storingFree string        // why DynamoDB bills nothing; else units says what it does
}

const tableHead = "| of a million %s | DynamoDB | Lambda | HTTP API, bus | logs | sum |"

// line is a line of the table, and its sum.
func (c charge) line() (string, float64) {
	stored, storing := priced(c.units)
	if c.storingFree != "" {
		stored = c.storingFree
	}
	ran, running := worked(c.lasts)
	if !c.borrowed {
		ran, running = fmt.Sprintf("$%.2f + %s", perMillionInvokes, ran), perMillionInvokes+running
	}
	bytes := c.lines + platformLines
	if c.requests > 0 {
		bytes += int64(accessLine)
	}
	if c.borrowed {
		bytes = 0
	}
	wrote, logging := logged(bytes)
	if c.times > 1 {
		ran, wrote = fmt.Sprintf("%d × (%s)", c.times, ran), fmt.Sprintf("%d × %s", c.times, wrote)
	}
	running, logging = running*float64(c.times), logging*float64(c.times)
	if c.borrowed {
		wrote = "of the run"
	}
	asked := float64(c.requests)*perMillionRequests + float64(c.events)*perMillionEvents
	sum := storing + running + asked + logging
	return fmt.Sprintf("| %s | %s = $%.3f | %s = $%.2f | $%.2f | %s = $%.2f | $%.2f |", c.name, stored, storing, ran, running, asked, wrote, logging, sum), sum
}

// priced is what units cost, a million times; as the next ones, in words and in dollars.
func priced(u accountant.Units) (string, float64) {
	return fmt.Sprintf("%g × $%.3f + %g × $%.3f", u.Writes, perMillionWrites, u.Reads, perMillionReads), u.Writes*perMillionWrites + u.Reads*perMillionReads
}

// worked is what a function's time costs.
func worked(lasts time.Duration) (string, float64) {
	const gb = memory / 1024.0
	return fmt.Sprintf("%.3f s × %g GB × $%.2f", lasts.Seconds(), gb, perGBSecond*1e6), lasts.Seconds() * gb * perGBSecond * 1e6
}

// logged is what log lines cost.
func logged(bytes int64) (string, float64) {
	return fmt.Sprintf("%d B × $%.2f/GB", bytes, perGBLogged), float64(bytes) / 1e9 * perGBLogged * 1e6
}
