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

// Injector plans the faults of calls and of attempts to notify. It is not safe for concurrent use.
//
// A fault is drawn from the seed and from the identity of the call (endpoint, Request-Id, number of repeats), not from
// one sequence for all calls. It is therefore the same in every run, for any order of concurrent calls.
type Injector struct {
	Faults   Faults
	Orders   map[string]Faults         // by invoice number: such an order has only these
	Next     []RequestedFault          // requested faults, which come before drawn ones
	Calls    map[string]int            // by endpoint
	Suffered map[string]map[string]int // by endpoint and fault
	Forms    map[string]map[string]int // by endpoint and "fault form", of faults that have forms
	Unsigned map[string]int            // answers that Behaviour left unsigned, by class

	seen map[string]int // number of calls or attempts, by endpoint and identity
}

// RequestedFault is a fault for the next calls to an endpoint that can have it.
type RequestedFault struct {
	Endpoint string   `json:"endpoint"`
	Fault    string   `json:"fault"`
	Form     string   `json:"form,omitempty"` // "" to draw one
	Wait     Duration `json:"wait,omitzero"`  // of a delay; 0 to draw one
	Times    int      `json:"times"`
}

// NewInjector returns an Injector that has planned nothing yet.
func NewInjector(f Faults) *Injector {
	return &Injector{
		Faults: f, Orders: map[string]Faults{}, seen: map[string]int{}, Calls: map[string]int{},
		Suffered: map[string]map[string]int{}, Forms: map[string]map[string]int{}, Unsigned: map[string]int{},
	}
}

// For returns the faults of an order's calls and notifications.
func (i *Injector) For(invoice string) Faults {
	if own, has := i.Orders[invoice]; has {
		return own
	}
	return i.Faults
}

// PlannedFault is the fault of one call or one attempt. The zero value is none.
type PlannedFault struct {
	Fault string
	Form  string        // "" for a fault without forms
	Wait  time.Duration // of a delay
	Shape int           // selects among forms without names; any number from 0 up
}

// Call describes a call to the API.
type Call struct {
	Endpoint string
	Identity string // distinguishes it from others at its endpoint
	Invoice  string // of its order; "" if it has none
	Repeat   bool   // a call with its Request-Id was done before
	Tried    bool   // somebody tried to pay its order
}

// PlanCall plans the fault of a call.
func (i *Injector) PlanCall(c Call) PlannedFault {
	all := i.For(c.Invoice)
	f, own := all.Calls[c.Endpoint]
	if !own {
		f = all.CallFaults
	}
	can := func(fault string) bool { return canHave(c.Endpoint, fault) && (c.Repeat || !needsRepeat(fault)) }
	out := i.plan(c.Endpoint, c.Identity, c.Invoice, f.chances(), can, f.DelayRange)
	switch out.Fault {
	case Slow:
		out.Wait = 15*time.Second + time.Duration(out.Shape%5001)*time.Millisecond
	case StatusLag:
		out.Wait = f.Lag.or(3 * time.Minute)
	case PendingFirst:
		out.Wait = f.PendingFor.or(10 * time.Second)
	case StatusNotFound:
		if out.Form == "" && c.Tried { // a drawn answer never denies a payment
			out.Form = NoResource
		}
	}
	return i.record(c.Endpoint, i.withForm(c.Endpoint, out))
}

// IsLate decides, once for a notification, whether its first attempt is late.
func (i *Injector) IsLate(identity, invoice string) (by time.Duration, late bool) {
	f := i.For(invoice).Notifications
	_, requested := i.takeRequested(Notifications, invoice, func(fault string) bool { return fault == Late })
	if requested || i.random(Late, identity).Float64() < f.Late {
		i.record(Notifications, PlannedFault{Fault: Late})
		return f.LateBy.or(48 * time.Hour), true
	}
	return 0, false
}

// PlanAttempt plans the fault of an attempt to deliver a notification. made is the number of attempts before it. The
// first attempt draws whether the notification is dropped for good. dropped keeps the outcome.
func (i *Injector) PlanAttempt(identity, invoice string, made int, dropped *bool) PlannedFault {
	f := i.For(invoice).Notifications
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
	out := i.plan(Notifications, identity, invoice, f.chances(), can, f.DelayRange)
	if _, most := f.DelayRange.bounds(); out.Fault == Reorder {
		out.Wait = most
	}
	*dropped = out.Fault == Drop
	return i.record(Notifications, i.withForm(Notifications, out))
}

// plan takes a requested fault, or draws one from chances. can reports whether a fault can happen now.
func (i *Injector) plan(
	endpoint, identity, invoice string, chances []chance, can func(fault string) bool, delay DelayRange,
) PlannedFault {
	name := endpoint + "\n" + identity
	i.seen[name]++
	source := i.random(name, fmt.Sprint(i.seen[name]))
	shape := source.IntN(1 << 20)
	least, most := delay.bounds()
	wait := least + time.Duration(source.Int64N(int64(most-least)+1))
	at := source.Float64()
	if s, requested := i.takeRequested(endpoint, invoice, can); requested {
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

// withForm draws a form for a fault that has forms and none yet.
func (i *Injector) withForm(endpoint string, f PlannedFault) PlannedFault {
	if forms := Forms(endpoint, f.Fault); f.Form == "" && len(forms) > 0 {
		f.Form = forms[f.Shape%len(forms)]
	}
	return f
}

// random returns the source of random numbers for one purpose.
func (i *Injector) random(endpoint, identity string) *rand.Rand {
	sum := sha256.Sum256([]byte(endpoint + "\n" + identity))
	return rand.New(rand.NewPCG(i.Faults.Seed, binary.BigEndian.Uint64(sum[:])))
}

// takeRequested takes a requested fault that can happen now. An order with its own faults has no requested ones.
func (i *Injector) takeRequested(endpoint, invoice string, can func(fault string) bool) (RequestedFault, bool) {
	if _, own := i.Orders[invoice]; own {
		return RequestedFault{}, false
	}
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

// record counts a planned fault, to show a test that its faults happened.
func (i *Injector) record(endpoint string, f PlannedFault) PlannedFault {
	if f.Fault != Late { // the attempts of a late notification are counted themselves
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

func count(in map[string]map[string]int, endpoint, name string) {
	if in[endpoint] == nil {
		in[endpoint] = map[string]int{}
	}
	in[endpoint][name]++
}

func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
