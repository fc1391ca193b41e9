package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"time"

	"kasir/bench/event"
	"kasir/bench/host"
)

// warm measures the answers after the first. The processes run on, as environments do, and answer in turns, many
// events at a time: a turn then has its share of garbage collection.
func (b *bench) warm(ctx context.Context, all []*contender) error {
	for _, c := range all {
		c.running = &processes{map[string]*host.Process{}, b.sourceFor(c.env)}
		defer c.running.stop()
		for _, name := range compared {
			p, err := host.Start(ctx, b.program(cmp.Or(c.program, name)), c.envOf(name), nil)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			c.running.byName[name] = p
		}
	}
	for turn := range b.count(40, 3) + 1 { // the first warms everybody
		for _, i := range rand.Perm(len(all)) {
			for _, name := range compared {
				if err := all[i].answer(ctx, name, turn); err != nil {
					return fmt.Errorf("%s: %w", all[i].name, err)
				}
			}
		}
	}
	return nil
}

// answer takes one turn.
func (c *contender) answer(ctx context.Context, name string, turn int) error {
	before, err := c.running.byName[name].CPU()
	var total time.Duration
	for n := 0; n < warmCalls && err == nil; n++ {
		step := event.Step{Case: name, Invoice: fmt.Sprintf("WARM-%02d-%04d-%02d", c.number, turn, n)}
		var took time.Duration
		took, err = c.running.invoke(ctx, step, turn*warmCalls+n)
		total += took
	}
	after, unread := c.running.byName[name].CPU()
	if turn > 0 {
		c.add(name+warm, ms(total)/warmCalls)
		c.add(name+warmCPU, ms(after-before)/warmCalls)
	}
	return errors.Join(err, unread)
}

// add adds a figure of a round.
func (c *contender) add(figure string, value float64) {
	c.figures[figure] = append(c.figures[figure], value)
}

// envOf returns the environment for a case, which a peer that does both must know.
func (c *contender) envOf(name string) map[string]string {
	env := maps.Clone(c.env)
	env["BENCH_CASE"] = name
	return env
}
