package simulation

import (
	"fmt"
	"strings"
	"time"
)

// Schedule decides a simulation. Values that are not given are drawn from the seed.
type Schedule struct {
	Seed uint64
	Keep bool // keep the trace's lines

	Quiet     bool          // no faults except those given here
	KillAt    []int         // points at which the process is killed: 2k is before the effect of call k, 2k+1 after it
	Memory    time.Duration // how long DOKU remembers a Request-Id; 0 draws it
	Prompt    bool          // R5: money must be known in time
	Silent    bool          // every notification is lost
	DownFrom  time.Duration // DOKU cannot be reached from here
	DownUntil time.Duration

	Only  Class  // faults of this class and no others; 0 draws five
	Fault string // this fault once and no other
	Lossy bool   // answers are lost too
	Jam   bool   // a refund in doubt, many due pages and a slow DOKU
	Burst int    // number of refunds at once

	Trust       time.Duration // drawn: half of DOKU's memory
	Resend      time.Duration // drawn; 0 is the default of the use cases
	AutoCapture time.Duration // drawn
	Small       bool          // two orders, both with pages made by kasir

	losses, repeats, lateness int // rates of notifications out of 1,000; drawn
	statusPath                string
	pathFixedAt               time.Duration // when somebody corrects a wrong path
	capturesRefused           bool          // DOKU refuses every capture
	writesFail                bool          // writes fail for 40 s after some answers of DOKU
	deaf                      bool          // no connection is possible while DOKU is down
	keyUntil                  time.Duration // until then kasir's key is not DOKU's
	neverSigned               string
	decoys                    int
	memoryGiven               bool // Memory was not drawn
	elsewhere                 bool // somebody else's page of the first order's number is paid
}

// Forever is the Memory of a DOKU that never forgets.
const Forever = 1 << 62 * time.Nanosecond

func (s Schedule) replay() string {
	args := []string{fmt.Sprintf("-seed=%d", s.Seed)}
	if s.Quiet {
		args = append(args, "-quiet")
	}
	if s.Small {
		args = append(args, "-small")
	}
	if s.Only != 0 {
		args = append(args, "-class="+s.Only.String())
	}
	if s.Fault != "" {
		args = append(args, "-fault="+s.Fault)
	}
	if s.Lossy {
		args = append(args, "-lossy")
	}
	if s.Jam {
		args = append(args, "-jam")
	}
	if s.Burst > 0 {
		args = append(args, fmt.Sprintf("-burst=%d", s.Burst))
	}
	if len(s.KillAt) > 0 {
		args = append(args, "-kill="+strings.Trim(strings.ReplaceAll(fmt.Sprint(s.KillAt), " ", ","), "[]"))
	}
	if s.Silent {
		args = append(args, "-silent")
	}
	if s.Prompt {
		args = append(args, fmt.Sprintf("-prompt -down-from=%s -down-until=%s", s.DownFrom, s.DownUntil))
	}
	if s.Memory != 0 {
		args = append(args, fmt.Sprintf("-memory=%s", s.Memory))
	}
	return "go test ./simulation -run TestReplay -v -args " + strings.Join(args, " ")
}

// draw draws the values that the schedule leaves to the seed.
func (w *World) draw() {
	s := &w.schedule
	if s.memoryGiven = s.Memory != 0; !s.memoryGiven {
		s.Memory = pick(w, time.Hour, time.Hour, 2*time.Hour, 2*time.Hour, Forever, Forever, 24*time.Hour)
	}
	if s.Trust == 0 {
		s.Trust = s.Memory / 2
		if s.Memory == Forever {
			s.Trust = time.Hour
		}
	}
	if s.AutoCapture == 0 && w.dice.IntN(4) == 0 {
		s.AutoCapture = 24 * time.Hour
	}
	if s.Jam {
		s.Trust, s.AutoCapture, w.calmAt = jamTrust, 0, epoch
		return
	}
	if s.Burst > 0 {
		s.AutoCapture, w.calmAt = 0, epoch
		return
	}
	if s.Quiet {
		w.calmAt = epoch
		if s.DownUntil > 0 {
			w.calmAt = epoch.Add(s.DownUntil)
		}
		return
	}
	w.calmAt = epoch.Add(pick(w, 10*time.Minute, 3*time.Hour, 3*time.Hour, 8*time.Hour, 8*time.Hour, 30*time.Hour,
		30*time.Hour, 9*24*time.Hour))
	switch {
	case s.Fault != "", s.Only == 0 && w.chance(100):
		w.drawOneFault()
	case s.Only != 0:
		w.drawClass(s.Only)
		if s.Lossy {
			w.rates.add(dokuAsk, failAfter, 3000)
			w.rates.add(dokuAsk, failBefore, 2000)
		}
	default:
		w.drawDown()
		w.drawRates()
		w.drawClasses()
	}
}

// drawOneFault draws the only fault of a schedule, and the number of opportunities that pass before it.
func (w *World) drawOneFault() {
	if w.schedule.Fault == "" {
		w.schedule.Fault = faultNames[w.dice.IntN(len(faultNames))]
	}
	w.faultAt = w.dice.IntN(5)
	for _, f := range lastingFaults {
		if f.name == w.schedule.Fault {
			w.applyLasting(f.name, f.class)
		}
	}
	w.calmAt = epoch.Add(9 * 24 * time.Hour)
}

// drawClasses draws five classes of fault. Classes that strike only a repeat or a first request are likelier.
func (w *World) drawClasses() {
	for len(w.classRates) < 5 {
		c := Class(1 + w.dice.IntN(int(classes)-1))
		if w.chance(200) {
			c = pick(w, RefusedRepeat, RefusedRepeat, FailedOrPending, ShortMemory, Operators, WrongAnswer, Database)
		}
		if c.Simulated() && !w.has(c) {
			w.drawClass(c)
		}
	}
}

func (w *World) has(c Class) bool {
	for _, a := range w.classRates {
		if a.class == c {
			return true
		}
	}
	return false
}

// drawClass draws the rate of a class, and perhaps a fault of the class that lasts for the whole schedule.
func (w *World) drawClass(c Class) {
	rate := 10 + w.dice.IntN(291)
	// they strike only repeats, or calls that move money
	if c == ShortMemory || c == RefusedRepeat || c == FailedOrPending {
		rate += 150
	}
	if c == BackOffice || c == Chargebacks { // a payment offers few opportunities
		rate += 400
	}
	w.classRates = append(w.classRates, classRate{c, rate})
	for _, f := range lastingFaults {
		if f.class == c && w.dice.IntN(f.one) == 0 {
			w.applyLasting(f.name, c)
			return
		}
	}
}

// applyLasting applies a fault that lasts for the whole schedule.
func (w *World) applyLasting(name string, c Class) {
	s := &w.schedule
	switch name {
	case "forget": // counted when DOKU forgets
		if s.memoryGiven {
			return
		}
		s.Memory = pick(w, 0, 10*time.Second, 2*time.Minute, s.Trust/2)
		s.Trust = max(s.Trust, 4*time.Minute)
		return
	case "down":
		w.drawDownFrom()
	case "trust_zero":
		s.Trust = 0
	case "trust_short":
		s.Resend, s.Trust = 30*time.Second, pick(w, 31*time.Second, time.Minute, 4*time.Minute)
	case "resend_short":
		s.Resend = 30 * time.Second
	case "wrong_status_path":
		s.statusPath, s.decoys = "/orders/v9/status", 0
		s.pathFixedAt = pick(w, 26*time.Hour, 26*time.Hour, 26*time.Hour, 26*time.Hour, 3*24*time.Hour)
	case "wrong_key":
		s.keyUntil = 2*time.Minute + pick(w, time.Hour, 2*time.Hour, 5*time.Hour)
	case "writes_fail":
		s.writesFail = true
	case "captures_refused":
		s.capturesRefused, s.AutoCapture = true, 24*time.Hour
	case "due_pages":
		if s.statusPath == "" { // otherwise it takes long
			s.decoys = 4 + w.dice.IntN(3)
		}
	case "paid_elsewhere": // counted at the payment
		s.elsewhere = true
		return
	default:
		s.neverSigned = name
	}
	w.hitNamed(c, name)
}

// drawDown makes DOKU unreachable in some schedules.
func (w *World) drawDown() {
	if w.schedule.DownUntil == 0 && w.dice.IntN(5) == 0 {
		w.drawDownFrom()
	}
}

func (w *World) drawDownFrom() {
	s := &w.schedule
	s.DownFrom = pick(w, time.Duration(w.dice.IntN(120))*time.Second, time.Duration(w.dice.IntN(90))*time.Minute)
	s.DownUntil = s.DownFrom + pick(w, time.Minute, time.Minute, 20*time.Minute, 20*time.Minute, time.Hour,
		2*time.Hour, 2*time.Hour, 4*time.Hour)
	s.deaf = w.dice.IntN(3) == 0
	if w.chance(15) { // TestOutage has many of these
		s.DownUntil = s.DownFrom + 26*time.Hour
	}
}

// drawRates draws the rates of fates. Many schedules have only one kind of fate, others have all.
func (w *World) drawRates() {
	unknown := pick(w, 0, 0, 300, 300, 1000, 1000, 3000, 9000)
	if unknown == 9000 && w.calmAt.Sub(epoch) > 30*time.Hour {
		w.calmAt = epoch.Add(30 * time.Hour)
	}
	kill := pick(w, 0, 50, 200, 500, 1000)
	fail := pick(w, 0, 50, 200, 1000)
	refusals := pick(w, 0, 0, 300, 1000)
	unread := pick(w, 0, 0, 300, 2000)
	for _, p := range []port{storeRead, storeWrite, dokuPage, dokuAsk, dokuRead} {
		w.rates.add(p, killBefore, kill/2)
		w.rates.add(p, killAfter, kill/2)
	}
	w.rates.add(storeRead, failBefore, fail)
	w.rates.add(storeWrite, failBefore, fail/3)
	w.rates.add(storeWrite, failAfter, fail/3)
	w.rates.add(storeWrite, failLate, fail/6)
	w.rates.add(storeWrite, twice, fail/6)
	for _, p := range []port{dokuPage, dokuAsk} {
		lost := unknown
		if p == dokuPage { // otherwise few orders would be paid
			lost = unknown / 2
		}
		w.rates.add(p, failBefore, lost/3)
		w.rates.add(p, failAfter, lost/2)
		w.rates.add(p, failLate, lost/6)
		w.rates.add(p, refuse, refusals)
		w.rates.add(p, unprocessed, unread)
	}
	w.rates.add(dokuRead, failBefore, pick(w, 0, 300, 3000))
	w.rates.add(dokuRead, unprocessed, unread)
}

// pick returns one of several values with equal chances. Name a value twice to make it likelier.
func pick[T any](w *World, of ...T) T { return of[w.dice.IntN(len(of))] }

// chance reports true in n of 1,000 cases.
func (w *World) chance(n int) bool { return w.dice.IntN(1000) < n }
