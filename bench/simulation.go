package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"kasir/simulation"
)

// leastSchedules is P7, on two cores.
const leastSchedules = 1500.0

// simulation counts the schedules a second. Its tests let the collector run as rarely.
func (b *bench) simulation(context.Context) error {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	schedules := b.count(20_000, 1_000)
	begin := time.Now()
	_, failed := simulation.Sweep(schedules, func(i int) simulation.Schedule { return simulation.Schedule{Seed: uint64(i + 1)} }, nil)
	if failed != nil {
		return errors.New(simulation.Report(failed.Schedule))
	}
	rate := float64(schedules) / time.Since(begin).Seconds()
	b.report.add(row{
		"P7", fmt.Sprintf("simulated schedules a second on %d cores", runtime.GOMAXPROCS(0)), fmt.Sprintf("%.0f", rate), "", fmt.Sprintf("%.0f", leastSchedules), rate >= leastSchedules,
	})
	return nil
}
