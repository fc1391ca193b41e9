package simulation

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Failure is a schedule that violated an invariant.
type Failure struct {
	Schedule  Schedule
	Violation *Violation
}

// Sweep runs many schedules, one on each core at a time. schedule returns the i-th. progress is called now and then, by
// one goroutine at a time. Sweep ends early at the first violation and returns the earliest that it found.
func Sweep(n int, schedule func(i int) Schedule, progress func(done int)) (Stats, *Failure) {
	var next, done atomic.Int64
	var mu sync.Mutex
	var total Stats
	var failed *Failure
	failedAt := n
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			var mine Stats
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					break
				}
				s := schedule(i)
				r := Run(s)
				mine.Add(r.Stats)
				if r.Violation != nil {
					next.Store(int64(n))
					mu.Lock()
					if i < failedAt {
						failed, failedAt = &Failure{s, r.Violation}, i
					}
					mu.Unlock()
				}
				if finished := done.Add(1); finished%1000 == 0 && progress != nil {
					mu.Lock()
					progress(int(finished))
					mu.Unlock()
				}
			}
			mu.Lock()
			total.Add(mine)
			mu.Unlock()
		})
	}
	workers.Wait()
	return total, failed
}
