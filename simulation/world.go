// Package simulation runs the real use cases against a store in memory, an adversarial DOKU and a virtual clock, and
// checks that money moves once under all faults.
//
// One goroutine decides everything from one seed. A caller's request, a delivery of a notification and a run of
// reconciliation are coroutines that give way at every call of a port. There the schedule may kill them, fail the call
// before or after its effect, delay it or repeat it. The same seed gives the same trace, line by line.
package simulation

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// epoch is the beginning of every simulation. It lies in the far future, so that no real timer made from a virtual
// deadline fires.
var epoch = time.Date(2100, 3, 1, 10, 0, 0, 0, time.UTC)

const (
	pageLifetime   = time.Hour
	horizon        = 40 * 24 * time.Hour // end of a simulation; an authorisation lives 7 days
	operatorRounds = 8                   // in which operators settle open cases

	clientID  = "MCH-SIM-1"
	secretKey = "SK-simulated"
	target    = "/notifications"
)

// World is one simulation. Its schedule decides all events.
type World struct {
	schedule Schedule
	reported bool // a settlement report has told of everything
	dice     *rand.Rand
	rates    rates
	now      time.Time
	calmAt   time.Time // when faults stop
	queue    queue
	trace    trace

	current *process
	author  *process // process whose write is being applied

	writesFrom time.Time // before it, writes fail
	live       []*process
	idle       []*coroutine
	started    int // processes
	points     int // passed points at which a process could have been killed
	cronAt     time.Time
	runs       int // runs of reconciliation
	reads      int // Request-Ids given to calls that only read

	store   *Store
	gateway *DOKU
	service *payment.Service
	plans   []*plan

	classRates []classRate
	draft      draft
	faultAt    int              // opportunities that pass before the schedule's only fault
	doubts     map[string]doubt // by Request-Id
	version    string           // name of the other version that writes too
	newerAt    time.Time        // when the next version first wrote
	raised     map[string]bool
	told       map[string]bool   // kinds of attention, by invoice
	named      map[string]string // Request-Ids of refunds, by the names of their changes
	promises   []promise
	stats      Stats
	broken     *Violation
}

// Result is the outcome of a simulation.
type Result struct {
	Hash      uint64     // of the trace
	Points    int        // points at which a process could have been killed
	Lines     []string   // the trace, when the schedule asks for it
	Violation *Violation // nil: every invariant held
	Stats     Stats
}

// Run runs one schedule.
func Run(s Schedule) Result {
	w := newWorld(s)
	defer w.stopAll()
	for _, p := range w.plans {
		w.begin(p)
	}
	if s.Prompt && s.DownUntil > 0 {
		w.queue.put(epoch.Add(s.DownUntil+afterDown), w.checkAfterOutage)
	}
	w.setLoad()
	w.runToRest()
	if w.broken == nil {
		w.checkRest(false)
	}
	if w.broken == nil {
		w.settle()
		w.runToRest()
	}
	if w.broken == nil {
		w.checkRest(false)
	}
	resolved := false
	for round := 0; w.broken == nil && round < max(w.maxRounds(), operatorRounds) && w.operate(); round++ {
		resolved = true
		w.runToRest()
	}
	if w.broken == nil && resolved {
		w.checkRest(true)
	}
	w.stats.Schedules = 1
	return Result{Hash: w.trace.sum, Points: w.points, Lines: w.trace.lines, Violation: w.broken, Stats: w.stats}
}

func newWorld(s Schedule) *World {
	w := &World{schedule: s, dice: rand.New(rand.NewPCG(s.Seed, 0x6b61736972)), now: epoch, trace: newTrace(s.Keep)}
	w.doubts, w.raised, w.told = map[string]doubt{}, map[string]bool{}, map[string]bool{}
	w.store = newStore(w)
	w.draw()
	w.gateway = newDOKU(w)
	if w.schedule.Resend > 0 { // DOKU may work on a request for longer, so it must remember the Request-Id at once
		w.gateway.racy = false
	}
	client, err := doku.New(doku.Config{
		BaseURL: doku.Sandbox, ClientID: clientID, SecretKey: secretKey,
		HTTP: &http.Client{Transport: w.gateway}, Now: w.clock, Paths: doku.Paths{Status: w.schedule.statusPath},
	})
	if err != nil {
		panic(err)
	}
	w.service = &payment.Service{
		Store: w.store, DOKU: client, Now: w.clock, NewID: w.newID,
		Receiver: doku.Receiver{
			Keys: doku.Keyring{ClientID: clientID, Current: secretKey}, Target: target, Now: w.clock,
		},
		Merchant:    order.Merchant{Environment: "simulation", ClientID: clientID},
		TrustWindow: w.schedule.Trust, ResendAfter: w.schedule.Resend, AutoCaptureBefore: w.schedule.AutoCapture,
		Batches: w.store, PageLifetime: pageLifetime,
		CallbackHosts: []string{"shop.example"}, NotificationTarget: target,
		Pause: func(_ context.Context, most time.Duration) { w.wait(time.Duration(1 + w.dice.Int64N(int64(most)))) },
	}
	w.drawPlans()
	return w
}

// newID returns Request-Ids for calls that only read. They mean nothing to DOKU, but all differ.
func (w *World) newID() string {
	w.reads++
	return "read" + strconv.Itoa(w.reads)
}

// runToRest runs all events until none is left.
func (w *World) runToRest() {
	w.wakeReconciliation()
	for w.broken == nil {
		e, ok := w.queue.pop()
		if !ok || e.at.Sub(epoch) > horizon {
			return
		}
		w.now = e.at
		e.act()
		w.wakeReconciliation()
	}
}

// calm reports whether faults have stopped. From then on every order must end well.
func (w *World) calm() bool { return !w.now.Before(w.calmAt) }
