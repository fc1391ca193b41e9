package faults

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

// Injector decides the fate of calls and of attempts to notify. It is not safe for concurrent use.
//
// A fate is drawn from the seed and from what suffers (endpoint, Request-Id, how often it came), not from one row of
// chances for all. It is therefore the same in every run, however calls race each other.
type Injector struct {
	Faults   Faults
	Next     []RequestedFault          // pointed faults, which come before chance
	Calls    map[string]int            // by endpoint
	Suffered map[string]map[string]int // by endpoint and fault
	Forms    map[string]map[string]int // by endpoint and "fault form", of faults that have forms
	Unsigned map[string]int            // answers that a switch left unsigned, by class

	seen map[string]int // how often something that can suffer came, by its name
}

// Shot is a pointed fault: the next calls to an endpoint that can have it suffer it.
type RequestedFault struct {
	Endpoint string   `json:"endpoint"`
	Fault    string   `json:"fault"`
	Form     string   `json:"form,omitempty"` // "": drawn
	Wait     Duration `json:"wait,omitzero"`  // of a delay; 0: drawn
	Times    int      `json:"times"`
}

// NewInjector returns an Injector that has drawn nothing yet.
func NewInjector(f Faults) *Injector {
	return &Injector{
		Faults: f, seen: map[string]int{}, Calls: map[string]int{},
		Suffered: map[string]map[string]int{}, Forms: map[string]map[string]int{}, Unsigned: map[string]int{},
	}
}

// Fate is what happens to one call or one attempt; the zero value is nothing.
type PlannedFault struct {
	Fault string
	Form  string        // "" for a fault without forms
	Wait  time.Duration // of a delay
	Shape int           // selects among forms that have no names; any number from 0 up
}

// Call is a call whose fate is to be drawn.
type Call struct {
	Endpoint string
	Identity string // tells it from others at its endpoint
	Repeat   bool   // its Request-Id was done before
	Tried    bool   // somebody tried to pay the order that it asks about
}

// ForCall decides about a call.
func (i *Injector) PlanCall(c Call) PlannedFault {
	f, own := i.Faults.Calls[c.Endpoint]
	if !own {
		f = i.Faults.CallFaults
	}
	can := func(fault string) bool { return canHave(c.Endpoint, fault) && (c.Repeat || !needsRepeat(fault)) }
	out := i.plan(c.Endpoint, c.Identity, f.chances(), can, f.DelayRange)
	switch out.Fault {
	case Slow:
		out.Wait = 15*time.Second + time.Duration(out.Shape%5001)*time.Millisecond
	case StatusLag:
		out.Wait = f.Lag.or(3 * time.Minute)
	case PendingFirst:
		out.Wait = f.PendingFor.or(10 * time.Second)
	case StatusNotFound:
		if out.Form == "" && c.Tried { // DOKU does not say by chance that nobody tried what was paid
			out.Form = NoResource
		}
	}
	return i.record(c.Endpoint, i.withForm(c.Endpoint, out))
}

// IsLate decides, once for a notification, whether its first attempt is late.
func (i *Injector) IsLate(identity string) (by time.Duration, late bool) {
	f := i.Faults.Notifications
	_, pointed := i.takeRequested(Notifications, func(fault string) bool { return fault == Late })
	if pointed || i.random(Late, identity).Float64() < f.Late {
		i.record(Notifications, PlannedFault{Fault: Late})
		return f.LateBy.or(48 * time.Hour), true
	}
	return 0, false
}

// ForAttempt decides about an attempt to deliver a notification; made counts the attempts before it. Dropping is
// decided at the first attempt, for good, and is kept in dropped.
func (i *Injector) PlanAttempt(identity string, made int, dropped *bool) PlannedFault {
	f := i.Faults.Notifications
	if made == 0 && i.random(Notifications, identity).Float64() < f.Drop {
		*dropped = true
	}
	switch {
	case *dropped:
		return i.record(Notifications, PlannedFault{Fault: Drop})
	case made < f.DropFirst:
		return i.record(Notifications, PlannedFault{Fault: Lose})
	}
	can := func(fault string) bool { return fault != Late }
	out := i.plan(Notifications, identity, f.chances(), can, f.DelayRange)
	if _, most := f.DelayRange.bounds(); out.Fault == Reorder {
		out.Wait = most
	}
	*dropped = out.Fault == Drop
	return i.record(Notifications, i.withForm(Notifications, out))
}

func (i *Injector) plan(endpoint, identity string, chances []chance, can func(string) bool, delay DelayRange) PlannedFault {
	name := endpoint + "\n" + identity
	i.seen[name]++
	dice := i.random(name, fmt.Sprint(i.seen[name]))
	shape := dice.IntN(1 << 20)
	least, most := delay.bounds()
	wait := least + time.Duration(dice.Int64N(int64(most-least)+1))
	at := dice.Float64()
	if s, pointed := i.takeRequested(endpoint, can); pointed {
		if s.Wait > 0 {
			wait = time.Duration(s.Wait)
		}
		return PlannedFault{s.Fault, s.Form, wait, shape}
	}
	for _, c := range chances {
		if at -= c.p; at < 0 {
			if can(c.fault) {
				return PlannedFault{Fault: c.fault, Wait: wait, Shape: shape}
			}
			break
		}
	}
	return PlannedFault{}
}

// formed gives a fault that has forms one of them.
func (i *Injector) withForm(endpoint string, f PlannedFault) PlannedFault {
	if forms := Forms(endpoint, f.Fault); f.Form == "" && len(forms) > 0 {
		f.Form = forms[f.Shape%len(forms)]
	}
	return f
}

// dice is chance for one purpose.
func (i *Injector) random(endpoint, identity string) *rand.Rand {
	sum := sha256.Sum256([]byte(endpoint + "\n" + identity))
	return rand.New(rand.NewPCG(i.Faults.Seed, binary.BigEndian.Uint64(sum[:])))
}

// shot takes a pointed fault that can happen now.
func (i *Injector) takeRequested(endpoint string, can func(fault string) bool) (RequestedFault, bool) {
	at := slices.IndexFunc(i.Next, func(s RequestedFault) bool { return s.Endpoint == endpoint && can(s.Fault) })
	if at < 0 {
		return RequestedFault{}, false
	}
	s := i.Next[at]
	if i.Next[at].Times--; i.Next[at].Times == 0 {
		i.Next = slices.Delete(i.Next, at, at+1)
	}
	return s, true
}

// note counts, so that a test can see that its faults happened.
func (i *Injector) record(endpoint string, f PlannedFault) PlannedFault {
	if f.Fault != Late { // its attempts are counted themselves
		i.Calls[endpoint]++
	}
	if f.Fault == "" {
		return f
	}
	count(i.Suffered, endpoint, f.Fault)
	if f.Form != "" {
		count(i.Forms, endpoint, f.Fault+" "+f.Form)
	}
	return f
}

func count(in map[string]map[string]int, endpoint, what string) {
	if in[endpoint] == nil {
		in[endpoint] = map[string]int{}
	}
	in[endpoint][what]++
}

func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
