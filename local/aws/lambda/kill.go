package lambda

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Moment is the point of an invocation at which an instance is killed. At each of them the caller gets an *Error of
// kind Crashed.
type Moment int

const (
	// BeforeEvent: the instance was chosen and never got the event. The event has no effect.
	BeforeEvent Moment = iota + 1
	// WhileRunning: a random time after the event was delivered. A function that answers sooner is killed at its
	// answer, so every planned kill happens; it is then counted as BeforeAnswer.
	WhileRunning
	// BeforeAnswer: the function posted its answer, which was not accepted. The event has its full effect.
	BeforeAnswer
	// AfterAnswer: the answer was accepted, but the caller does not get it. The event has its full effect.
	AfterAnswer
)

var moments = []Moment{BeforeEvent, WhileRunning, BeforeAnswer, AfterAnswer}

func (m Moment) String() string {
	switch m {
	case BeforeEvent:
		return "before event"
	case WhileRunning:
		return "while running"
	case BeforeAnswer:
		return "before answer"
	case AfterAnswer:
		return "after answer"
	}
	return fmt.Sprintf("moment %d", int(m))
}

// Kill configures random kills of instances by SIGKILL, as when a machine fails. The zero value kills none. Functions
// cannot detect it.
type Kill struct {
	Probability float64 // of each invocation, 0 to 1
	// Seed makes the kills repeatable: the same seed kills the same invocations of a function, counted from the first,
	// at the same moments. The callers' order decides which event is the n-th.
	Seed uint64
	// Within is the longest time that a function runs before it is killed WhileRunning, 100 ms unless set.
	Within    time.Duration
	Moments   []Moment // equally likely; nil means all
	Functions []string // nil means all
}

// KillCounts counts the invocations that reached an instance of a function, and those in which it was killed.
type KillCounts struct {
	Invocations                                          int
	BeforeEvent, WhileRunning, BeforeAnswer, AfterAnswer int
}

// Killed returns the number of invocations that ended in a kill.
func (t KillCounts) Killed() int {
	return t.BeforeEvent + t.WhileRunning + t.BeforeAnswer + t.AfterAnswer
}

// SetKill replaces Config.Kill from the next invocation on. The counts continue. The error names the field.
func (r *Runtime) SetKill(k Kill) error {
	k, err := k.prepare(r.pools)
	if err != nil {
		return fmt.Errorf("lambda: %w", err)
	}
	r.killer.mu.Lock()
	defer r.killer.mu.Unlock()
	r.killer.kill = k
	return nil
}

// KillNext kills the instance of the function's next invocation at the given moment, regardless of Config.Kill.
// Several calls apply to one invocation each, in order. It fails with an *Error of kind Unknown if there is no such
// function.
func (r *Runtime) KillNext(function string, at Moment) error {
	if r.pools[function] == nil {
		return unknownFunction(function)
	}
	if !slices.Contains(moments, at) {
		return fmt.Errorf("lambda: %d is not a moment", int(at))
	}
	r.killer.mu.Lock()
	defer r.killer.mu.Unlock()
	r.killer.next[function] = append(r.killer.next[function], at)
	return nil
}

// Kills returns the counts so far, by function.
func (r *Runtime) Kills() map[string]KillCounts {
	r.killer.mu.Lock()
	defer r.killer.mu.Unlock()
	counts := make(map[string]KillCounts)
	for function := range r.pools {
		counts[function] = r.killer.counts[function]
	}
	return counts
}

// prepare fills in defaults and returns an error for an invalid field.
func (k Kill) prepare(pools map[string]*pool) (Kill, error) {
	switch {
	case !(k.Probability >= 0 && k.Probability <= 1): // also refuses NaN
		return k, errors.New("Kill.Probability must be between 0 and 1")
	case k.Within < 0:
		return k, errors.New("Kill.Within must not be negative")
	}
	for _, m := range k.Moments {
		if !slices.Contains(moments, m) {
			return k, fmt.Errorf("Kill.Moments: %d is not a moment", int(m))
		}
	}
	for _, f := range k.Functions {
		if pools[f] == nil {
			return k, fmt.Errorf("Kill.Functions: there is no function %q", f)
		}
	}
	if k.Within == 0 {
		k.Within = 100 * time.Millisecond
	}
	if len(k.Moments) == 0 {
		k.Moments = moments
	}
	return k, nil
}
