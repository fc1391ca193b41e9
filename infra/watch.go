package main

import (
	"kasir/shared/metric"
)

// limit is when an alarm goes off: when the statistic has crossed the threshold in as many of the last periods as datapoints
// says.
type limit struct {
	threshold  float64
	below      bool // it goes off below the threshold, and when nothing is measured at all
	period     int  // seconds
	periods    int
	datapoints int
	open       bool // what was counted waits for a person after the period has passed: that the count is 0 again is not news
}

// once is for what a person must see even when it happens once, and must settle.
var once = limit{threshold: 1, period: 60, periods: 1, datapoints: 1, open: true}

// limits are the metrics that have an alarm. Those in whose row metric.All says what to do belong here; a test holds it.
var limits = map[metric.Name]limit{
	metric.OperationsParked:       once,
	metric.Conflicts:              once,
	metric.Remarks:                once,
	metric.AuthorizationsExpiring: once,
	metric.PaymentsLate:           once,
	metric.PaymentsUnnotified:     {threshold: 3, period: 3600, periods: 1, datapoints: 1, open: true}, // one is DOKU's bad minute
	metric.BadSignatures:          {threshold: 10, period: 300, periods: 1, datapoints: 1},             // the address is public
	metric.TurnedAway:             {threshold: 5, period: 300, periods: 3, datapoints: 2},
	metric.UnknownOutcomes:        {threshold: 5, period: 300, periods: 3, datapoints: 2},
	metric.ReconcileRuns:          {threshold: 2, below: true, period: 60, periods: 5, datapoints: 5},
	metric.ReconcileFailed:        {threshold: 1, period: 60, periods: 15, datapoints: 10},
	metric.ReconcileLeft:          {threshold: 1, period: 60, periods: 15, datapoints: 10},
	metric.StatusUnanswered:       {threshold: 10, period: 300, periods: 6, datapoints: 4},
	metric.AutoCapturesFailed:     once,
	metric.StoreFailures:          {threshold: 3, period: 300, periods: 1, datapoints: 1},
	metric.DOKULatency:            {threshold: 10000, period: 60, periods: 5, datapoints: 3},
}

// errors and throttles of a function, and what the API answered with 5xx.
var (
	functionErrors    = limit{threshold: 1, period: 300, periods: 1, datapoints: 1}
	functionThrottles = limit{threshold: 1, period: 60, periods: 5, datapoints: 2}
	serverErrors      = limit{threshold: 5, period: 300, periods: 1, datapoints: 1}
	letterDepth       = limit{threshold: 1, period: 60, periods: 1, datapoints: 1}
	eventsBehind      = limit{threshold: 300e3, period: 60, periods: 5, datapoints: 5} // milliseconds
)
