package simulation

import "fmt"

// Stats counts what happened in one or many simulations.
type Stats struct {
	Schedules, Steps, Kills, Faults, Notifications, Lost, Reconciles, Parked, Captures, Refunds, Paid int64
}

// Add sums up.
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
}

func (s Stats) String() string {
	return fmt.Sprintf("%d boundaries, %d kills, %d faults, %d runs of reconciliation; %d payments, %d captures, %d refunds; %d notifications (%d deliveries lost); %d parked",
		s.Steps, s.Kills, s.Faults, s.Reconciles, s.Paid, s.Captures, s.Refunds, s.Notifications, s.Lost, s.Parked)
}
