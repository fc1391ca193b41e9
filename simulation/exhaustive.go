package simulation

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Exhaustive kills a process at every point of a scenario, one run for each point; with pairs, at every pair of points.
// It returns the number of runs and the first run that violated an invariant.
func Exhaustive(scenario Schedule, pairs bool) (runs int, failed *Failure) {
	calm := Run(scenario)
	if calm.Violation != nil {
		return 1, &Failure{scenario, calm.Violation}
	}
	runs = 1
	for i := range calm.Points {
		s := scenario
		s.KillAt = []int{i}
		once := Run(s)
		runs++
		if once.Violation != nil {
			return runs, &Failure{s, once.Violation}
		}
		if !pairs {
			continue
		}
		for j := i + 1; j < once.Points; j++ {
			s.KillAt = []int{i, j}
			twice := Run(s)
			runs++
			if twice.Violation != nil {
				return runs, &Failure{s, twice.Violation}
			}
		}
	}
	return runs, nil
}

// Scenario returns two orders without faults, to be crashed. Seeds differ in the acts of callers and customers and in
// the order of calls. In every fourth no notification arrives.
func Scenario(seed uint64) Schedule {
	return Schedule{Seed: seed, Quiet: true, Small: true, Silent: seed%4 == 0}
}

// ExhaustiveSweep runs Exhaustive for many scenarios, one on each core at a time.
func ExhaustiveSweep(scenarios int, pairs bool, progress func(done, runs int)) (runs int, failed *Failure) {
	var next, finished, count atomic.Int64
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := int(next.Add(1)); i <= scenarios; i = int(next.Add(1)) {
				took, failure := Exhaustive(Scenario(uint64(i)), pairs)
				count.Add(int64(took))
				mu.Lock()
				if failure != nil && failed == nil {
					failed = failure
					next.Store(int64(scenarios))
				}
				progress(int(finished.Add(1)), int(count.Load()))
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return int(count.Load()), failed
}
