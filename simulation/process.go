package simulation

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"time"
)

// lambdaLife is the life of an invocation. At its end the process is killed wherever it is.
const lambdaLife = 28 * time.Second

// process is an invocation: a caller's request, a delivery of a notification, or a run of reconciliation. It runs on a
// coroutine and gives way at every call of a port.
type process struct {
	name          string
	deadline      time.Time
	coroutine     *coroutine
	yield         func(time.Time) bool
	dead          bool
	seen          seen
	skew          time.Duration // of its clock
	step          time.Duration // by which its clock will jump at the next call
	old           bool          // it runs the previous version
	answeredAbout string        // invoice of the last genuine answer of check status
	unpaid        string        // invoice of the last genuine answer that nothing was paid
	next          bool          // it runs the next version
}

// seen holds a process's last answers from DOKU, with the simulation's knowledge of them.
type seen struct {
	clean       string   // Request-Id of an attempt that certainly had no effect
	refused     string   // Request-Id of the attempt that DOKU has just refused in a readable answer
	spoilt      string   // Request-Id of the attempt whose answer did not fit the request
	statusAsked []string // invoices for which check status was asked
	expects     *int64   // refundable amount that the caller expects
}

// coroutine runs one process after another, so that its stack need not grow again for each.
type coroutine struct {
	next func() (time.Time, bool) // runs on and returns the time at which to go on; zero: the process has ended
	stop func()
	work func(yield func(time.Time) bool)
}

func newCoroutine() *coroutine {
	c := &coroutine{}
	c.next, c.stop = iter.Pull(func(yield func(time.Time) bool) {
		for {
			c.work(yield)
			if !yield(time.Time{}) {
				return
			}
		}
	})
	return c
}

// killed is the panic value that unwinds the stack of a killed process.
type killed struct{}

// virtualContext gives the use cases the end of their invocation in virtual time.
type virtualContext struct {
	context.Context
	end time.Time
}

func (d virtualContext) Deadline() (time.Time, bool) { return d.end, true }

// start begins a process now. ended, if set, is called at its end; dead is set if it was killed.
func (w *World) start(name string, work func(ctx context.Context), ended func(dead bool)) {
	w.started++
	p := &process{name: name + "#" + strconv.Itoa(w.started), deadline: w.now.Add(lambdaLife), next: w.rolledOut()}
	if last := len(w.idle) - 1; last >= 0 {
		p.coroutine, w.idle = w.idle[last], w.idle[:last]
	} else {
		p.coroutine = newCoroutine()
	}
	p.coroutine.work = func(yield func(time.Time) bool) {
		ctx, cancel := context.WithCancel(context.Background())
		defer func() {
			cancel()
			if r := recover(); r != nil {
				if _, ok := r.(killed); !ok {
					panic(r)
				}
				p.dead = true
			}
		}()
		p.yield = yield
		work(virtualContext{ctx, p.deadline})
	}
	w.live = append(w.live, p)
	if f := w.strike(starting, nil); f != nil {
		w.afflict(p, f)
	}
	w.resume(p, ended)
}

// afflict gives a process its fault: a clock that is off by seconds, as a real machine's may be, or another version.
func (w *World) afflict(p *process, f *fault) {
	off := time.Duration(w.dice.IntN(16_000)-8000) * time.Millisecond
	switch f.name {
	case "clock_skew":
		p.skew = off
	case "clock_step":
		p.skew, p.step = -off, off
	case "old_writer", "new_writer": // never both: versions that are not neighbours do not meet
		if w.version == "" {
			w.version = f.name
		}
		p.old, p.next = w.version == "old_writer", w.version == "new_writer"
	}
	w.note(p.name, f.name)
}

// clock returns the time by the clock of the current process.
func (w *World) clock() time.Time {
	if w.current == nil {
		return w.now
	}
	return w.now.Add(w.current.skew)
}

// resume runs a process to its next call of a port.
func (w *World) resume(p *process, ended func(dead bool)) {
	w.current = p
	wake, _ := p.coroutine.next()
	w.current = nil
	if !wake.IsZero() {
		w.queue.put(wake, func() { w.resume(p, ended) })
		return
	}
	w.idle = append(w.idle, p.coroutine)
	w.live = slices.DeleteFunc(w.live, func(other *process) bool { return other == p })
	if w.broken == nil && ended != nil {
		ended(p.dead)
	}
}

// wait gives way for a while, in which other processes run. A process whose life ends meanwhile is killed.
func (w *World) wait(d time.Duration) {
	p := w.current
	wake := w.now.Add(d)
	expires := wake.After(p.deadline)
	if expires {
		wake = p.deadline
	}
	if !p.yield(wake) {
		panic(killed{})
	}
	p.skew, p.step = p.skew+p.step, 0
	if expires {
		w.kill("at the end of its time")
	}
}

func (w *World) kill(when string) {
	w.stats.Kills++
	w.stats.Classes[KillsAndClocks]++
	w.note("KILLED", when)
	panic(killed{})
}

// stopAll ends the coroutines, also those that a violation has left running.
func (w *World) stopAll() {
	for _, p := range w.live {
		p.coroutine.stop()
	}
	for _, c := range w.idle {
		c.stop()
	}
}
