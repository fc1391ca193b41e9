package model

import "time"

// change is a change of an order that publish gets: an invocation of its own, with its log line of 122 bytes.
var change = PerMillionInvokes + (AtDynamoDB+OfItsOwn).Seconds()*PerMillionSeconds + 0.122*PerGBLogged

// seconds returns the price of a million invocations that last so long.
func seconds(d time.Duration) float64 { return d.Seconds() * PerMillionSeconds }

// Options returns the prices of what a merchant may leave out, in dollars for a million of each option's units.
func Options() (rows []Row) {
	look, refresh := Patience+3*AtDynamoDB+OfItsOwn, Patience+4*AtDynamoDB+OfItsOwn
	for _, o := range []struct {
		words string
		price float64
	}{
		{"index `day`, a million payments", PerMillionWrites},
		{"index `customer`, a million payments", PerMillionWrites},
		{"index `attention`, a million orders that need a person", 2 * PerMillionWrites},
		{"archive, a million events", 0.10},
		{"webhooks, a million events to one endpoint",
			3*PerMillionMessages + PerMillionInvokes + seconds(200*time.Millisecond) + 0.8*PerGBLogged},
		{"settlement, a million rows of reports", 2*PerMillionWrites + PerMillionReads},
		{"settlement with `Within`, a million payments", 2 * PerMillionWrites},
		{"`POST …/refresh`, a million calls", 2*PerMillionWrites + 2*PerMillionReads + PerMillionInvokes +
			refresh.Seconds()*PerMillionWaiting + PerMillionRequests + 0.9*PerGBLogged},
		{"`CHECK_PAID_AFTER`, a million payments and one time",
			3*PerMillionWrites + 2*PerMillionReads + seconds(look) + change},
		{"traces, a million of those that are recorded", PerMillionTraces},
	} {
		rows = append(rows, Row{Words: "| " + o.words, Figures: []string{dollars(o.price)}})
	}
	return rows
}

// Secrets returns the dollars a month for the reads of the secret by warm instances, each every five minutes.
func Secrets(instances float64) float64 { return instances * 30 * 24 * 12 / 1e6 * PerMillionSecrets }
