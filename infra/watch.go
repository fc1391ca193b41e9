package main

import (
	"kasir/shared/metric"
)

// limit is the condition of an alarm: the statistic has crossed the threshold in at least datapoints of the last
// periods.
type limit struct {
	threshold  float64
	below      bool // the alarm goes off below the threshold, and when nothing is measured at all
	period     int  // seconds
	periods    int
	datapoints int
	open       bool // a counted order still waits for a person later, so a count of 0 is not reported
	gauge      bool // the measured value is a state; the alarm holds while nothing is measured
}

// once is the limit for events that a person must see, and settle, even if they happen only once.
var once = limit{threshold: 1, period: 60, periods: 1, datapoints: 1, open: true}

// limits holds the metrics that have an alarm. They are those whose row in metric.All has Do; a test checks it.
var limits = map[metric.Name]limit{
	// It holds until no order has an open case. A further case then sends no mail, which AttentionOpened does.
	metric.OpenAttention:   {threshold: 1, period: 60, periods: 1, datapoints: 1, gauge: true},
	metric.AttentionOpened: once,
	// One unnotified payment alone may be a short failure of DOKU.
	metric.PaymentsUnnotified: {threshold: 3, period: 3600, periods: 1, datapoints: 1, open: true},
	// Anybody may post to the address of notifications.
	metric.BadSignatures:    {threshold: 10, period: 300, periods: 1, datapoints: 1},
	metric.TurnedAway:       {threshold: 5, period: 300, periods: 3, datapoints: 2},
	metric.UnknownOutcomes:  {threshold: 5, period: 300, periods: 3, datapoints: 2},
	metric.ReconcileRuns:    {threshold: 2, below: true, period: 60, periods: 5, datapoints: 5},
	metric.ReconcileFailed:  {threshold: 1, period: 60, periods: 15, datapoints: 10},
	metric.ReconcileLeft:    {threshold: 1, period: 60, periods: 15, datapoints: 10},
	metric.StatusUnanswered: {threshold: 10, period: 300, periods: 6, datapoints: 4},
	metric.StoreFailures:    {threshold: 3, period: 300, periods: 1, datapoints: 1},
	metric.EventsGivenUp:    once,
	// A back end that is deployed anew refuses a few attempts.
	metric.DeliveriesFailed:      {threshold: 10, period: 300, periods: 6, datapoints: 4},
	metric.SettlementDifferences: once,
	metric.SettlementsRefused:    once,
	metric.DOKULatency:           {threshold: 10000, period: 60, periods: 5, datapoints: 3},
}

// maxWaiting is the number of messages that a queue of SQS holds back at the same time. Further ones wait unread.
const maxWaiting = 120000

// Limits for errors and throttles of a function, 5xx of the API, dead letters, and late events.
var (
	functionErrors    = limit{threshold: 1, period: 300, periods: 1, datapoints: 1}
	functionThrottles = limit{threshold: 1, period: 60, periods: 5, datapoints: 2}
	serverErrors      = limit{threshold: 5, period: 300, periods: 1, datapoints: 1}
	letterDepth       = limit{threshold: 1, period: 60, periods: 1, datapoints: 1}
	webhookWaiting    = limit{threshold: maxWaiting / 2, period: 300, periods: 1, datapoints: 1}
	eventsBehind      = limit{threshold: 300e3, period: 60, periods: 5, datapoints: 5} // milliseconds
)
