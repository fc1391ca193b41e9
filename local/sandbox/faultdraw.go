package sandbox

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// injector decides who suffers what. Server.mu guards it.
//
// A fate is drawn from the seed and from what suffers (endpoint, Request-Id, how often it came), not from one row of
// chances for all: so it is the same in every run, however calls race each other.
type injector struct {
	faults   Faults
	next     []shot                    // pointed faults, which come before chance
	came     map[string]int            // how often something that can suffer came, by its name
	calls    map[string]int            // by endpoint
	suffered map[string]map[string]int // by endpoint and fault
}

// shot is a pointed fault: the next calls to an endpoint suffer it.
type shot struct {
	Endpoint string `json:"endpoint"`
	Fault    string `json:"fault"`
	Times    int    `json:"times"`
}

func newInjector(f Faults) *injector {
	return &injector{faults: f, came: map[string]int{}, calls: map[string]int{}, suffered: map[string]map[string]int{}}
}

// fate is what happens to one call or one attempt; the zero value is nothing.
type fate struct {
	fault string
	wait  time.Duration // of a delay
	shape int           // which of several forms a fault takes, any number from 0 up
}

// forCall decides about a call; identity tells it from others at its endpoint.
func (i *injector) forCall(endpoint, identity string) fate {
	f, own := i.faults.Calls[endpoint]
	if !own {
		f = i.faults.CallFaults
	}
	if !refusable(endpoint) {
		f.Refuse = 0
	}
	return i.draw(endpoint, identity, f.chances(), f.DelayRange)
}

// forAttempt decides about one attempt to deliver a notification. Dropping is decided at the first, for good.
func (i *injector) forAttempt(n *notification) fate {
	f := i.faults.Notifications
	if len(n.attempts) == 0 && i.dice(notifications, n.identity).Float64() < f.Drop {
		n.dropped = true
	}
	switch {
	case n.dropped:
		return i.note(notifications, fate{fault: drop})
	case len(n.attempts) < f.DropFirst:
		return i.note(notifications, fate{fault: lose})
	}
	out := i.draw(notifications, n.identity, f.chances(), f.DelayRange)
	n.dropped = out.fault == drop
	return out
}

func (i *injector) draw(endpoint, identity string, chances []chance, delay DelayRange) fate {
	name := endpoint + "\n" + identity
	i.came[name]++
	dice := i.dice(name, fmt.Sprint(i.came[name]))
	out := fate{fault: i.shot(endpoint), shape: dice.IntN(1 << 20)}
	least, most := delay.bounds()
	out.wait = least + time.Duration(dice.Int64N(int64(most-least)+1))
	if at := dice.Float64(); out.fault == "" {
		for _, c := range chances {
			if at -= c.p; at < 0 {
				out.fault = c.fault
				break
			}
		}
	}
	if out.fault == reorder {
		out.wait = most
	}
	return i.note(endpoint, out)
}

// dice is chance for one purpose.
func (i *injector) dice(endpoint, identity string) *rand.Rand {
	sum := sha256.Sum256([]byte(endpoint + "\n" + identity))
	return rand.New(rand.NewPCG(i.faults.Seed, binary.BigEndian.Uint64(sum[:])))
}

// shot takes a pointed fault, "" when there is none.
func (i *injector) shot(endpoint string) string {
	at := slices.IndexFunc(i.next, func(s shot) bool { return s.Endpoint == endpoint })
	if at < 0 {
		return ""
	}
	fault := i.next[at].Fault
	if i.next[at].Times--; i.next[at].Times == 0 {
		i.next = slices.Delete(i.next, at, at+1)
	}
	return fault
}

// note counts, so that a test can tell that its faults happened.
func (i *injector) note(endpoint string, f fate) fate {
	i.calls[endpoint]++
	if f.fault == "" {
		return f
	}
	if i.suffered[endpoint] == nil {
		i.suffered[endpoint] = map[string]int{}
	}
	i.suffered[endpoint][f.fault]++
	return f
}
