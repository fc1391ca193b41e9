package model

import (
	"fmt"
	"time"
)

// Charge is the use that a function, or an option, makes of AWS each time.
type Charge struct {
	Writes, Reads float64       // units of DynamoDB
	Lasts         time.Duration // all its work
	Waits         bool          // for DOKU, with less memory
	Runs          int           // invocations that it causes
	Logged        int           // bytes of each of them
	Requests      int           // of the API, or events on the bus or of its clock
	Messages      int           // requests to SQS
}

// Dollars returns the list price of a million.
func (c Charge) Dollars() float64 {
	second := PerMillionSeconds
	if c.Waits {
		second = PerMillionWaiting
	}
	each := PerMillionInvokes + float64(c.Logged)/1000*PerGBLogged
	return c.Writes*PerMillionWrites + c.Reads*PerMillionReads + c.Lasts.Seconds()*second + float64(c.Runs)*each +
		float64(c.Requests)*PerMillionRequests + float64(c.Messages)*PerMillionMessages
}

func (c Charge) String() string {
	return fmt.Sprintf("$%.2f: %g write, %g read units; %.3f s; %d invocations, each %d B logged; %d requests or events",
		c.Dollars(), c.Writes, c.Reads, c.Lasts.Seconds(), c.Runs, c.Logged, c.Requests)
}

// Options returns the prices of what a merchant may leave out, in dollars for a million.
func Options() (rows []string) {
	refresh := Charge{Writes: 2, Reads: 2, Lasts: look + AtDynamoDB, Waits: true, Runs: 1, Logged: 900, Requests: 1}
	// A look, and the run of publish for the change.
	check := Charge{Writes: 3, Reads: 2, Lasts: look + AtDynamoDB + OfItsOwn, Runs: 1, Logged: 122}
	webhook := Charge{Lasts: 200 * time.Millisecond, Runs: 1, Logged: 800, Messages: 3}
	for _, option := range []struct {
		price float64
		what  string
	}{
		{Charge{Writes: 1}.Dollars(), "index `day`, a million payments"},
		{Charge{Writes: 1}.Dollars(), "index `customer`, a million payments"},
		{Charge{Writes: 2}.Dollars(), "index `attention`, a million orders that need a person"},
		{0.10, "archive, a million events"},
		{webhook.Dollars(), "webhooks, a million events to one endpoint"},
		{Charge{Writes: 2, Reads: 1}.Dollars(), "settlement, a million rows of reports"},
		{Charge{Writes: 2}.Dollars(), "settlement with `Within`, a million payments"},
		{refresh.Dollars(), "`POST …/refresh`, a million calls"},
		{check.Dollars(), "`CHECK_PAID_AFTER`, a million payments and one time"},
		{PerMillionTraces, "traces, a million of those that are recorded"},
	} {
		rows = append(rows, fmt.Sprintf("| %.2f | %s |", option.price, option.what))
	}
	return rows
}

// Secrets returns the dollars a month for the reads of the secret by warm instances, each every five minutes.
func Secrets(instances float64) float64 { return instances * 30 * 24 * 12 / 1e6 * PerMillionSecrets }
