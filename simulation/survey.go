package simulation

import (
	"cmp"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Found is a kind of violation and its count.
type Found struct {
	Invariant, What string
	Times           int
	Seeds           []uint64 // the first twelve
}

var varying = regexp.MustCompile(
	`told that [a-z0-9]+ of|refund-[0-9a-f]+|INV-[0-9]+|DECOY-[0-9]+|\b[a-z2-7]{32}\b|[0-9]+`)

// Survey runs many schedules to their ends and counts the violations by kind.
func Survey(n int, schedule func(i int) Schedule) (Stats, []Found) {
	var next atomic.Int64
	var mu sync.Mutex
	var total Stats
	kinds := map[string]*Found{}
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				s := schedule(i)
				r := Run(s)
				mu.Lock()
				total.Add(r.Stats)
				if v := r.Violation; v != nil {
					kind := v.Invariant + " " + varying.ReplaceAllString(v.What, "…")
					if kinds[kind] == nil {
						kinds[kind] = &Found{Invariant: v.Invariant, What: kind}
					}
					f := kinds[kind]
					f.Times++
					if len(f.Seeds) < 12 {
						f.Seeds = append(f.Seeds, s.Seed)
					}
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	var found []Found
	for _, f := range kinds {
		slices.Sort(f.Seeds)
		found = append(found, *f)
	}
	slices.SortFunc(found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.What, b.What))
	})
	return total, found
}
