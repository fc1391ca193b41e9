package lambda

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Moment is when in an invocation an instance is killed. However it is killed, the caller gets an *Error of kind Crashed.
type Moment int

const (
	// BeforeEvent: the instance was chosen and never got the event. Nothing was done.
	BeforeEvent Moment = iota + 1
	// WhileRunning: a random time after the event was handed over. A function that answers sooner dies as it does, so
	// that every kill happens; it is counted as BeforeAnswer then.
	WhileRunning
	// BeforeAnswer: the function posted its answer, and nobody took it. All was done.
	BeforeAnswer
	// AfterAnswer: the answer was taken and the runtime told so, but the caller does not get it. All was done.
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

// Kill lets instances die of SIGKILL at random, as machines do. The zero value kills nobody. Functions cannot know of it.
type Kill struct {
	Probability float64 // of each invocation, 0 to 1
	// Seed decides: the same seed kills in the same invocations of a function, counted from the first, at the same
	// moments. Which event is the n-th is the callers' matter.
	Seed uint64
	// Within is how long a function runs at most before it dies WhileRunning: 100 ms unless set.
	Within    time.Duration
	Moments   []Moment // all alike; nil means any
	Functions []string // nil means any
}

// Toll is how many invocations reached an instance of a function, and in how many it was killed.
type Toll struct {
	Invocations                                          int
	BeforeEvent, WhileRunning, BeforeAnswer, AfterAnswer int
}

// Killed is how many invocations ended in a kill.
func (t Toll) Killed() int { return t.BeforeEvent + t.WhileRunning + t.BeforeAnswer + t.AfterAnswer }

// SetKill replaces Config.Kill from the next invocation on; counting goes on. The error names the field.
func (r *Runtime) SetKill(k Kill) error {
	k, err := k.prepare(r.pools)
	if err != nil {
		return fmt.Errorf("lambda: %w", err)
	}
	r.reaper.mu.Lock()
	defer r.reaper.mu.Unlock()
	r.reaper.kill = k
	return nil
}

// KillNext kills in the function's next invocation at the moment, whatever chance would do; several wait for their turn.
// It fails with an *Error of kind Unknown when there is no such function.
func (r *Runtime) KillNext(function string, at Moment) error {
	if r.pools[function] == nil {
		return unknown(function)
	}
	if !slices.Contains(moments, at) {
		return fmt.Errorf("lambda: %d is no moment", int(at))
	}
	r.reaper.mu.Lock()
	defer r.reaper.mu.Unlock()
	r.reaper.next[function] = append(r.reaper.next[function], at)
	return nil
}

// Kills is the toll so far, by function.
func (r *Runtime) Kills() map[string]Toll {
	r.reaper.mu.Lock()
	defer r.reaper.mu.Unlock()
	tolls := make(map[string]Toll)
	for function := range r.pools {
		tolls[function] = r.reaper.tolls[function]
	}
	return tolls
}

// prepare fills in defaults and refuses what cannot be meant.
func (k Kill) prepare(pools map[string]*pool) (Kill, error) {
	switch {
	case !(k.Probability >= 0 && k.Probability <= 1): // a NaN is neither
		return k, errors.New("Kill.Probability must be from 0 to 1")
	case k.Within < 0:
		return k, errors.New("Kill.Within must not be negative")
	}
	for _, m := range k.Moments {
		if !slices.Contains(moments, m) {
			return k, fmt.Errorf("Kill.Moments: %d is no moment", int(m))
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
