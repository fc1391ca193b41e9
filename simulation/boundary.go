package simulation

import (
	"slices"
	"time"
)

// fate is the treatment that the schedule gives to one call of a port.
type fate int

const (
	fine        fate = iota
	killBefore       // the process dies before the call has its effect
	killAfter        // the process dies after the effect, before it reads the answer
	failBefore       // the call fails and had no effect
	failAfter        // the call fails, but had its effect
	failLate         // the call fails and has its effect a little later
	twice            // the transport sends the call twice and returns the second answer
	refuse           // DOKU refuses for good
	unprocessed      // DOKU rejects the call without reading it
)

var fateNames = [...]string{"", "killed before", "killed after", "failed, no effect", "failed, but applied",
	"failed, applied later", "sent twice", "refused", "turned away"}

// port is a kind of call. Each kind fails in its own ways.
type port int

const (
	storeRead port = iota
	storeWrite
	dokuPage // makes a page
	dokuAsk  // moves money
	dokuRead // has no effect
)

// fateOf draws the fate of the next call.
func (w *World) fateOf(p port) fate {
	w.stats.Steps++
	w.points += 2
	if len(w.schedule.KillAt) > 0 {
		if slices.Contains(w.schedule.KillAt, w.points-2) {
			return killBefore
		}
		if slices.Contains(w.schedule.KillAt, w.points-1) {
			return killAfter
		}
	}
	if w.calm() {
		return fine
	}
	if p >= dokuPage && w.down() {
		w.stats.Faults++
		w.stats.Classes[DOKUDown]++
		return failBefore
	}
	f := w.rates.draw(p, w.dice.IntN(10_000))
	switch {
	case f == fine && p < dokuPage:
		return w.storeFate(p)
	case f == fine, f == killBefore, f == killAfter:
		return f
	case p < dokuPage:
		w.stats.Classes[Database]++
	case f == failBefore, f == failAfter, f == failLate:
		w.stats.Classes[NoAnswer]++
	}
	w.stats.Faults++
	return f
}

// storeFate draws a fault of a class for a call of the store and returns its fate.
func (w *World) storeFate(p port) fate {
	if p == storeWrite && w.now.Before(w.writesFrom) {
		w.stats.Faults++
		return failBefore
	}
	f := w.strike(p, nil)
	if f == nil {
		return fine
	}
	switch f.name {
	case "timed_out_after":
		return failAfter
	case "timed_out_late":
		return failLate
	case "own_conflict":
		return twice
	}
	return failBefore // throttled, timed_out_before
}

// down reports whether DOKU cannot be reached.
func (w *World) down() bool {
	since := w.now.Sub(epoch)
	return since >= w.schedule.DownFrom && since < w.schedule.DownUntil
}

// rates holds, by port, chances out of 10,000. Each includes the chances before it.
type rates [places][]chance

type chance struct {
	upTo int
	fate fate
}

func (r *rates) add(p port, f fate, n int) {
	base := 0
	if last := len(r[p]); last > 0 {
		base = r[p][last-1].upTo
	}
	r[p] = append(r[p], chance{base + n, f})
}

func (r *rates) draw(p port, roll int) fate {
	for _, c := range r[p] {
		if roll < c.upTo {
			return c.fate
		}
	}
	return fine
}

// storeTime returns how long the store takes: mostly milliseconds, sometimes seconds.
func (w *World) storeTime() time.Duration {
	if w.schedule.Burst == 0 && w.dice.IntN(20) == 0 {
		return time.Duration(w.dice.IntN(2400)) * time.Millisecond
	}
	return time.Duration(1+w.dice.IntN(9)) * time.Millisecond
}

// dokuTime returns how long a request to DOKU or its answer travels: mostly fractions of a second, sometimes longer
// than any caller waits.
func (w *World) dokuTime() time.Duration {
	if w.schedule.Burst > 0 {
		return time.Duration(5+w.dice.IntN(8)) * time.Millisecond
	}
	if w.schedule.Jam && w.current != nil && w.now.Sub(epoch) > time.Minute {
		return 7500 * time.Millisecond
	}
	switch n := w.dice.IntN(40); {
	case n == 0 && !w.calm() && w.schedule.Fault == "":
		return time.Duration(w.dice.IntN(60_000)) * time.Millisecond
	case n < 4:
		return time.Duration(w.dice.IntN(12_000)) * time.Millisecond
	default:
		return time.Duration(10+w.dice.IntN(400)) * time.Millisecond
	}
}
