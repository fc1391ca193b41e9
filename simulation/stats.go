package simulation

import (
	"fmt"
	"strings"
)

const maxFaults = 160 // names of faults in Stats

// Stats counts events of one or many simulations.
type Stats struct {
	Schedules, Steps, Kills, Faults, Notifications, Lost, Reconciles, Parked, Captures, Refunds, Paid int64

	NextPages, SecondPayments, Decisions, Rejected, Closed, Moves, Reports int64

	Doubles int64            // effects outside the promise: DOKU forgot too soon, or a request was held up for hours
	Classes [classes]int64   // faults by class
	Hits    [maxFaults]int64 // faults of the classes, by name
}

// Add adds the counts of o.
func (s *Stats) Add(o Stats) {
	s.Schedules += o.Schedules
	s.Steps += o.Steps
	s.Kills += o.Kills
	s.Faults += o.Faults
	s.Notifications += o.Notifications
	s.Lost += o.Lost
	s.Reconciles += o.Reconciles
	s.Parked += o.Parked
	s.Captures += o.Captures
	s.Refunds += o.Refunds
	s.Paid += o.Paid
	s.Doubles += o.Doubles
	s.NextPages += o.NextPages
	s.SecondPayments += o.SecondPayments
	s.Decisions += o.Decisions
	s.Rejected += o.Rejected
	s.Closed += o.Closed
	s.Moves += o.Moves
	s.Reports += o.Reports
	for i, n := range o.Classes {
		s.Classes[i] += n
	}
	for i, n := range o.Hits {
		s.Hits[i] += n
	}
}

func (s Stats) String() string {
	return fmt.Sprintf("%d boundaries, %d kills, %d faults, %d runs of reconciliation; "+
		"%d payments, %d captures, %d refunds; %d next pages, %d second payments; "+
		"%d conflicts decided, %d orders closed, %d manual refunds rejected; "+
		"%d moves elsewhere, %d settlement reports; "+
		"%d notifications (%d deliveries lost); %d parked; %d done again beyond what is promised",
		s.Steps, s.Kills, s.Faults, s.Reconciles, s.Paid, s.Captures, s.Refunds,
		s.NextPages, s.SecondPayments, s.Decisions, s.Closed, s.Rejected, s.Moves, s.Reports,
		s.Notifications, s.Lost, s.Parked, s.Doubles)
}

// ByClass lists the faults that struck, one class on each line.
func (s Stats) ByClass() string {
	var b strings.Builder
	for c := Class(1); c < classes; c++ {
		if !c.Simulated() {
			continue
		}
		fmt.Fprintf(&b, "%2d %-18s %9d ", c, c, s.Classes[c])
		for _, name := range FaultNames(c) {
			fmt.Fprintf(&b, " %s %d", name, s.Hits[faultID(name)])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Missed lists the classes that struck fewer than n times.
func (s Stats) Missed(n int64) []Class {
	var missed []Class
	for c := Class(1); c < classes; c++ {
		if c.Simulated() && s.Classes[c] < n {
			missed = append(missed, c)
		}
	}
	return missed
}

func faultID(name string) int {
	for i, known := range faultNames {
		if known == name {
			return i
		}
	}
	return -1
}
