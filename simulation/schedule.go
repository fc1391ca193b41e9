package simulation

import (
	"fmt"
	"strings"
	"time"
)

// Schedule decides a simulation. Everything that is not given is drawn from the seed.
type Schedule struct {
	Seed uint64
	Keep bool // the trace's lines

	Quiet     bool          // no faults but those given here
	KillAt    []int         // points at which the process is killed; point 2k is before the effect of call k, 2k+1 after it
	Memory    time.Duration // how long DOKU remembers a Request-Id; 0 draws it, Forever is for ever
	Prompt    bool          // R5: money must be known in time
	Silent    bool          // every notification is lost
	DownFrom  time.Duration // DOKU cannot be reached from here
	DownUntil time.Duration

	Trust       time.Duration // drawn: half of DOKU's memory
	AutoCapture time.Duration // drawn
	Small       bool          // two orders, both made by us

	losses, repeats, lateness int // of notifications, out of 1,000; drawn
}

// Forever is the memory of a DOKU that never forgets.
const Forever = 1 << 62 * time.Nanosecond

func (s Schedule) replay() string {
	args := []string{fmt.Sprintf("-seed=%d", s.Seed)}
	if s.Quiet {
		args = append(args, "-quiet")
	}
	if s.Small {
		args = append(args, "-small")
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

// draw fills in what the schedule leaves to the seed.
func (w *World) draw() {
	s := &w.schedule
	if s.Memory == 0 {
		s.Memory = pick(w, time.Hour, 2*time.Hour, 24*time.Hour, Forever)
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
	if s.Quiet {
		w.calmAt = epoch
		if s.DownUntil > 0 {
			w.calmAt = epoch.Add(s.DownUntil)
		}
		return
	}
	w.calmAt = epoch.Add(pick(w, 10*time.Minute, 3*time.Hour, 3*time.Hour, 8*time.Hour, 8*time.Hour, 30*time.Hour, 30*time.Hour, 9*24*time.Hour))
	if s.DownUntil == 0 && w.dice.IntN(5) == 0 {
		s.DownFrom = pick(w, time.Duration(w.dice.IntN(120))*time.Second, time.Duration(w.dice.IntN(90))*time.Minute)
		s.DownUntil = s.DownFrom + pick(w, time.Minute, 20*time.Minute, 2*time.Hour, 26*time.Hour)
	}
	w.drawRates()
}

// drawRates chooses how often what goes wrong in this schedule: in many nothing but one kind of fault, in others all.
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
		if p == dokuPage { // else little would ever be paid
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

// pick chooses one of several, each as likely as the other; name one twice to make it likelier.
func pick[T any](w *World, of ...T) T { return of[w.dice.IntN(len(of))] }

// chance is true in n of 1,000 cases.
func (w *World) chance(n int) bool { return w.dice.IntN(1000) < n }
