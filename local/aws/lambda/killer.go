package lambda

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// killer plans and counts the kills.
type reaper struct {
	mu    sync.Mutex
	kill  Kill
	next  map[string][]Moment
	tolls map[string]Toll
}

func newReaper(k Kill) *reaper {
	return &reaper{kill: k, next: make(map[string][]Moment), tolls: make(map[string]Toll)}
}

// plannedKill is the planned kill of one invocation. The zero value is none.
type doom struct {
	at    Moment
	after time.Duration // delay of WhileRunning
}

// decide draws from the seed, the function and the number of its invocations, so concurrent functions do not change
// each other's kills.
func (r *reaper) decide(function string) *doom {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tolls[function]
	t.Invocations++
	r.tolls[function] = t
	k := r.kill
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", function, t.Invocations))
	dice := rand.New(rand.NewPCG(k.Seed, binary.BigEndian.Uint64(sum[:])))
	var d doom
	if dice.Float64() < k.Probability && (k.Functions == nil || slices.Contains(k.Functions, function)) {
		d.at = k.Moments[dice.IntN(len(k.Moments))]
	}
	if next := r.next[function]; len(next) > 0 {
		d.at, r.next[function] = next[0], next[1:]
	}
	d.after = time.Duration(dice.Int64N(int64(k.Within) + 1))
	return &d
}

// count counts a kill.
func (r *reaper) count(function string, at Moment) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tolls[function]
	switch at {
	case BeforeEvent:
		t.BeforeEvent++
	case WhileRunning:
		t.WhileRunning++
	case BeforeAnswer:
		t.BeforeAnswer++
	case AfterAnswer:
		t.AfterAnswer++
	}
	r.tolls[function] = t
}

// killNow kills the instance, unless it was killed for this invocation already, and returns the error of a crash.
func (p *pool) murder(i *instance, inv *invocation, at Moment) error {
	at = i.condemn(inv, at)
	i.kill()
	p.discard(i)
	p.reaper.count(p.fn.Name, at)
	p.log.line(i.out.prefix, []byte("killed on purpose, "+at.String()))
	return p.say(i, crashed(p.fn, inv.id, i.status))
}

// markKilled records the moment of the first kill of an invocation and returns it.
func (i *instance) condemn(inv *invocation, at Moment) Moment {
	i.mu.Lock()
	defer i.mu.Unlock()
	if inv.killed == 0 {
		inv.killed = at
	}
	return inv.killed
}

func (i *instance) killedAt(inv *invocation) Moment {
	i.mu.Lock()
	defer i.mu.Unlock()
	return inv.killed
}

// killBeforeAnswer kills the process that is about to answer the event with this id, if that is planned.
func (i *instance) diesUnheard(id string) bool {
	i.mu.Lock()
	inv := i.current
	i.mu.Unlock()
	if inv == nil || inv.id != id || (inv.doom.at != BeforeAnswer && inv.doom.at != WhileRunning) {
		return false
	}
	i.condemn(inv, BeforeAnswer)
	i.kill()
	return true
}
