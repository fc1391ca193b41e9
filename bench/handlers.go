package main

import (
	"context"
	"fmt"
)

// Budget P2, of notify.
const (
	mostAddedTime   = 60.0 // µs
	mostAddedAllocs = 60.0
)

// handlers runs the benchmark in each function's folder: its handler without Lambda, on a store in memory.
func (b *bench) handlers(ctx context.Context) error {
	for _, name := range functions() {
		if name == "reconcile" || name == "publish" { // the work of the one is what is due, see growth; of the other, EventBridge's
			continue
		}
		tell("      handler of %s", name)
		rounds, err := b.gobench(ctx, "./functions/"+name, b.count(10, 2), b.count(300, 30))
		if err != nil {
			return err
		}
		own, greeting := rounds["Function/Handler"], rounds["Function/Hello"]
		time := median(differences(own.micros, greeting.micros)).Center
		allocs := median(differences(own.allocs, greeting.allocs)).Center
		r := row{
			what: "handler of " + name + " over hello's, store in memory", measured: fmt.Sprintf("+%.0f µs, +%.0f allocs", time, allocs),
			ratio: times(median(ratios(own.micros, greeting.micros)).Center),
		}
		if name == "notify" {
			r.budget, r.limit = "P2", fmt.Sprintf("+%.0f µs, +%.0f allocs", mostAddedTime, mostAddedAllocs)
			r.held = time <= mostAddedTime && allocs <= mostAddedAllocs
		}
		b.report.add(r)
	}
	return nil
}
