package webhook

import "time"

// Delays are the pauses between the attempts to deliver an event. SQS holds a message back for 12 hours at most.
var Delays = []time.Duration{
	5 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 11 * time.Hour,
	11 * time.Hour,
}

// MaxDelay is the longest pause that SQS allows, less the time of an attempt.
const MaxDelay = 12*time.Hour - time.Minute

// attemptNumber returns the number of an attempt, from 1. The queue also delivers an event again after a crash, so its
// count may be too high. The age may be too high too, because events wait while many are delivered. The lower of both
// never gives an event up too early.
func attemptNumber(delays []time.Duration, age time.Duration, receives int) int {
	n := 1
	for _, delay := range delays {
		if age -= delay; age < 0 {
			break
		}
		n++
	}
	return min(n, max(receives, 1))
}
