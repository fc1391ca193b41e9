package simulation

import "slices"

// Class is a class of fault, numbered as in docs/faults.md.
type Class int

// The classes of docs/faults.md.
const (
	NoAnswer Class = iota + 1
	ForeignAnswer
	ForeignBody
	WrongSignature
	LateArrival
	DeliveredTwice
	ShortMemory
	RefusedRepeat
	FailedOrPending
	CheckStatus
	Notifications
	WrongAnswer
	DOKUDown
	BackOffice
	Chargebacks
	TwoPeople
	Operators
	Settings
	KillsAndClocks
	Database
	Streams
	Load
	Versions
	SharedAccount
	classes
)

var classNames = [classes]string{
	"", "no-answer", "foreign-answer", "foreign-body", "wrong-signature", "late-arrival", "delivered-twice",
	"short-memory", "refused-repeat", "failed-or-pending", "check-status", "notifications", "wrong-answer",
	"doku-down", "back-office", "chargebacks", "two-people", "operators", "settings", "kills-and-clocks", "database",
	"streams", "load", "versions", "shared-account",
}

func (c Class) String() string { return classNames[c] }

// Simulated reports whether the simulation has faults of a class.
func (c Class) Simulated() bool { return c > 0 && c < classes }

// ClassOf returns the class with a name; ok is false if there is none.
func ClassOf(name string) (c Class, ok bool) {
	i := slices.Index(classNames[:], name)
	return Class(i), i > 0
}

// fault is one thing that goes wrong.
type fault struct {
	name  string
	class Class
	on    port
	when  func(d *DOKU, s *dokuRequest) bool        // reports whether the fault makes sense now; nil: always
	do    func(d *DOKU, s *dokuRequest, p *passage) // carries it out; nil: the caller of strike acts on its name
	id    int
}

// Places where a fault can strike, in addition to the ports of the use cases.
const (
	indexRead port = iota + dokuRead + 1
	notifying      // DOKU notifies
	asking         // a caller is about to ask for a refund
	starting       // a process starts
	parking        // an operation is parked
	recording      // the stream hands on a write
	beginning      // a caller is about to ask for a page
	deciding       // a conflict is new
	recordingManual
	clicking      // money was taken, and people in the Back Office look at it
	holding       // the same of an authorisation
	recordingMove // a person learns of a move in the Back Office
	settling      // a settlement report is made
	reporting     // DOKU notifies of what they did
	places
)

// faults lists all faults. A fault that can strike in several places is listed once for each.
var faults []*fault

// faultsAt lists the faults by place and class.
var faultsAt [places][classes][]*fault

var faultNames []string

func init() {
	all := slices.Concat(wireFaults(), dokuFaults(), reportFaults(), clickFaults(), otherFaults())
	for i := range all {
		f := &all[i]
		f.id = slices.Index(faultNames, f.name)
		if f.id < 0 {
			f.id = len(faultNames)
			faultNames = append(faultNames, f.name)
		}
		faults = append(faults, f)
		faultsAt[f.on][f.class] = append(faultsAt[f.on][f.class], f)
	}
	for _, f := range lastingFaults {
		faultNames = append(faultNames, f.name)
	}
	if len(faultNames) > maxFaults {
		panic("Stats has no room for so many faults")
	}
}

// FaultNames lists the faults of a class.
func FaultNames(of Class) []string {
	var names []string
	for _, f := range faults {
		if f.class == of && !slices.Contains(names, f.name) {
			names = append(names, f.name)
		}
	}
	for _, f := range lastingFaults {
		if f.class == of {
			names = append(names, f.name)
		}
	}
	return names
}

// otherFaults lists the faults that do not strike on the way to DOKU.
func otherFaults() []fault {
	var all []fault
	add := func(c Class, at []port, names ...string) {
		for _, name := range names {
			for _, p := range at {
				all = append(all, fault{name: name, class: c, on: p})
			}
		}
	}
	add(TwoPeople, []port{asking}, "two_people", "key_for_other_amount", "key_on_other_order")
	add(Operators, []port{asking}, "resolve_moved_on")
	add(Operators, []port{parking}, "resolve_wrong", "resolve_twice")
	add(Operators, []port{deciding}, "decide_wrong", "decide_twice", "decide_late", "decide_apart")
	add(Operators, []port{recordingManual}, "manual_wrong")
	add(Operators, []port{recordingMove}, "record_wrong", "record_twice", "record_other_body", "record_other_order")
	add(Operators, []port{beginning}, "closed")
	add(KillsAndClocks, []port{starting}, "clock_skew", "clock_step")
	add(Versions, []port{starting}, "old_writer", "new_writer")
	add(Database, []port{storeRead, storeWrite}, "throttled", "timed_out_before")
	add(Database, []port{storeWrite}, "timed_out_after", "timed_out_late", "own_conflict")
	add(Database, []port{indexRead}, "index_lag", "index_empty")
	add(Streams, []port{recording}, "redelivered", "out_of_order", "batch_in_part")
	seldom := func(d *DOKU, _ *dokuRequest) bool { return d.w.schedule.Fault != "" || d.w.chance(150) } // it takes long
	return append(all, fault{name: "burst", class: Load, on: asking, when: seldom})
}

// lastingFaults are drawn for a whole schedule and not for one call. One in so many schedules that draw the class has
// the fault.
var lastingFaults = []struct {
	name  string
	class Class
	one   int
}{
	{"forget", ShortMemory, 2},
	{"down", DOKUDown, 3},
	{"trust_zero", Settings, 5}, {"trust_short", Settings, 5}, {"resend_short", Settings, 5},
	{"wrong_status_path", Settings, 25}, {"wrong_key", Settings, 5},
	{"due_pages", Load, 6}, {"paid_elsewhere", SharedAccount, 2},
	{"captures_refused", FailedOrPending, 7},
	{"writes_fail", Database, 4},
	{"never_signs", WrongSignature, 6}, {"never_signs_errors", WrongSignature, 6},
	{"never_signs_answers_to_get", WrongSignature, 6},
}

// classRate is the rate at which the faults of a class strike.
type classRate struct {
	class Class
	rate  int // out of 1,000
}

// strike draws a fault for a place, or nil. The caller carries it out, unless the fault has a do function.
func (w *World) strike(at port, s *dokuRequest) *fault {
	if w.calm() {
		return nil
	}
	if w.schedule.Fault != "" {
		return w.strikeOnce(at, s)
	}
	for _, a := range w.classRates {
		list := faultsAt[at][a.class]
		rate := a.rate
		if at == dokuAsk { // these calls are few and matter most
			rate *= 2
		}
		if len(list) == 0 || w.dice.IntN(1000) >= rate {
			continue
		}
		f := list[w.dice.IntN(len(list))]
		if f.when == nil || f.when(w.gateway, s) {
			w.hit(f)
			return f
		}
	}
	return nil
}

// strikeOnce lets the schedule's only fault happen once, at one of the first moments at which it can.
func (w *World) strikeOnce(at port, s *dokuRequest) *fault {
	if w.faultAt < 0 {
		return nil
	}
	for _, f := range faults {
		if f.on != at || f.name != w.schedule.Fault || f.when != nil && !f.when(w.gateway, s) {
			continue
		}
		w.faultAt--
		if w.faultAt < 0 {
			w.hit(f)
			return f
		}
		return nil
	}
	return nil
}

func (w *World) hit(f *fault) {
	w.stats.Classes[f.class]++
	w.stats.Hits[f.id]++
	w.stats.Faults++
}

// hitNamed counts a fault that is not drawn by strike.
func (w *World) hitNamed(class Class, name string) {
	w.stats.Classes[class]++
	w.stats.Hits[faultID(name)]++
	w.stats.Faults++
}
