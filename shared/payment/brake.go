package payment

import (
	"sync"
	"time"
)

// Brake refuses requests for pages while DOKU is slow. Each waits for DOKU in an execution of its own, and Lambda lets
// an account have a limited number of them. Without a brake, customers who ask for pages take those of notifications
// and of captures and refunds, whose loss costs more. A refused customer is asked to come again, and nothing is stored.
//
// It is free until slowCalls calls in a row were slow. Then it is on for firstBrake. The first request after that is a
// trial: if it is slow, the brake is on for twice as long, at most longestBrake; if not, it is free. One instance of a
// function has one brake and knows only its own calls, so that one slow call of DOKU stops nobody.
//
// Captures and refunds have no brake: one in doubt must be repeated, and the others move money that a person waits for.
// nil never refuses.
type Brake struct {
	mu    sync.Mutex
	slow  int           // calls in a row
	on    time.Duration // how long it was on last; 0 if it is free
	until time.Time
}

const (
	slowCall     = 10 * time.Second // also the limit of the alarm DOKULatency
	slowCalls    = 2
	firstBrake   = 10 * time.Second
	longestBrake = time.Minute
)

// wait returns how long the brake is still on.
func (b *Brake) wait(now time.Time) time.Duration {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(0, b.until.Sub(now))
}

// saw changes the brake by the time that a call took. limit is the longest time that a call may take.
func (b *Brake) saw(took, limit time.Duration, now time.Time) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if took < min(slowCall, limit) {
		b.slow, b.on, b.until = 0, 0, time.Time{}
		return
	}
	if b.slow++; b.slow < slowCalls {
		return
	}
	b.on = min(max(2*b.on, firstBrake), longestBrake)
	b.until = now.Add(b.on)
}
