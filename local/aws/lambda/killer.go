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
type killer struct {
	mu     sync.Mutex
	kill   Kill
	next   map[string][]Moment
	counts map[string]KillCounts
}

func newKiller(k Kill) *killer {
	return &killer{kill: k, next: make(map[string][]Moment), counts: make(map[string]KillCounts)}
}

// plannedKill is the planned kill of one invocation. The zero value is none.
type plannedKill struct {
	at    Moment
	after time.Duration // delay of WhileRunning
}

// decide draws from the seed, the function and the number of its invocations, so concurrent functions do not change
// each other's kills.
func (k *killer) decide(function string) *plannedKill {
	k.mu.Lock()
	defer k.mu.Unlock()
	t := k.counts[function]
	t.Invocations++
	k.counts[function] = t
	kill := k.kill
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", function, t.Invocations))
	dice := rand.New(rand.NewPCG(kill.Seed, binary.BigEndian.Uint64(sum[:])))
	var plan plannedKill
	if dice.Float64() < kill.Probability && (kill.Functions == nil || slices.Contains(kill.Functions, function)) {
		plan.at = kill.Moments[dice.IntN(len(kill.Moments))]
	}
	if next := k.next[function]; len(next) > 0 {
		plan.at, k.next[function] = next[0], next[1:]
	}
	plan.after = time.Duration(dice.Int64N(int64(kill.Within) + 1))
	return &plan
}

// count counts a kill.
func (k *killer) count(function string, at Moment) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t := k.counts[function]
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
	k.counts[function] = t
}

// killNow kills the instance, unless it was killed for this invocation already, and returns the error of a crash.
func (p *pool) killNow(i *instance, inv *invocation, at Moment) error {
	at = i.markKilled(inv, at)
	i.kill()
	p.discard(i)
	p.killer.count(p.fn.Name, at)
	p.log.line(i.out.prefix, []byte("killed on purpose, "+at.String()))
	return p.logEnd(i, crashError(p.fn, inv.id, i.status))
}

// markKilled records the moment of the first kill of an invocation and returns it.
func (i *instance) markKilled(inv *invocation, at Moment) Moment {
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
func (i *instance) killBeforeAnswer(id string) bool {
	i.mu.Lock()
	inv := i.current
	i.mu.Unlock()
	if inv == nil || inv.id != id || (inv.plan.at != BeforeAnswer && inv.plan.at != WhileRunning) {
		return false
	}
	i.markKilled(inv, BeforeAnswer)
	i.kill()
	return true
}
