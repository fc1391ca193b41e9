package model

import (
	"fmt"
	"strings"
	"time"
)

// Option is something that a merchant may leave out, with its price.
type Option struct {
	What, Arithmetic string
	Dollars          float64
}

// PublishLine is the bytes that an invocation of publish logs, with CloudWatch's own.
const PublishLine = 122

// change is a change of an order that publish gets: an invocation of its own, with its log lines.
var change = PerMillionInvokes + (AtDynamoDB+OfItsOwn).Seconds()*PerMillionSeconds + PublishLine*1e-3*PerGBLogged

// seconds returns the price of a million invocations that last so long.
func seconds(d time.Duration) float64 { return d.Seconds() * PerMillionSeconds }

// Options returns the price of each option in dollars. A price is for a million of the option's units.
func Options() []Option {
	look := Patience + 3*AtDynamoDB + OfItsOwn
	refresh := Patience + 4*AtDynamoDB + OfItsOwn
	return []Option{
		{"index `day`, a million payments", "1 write unit", PerMillionWrites},
		{"index `customer`, a million payments", "1 write unit; nothing with `NoCustomerList`", PerMillionWrites},
		{"index `attention`, a million orders that need a person", "2 write units", 2 * PerMillionWrites},
		{"archive, a million events", "1 KB × $0.10 a GB", 0.10},
		{"webhooks, a million events to one endpoint", "3 requests to SQS, 1 invocation of 0.2 s, 0.8 KB of log lines",
			3*PerMillionMessages + PerMillionInvokes + seconds(200*time.Millisecond) + 0.8*PerGBLogged},
		{"settlement, a million rows of reports", "1 read and 2 write units", 2*PerMillionWrites + PerMillionReads},
		{"settlement with `Within`, a million payments", "2 write units more", 2 * PerMillionWrites},
		{"`POST …/refresh`, a million calls",
			"2 write and 2 read units, 1 invocation of 0.921 s at 128 MB, 1 request, 0.9 KB of log lines",
			2*PerMillionWrites + 2*PerMillionReads + PerMillionInvokes + refresh.Seconds()*PerMillionWaiting +
				PerMillionRequests + 0.9*PerGBLogged},
		{"`CHECK_PAID_AFTER`, a million payments and one time", "3 write and 2 read units, a look of 0.916 s, 1 change",
			3*PerMillionWrites + 2*PerMillionReads + seconds(look) + change},
		{"traces, a million of those that are recorded", "X-Ray; 1.2 to 4 for each payment (below)", PerMillionTraces},
	}
}

// OptionsTable returns the options.
func OptionsTable() string {
	lines := []string{"| option | arithmetic | $ |", "|---|---|---|"}
	for _, o := range Options() {
		lines = append(lines, fmt.Sprintf("| %s | %s | %.2f |", o.What, o.Arithmetic, o.Dollars))
	}
	return strings.Join(lines, "\n") + "\n"
}

// Secrets returns the dollars a month for the reads of the secret by warm instances, each every five minutes.
func Secrets(instances float64) float64 { return instances * 30 * 24 * 12 / 1e6 * PerMillionSecrets }
