package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"

	"kasir/bench/event"
	"kasir/bench/standin"
)

// implementation is one way to write createpage and notify.
type implementation struct {
	name     string
	commands programs
	env      map[string]string
	file     string               // the program for Lambda
	figures  map[string][]float64 // µs
	memory   int64
	calls    []string
}

// compared lists the cases that all implementations have.
var compared = []string{"createpage", "notify"}

// peers measures the same work written the usual way, under the same Runtime API and against the same stand-ins.
func (b *bench) peers(ctx context.Context) error {
	world, err := standin.New(standin.DOKUAlone)
	if err != nil {
		return err
	}
	defer world.Close()
	bundle := filepath.Join(b.built, "peer.mjs")
	for _, args := range [][]string{{"ci", "--no-audit", "--no-fund"}, {"run", "bundle", "--", "--outfile=" + bundle}} {
		if err := b.command(ctx, filepath.Join(b.root, "bench/peers/node"), "npm", args...).Run(); err != nil {
			return fmt.Errorf("making the Node peer: npm %s: %w", args[0], err)
		}
	}
	both := func(args []string) programs { return programs{"createpage": args, "notify": args} }
	arm, peer := filepath.Join(b.built, "arm64"), both(b.commands(goPeer)[goPeer])
	all := []*implementation{
		{name: "kasir", env: world.Env(), file: filepath.Join(arm, "createpage"), commands: b.commands(compared...)},
		{name: "Go, the usual way", env: world.PeerEnv(), file: filepath.Join(arm, goPeer), commands: peer},
		{name: "Node, Powertools", env: world.PeerEnv(), file: bundle, commands: both([]string{"node", bundle})},
	}
	rounds := b.count(40, 3)
	for round := range rounds + 1 {
		for _, c := range all {
			if round <= 1 { // round 0 warms the file cache and is dropped
				c.figures = map[string][]float64{}
			}
			if err := b.measureRound(ctx, c, round); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
		if round > 0 && round%10 == 0 {
			progress("      %d of %d rounds", round, rounds)
		}
	}
	for _, c := range all {
		if err := b.countCalls(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return b.peersTable(all)
}

// measureRound starts the processes of an implementation and measures the start, the first events and some more.
func (b *bench) measureRound(ctx context.Context, c *implementation, round int) error {
	running, err := b.startAll(ctx, c.env, c.commands, io.Discard)
	if err != nil {
		return err
	}
	defer running.stop()
	figure := "first "
	for n := range b.count(20, 5) + 1 {
		for _, name := range compared {
			took, err := running.invoke(ctx, event.Step{Case: name, Invoice: fmt.Sprintf("PEER-%d-%d", round, n)}, n)
			if err != nil {
				return err
			}
			c.figures[figure+name] = append(c.figures[figure+name], us(took))
		}
		figure = "warm "
	}
	for _, name := range compared {
		memory, err := running.byName[name].Memory()
		if err != nil {
			return err
		}
		c.memory = max(c.memory, memory)
		c.figures["start"] = append(c.figures["start"], us(running.byName[name].Ready))
	}
	return nil
}

// countCalls counts the requests to DynamoDB for each event and for its repeat.
func (b *bench) countCalls(ctx context.Context, c *implementation) error {
	table, err := b.openTable(ctx)
	if err != nil {
		return err
	}
	defer table.close()
	env := maps.Clone(c.env)
	env["AWS_ENDPOINT_URL_DYNAMODB"] = table.proxy.URL
	running, err := b.startAll(ctx, env, c.commands, io.Discard)
	if err != nil {
		return err
	}
	defer running.stop()
	table.Bill() // INIT's
	for _, name := range []string{"createpage", "createpage", "notify", "notify"} {
		if _, err := running.invoke(ctx, event.Step{Case: name, Invoice: "PEER-COUNT"}, 0); err != nil {
			return err
		}
		bill, _ := table.Bill() // the calls are counted, also those without a rule
		c.calls = append(c.calls, fmt.Sprint(len(bill)))
	}
	return nil
}

func (b *bench) peersTable(all []*implementation) error {
	add := func(what string, cell func(c *implementation) string) {
		cells := []string{what}
		for _, c := range all {
			cells = append(cells, cell(c))
		}
		b.report.peers = append(b.report.peers, line(cells...))
	}
	add("", func(c *implementation) string { return c.name })
	b.report.peers = append(b.report.peers, "|---|---|---|---|")
	for _, figure := range [][2]string{
		{"start", "exec to first `next`, INIT included"},
		{"first createpage", "first createpage after it"}, {"warm createpage", "createpage after that"},
		{"first notify", "first notify after it"}, {"warm notify", "notify after that"},
	} {
		add(figure[1], func(c *implementation) string {
			of, to := c.figures[figure[0]], all[0].figures[figure[0]]
			return fmt.Sprintf("%.2f ms (%s)", median(of)/1000, times(median(ratios(of, to))))
		})
	}
	add("memory", func(c *implementation) string { return fmt.Sprintf("%.0f MiB", float64(c.memory)/(1<<20)) })
	var failed error
	add("zip for arm64", func(c *implementation) string {
		_, zipped, err := programSizes(c.file)
		failed = cmp.Or(failed, err)
		return megabytes(zipped)
	})
	for i, what := range []string{"createpage", "createpage again", "notify", "notify again"} {
		add("DynamoDB calls of "+what, func(c *implementation) string { return c.calls[i] })
	}
	b.report.peers = append(b.report.peers, "", "In brackets: times kasir's, medians of one interleaved run against "+
		"the same stand-ins, which answer at once; Node without its runtime's zip, which Lambda brings.")
	return failed
}
