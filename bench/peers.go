package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"kasir/bench/event"
	"kasir/bench/host"
	"kasir/bench/meter"
	"kasir/bench/path"
	"kasir/bench/standin"
)

// contestant is one implementation of createpage and notify.
type contestant struct {
	name     string
	commands map[string][]string // by case
	env      map[string]string
	packed   int64 // bytes of the zip for Lambda
	figures  map[string][]float64
	memory   int64
	calls    []string
}

// The cases that all contestants do.
var contested = []string{"createpage", "notify"}

// peers measures the same work written the usual way, under the same Runtime API and against the same stand-ins.
func (b *bench) peers(ctx context.Context) error {
	world, err := standin.New(standin.DOKUAlone)
	if err != nil {
		return err
	}
	defer world.Close()
	all, err := b.contestants(ctx, world)
	if err != nil {
		return err
	}
	if err := b.race(ctx, all); err != nil {
		return err
	}
	if err := b.countPeers(ctx, all); err != nil {
		return err
	}
	b.report.peers = peersTable(all)
	return nil
}

func (b *bench) contestants(ctx context.Context, world *standin.World) ([]*contestant, error) {
	node, packedNode, err := b.bundle(ctx)
	if err != nil {
		return nil, err
	}
	_, packedKasir, err := b.packed("createpage")
	if err != nil {
		return nil, err
	}
	_, packedPeer, err := b.packed(goPeer)
	if err != nil {
		return nil, err
	}
	all := []*contestant{
		{name: "kasir", commands: map[string][]string{"createpage": b.here("createpage"), "notify": b.here("notify")}, env: world.Env(), packed: packedKasir},
		{name: "Go, the usual way", commands: map[string][]string{"createpage": b.here(goPeer), "notify": b.here(goPeer)}, env: world.PeerEnv(), packed: packedPeer},
		{name: "Node, Powertools", commands: map[string][]string{"createpage": node, "notify": node}, env: world.PeerEnv(), packed: packedNode},
	}
	for _, c := range all {
		c.figures = map[string][]float64{}
	}
	return all, nil
}

// bundle installs the Node peer and bundles it into one file, as is advised for Lambda.
func (b *bench) bundle(ctx context.Context) (command []string, packed int64, err error) {
	folder, out := filepath.Join(b.root, "bench/peers/node"), filepath.Join(b.built, "peer.mjs")
	for _, args := range [][]string{
		{"npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"},
		{"npx", "--no-install", "esbuild", "runtime.mjs", "--bundle", "--minify", "--platform=node", "--format=esm", "--target=node20", "--log-level=error", "--outfile=" + out,
			"--banner:js=import{createRequire}from'node:module';const require=createRequire(import.meta.url);"},
	} {
		run := exec.CommandContext(ctx, args[0], args[1:]...)
		run.Dir, run.Stdout, run.Stderr = folder, os.Stderr, os.Stderr
		if err := run.Run(); err != nil {
			return nil, 0, fmt.Errorf("making the Node peer: %s: %w", strings.Join(args[:2], " "), err)
		}
	}
	content, err := os.ReadFile(out)
	if err != nil {
		return nil, 0, err
	}
	var archive bytes.Buffer
	err = pack(&archive, map[string][]byte{"index.mjs": content})
	return []string{"node", out}, int64(archive.Len()), err
}

// race starts every contestant many times, in turns: how long until it is ready, until the first event is answered, and the
// events after it.
func (b *bench) race(ctx context.Context, all []*contestant) error {
	rounds, warm := b.count(40, 3), b.count(20, 5)
	for round := range rounds + 1 {
		for _, c := range all {
			for _, name := range contested {
				if err := b.lap(ctx, c, name, round, warm); err != nil {
					return fmt.Errorf("%s, %s: %w", c.name, name, err)
				}
			}
		}
		if round > 0 && round%10 == 0 {
			tell("      %d of %d rounds", round, rounds)
		}
	}
	return nil
}

// lap is one life of a process: its start, its first event, and some more. Round 0 warms the file cache and is dropped.
func (b *bench) lap(ctx context.Context, c *contestant, name string, round, warm int) error {
	process, err := host.Start(ctx, host.Command{Args: c.commands[name], Env: c.env, Log: io.Discard})
	if err != nil {
		return err
	}
	defer process.Stop()
	crew := crew{events: b.source.Make, members: map[string]*host.Process{event.Function(name): process}}
	if name == "notify" { // about an order that is there
		creator, err := host.Start(ctx, host.Command{Args: c.commands["createpage"], Env: c.env, Log: io.Discard})
		if err != nil {
			return err
		}
		defer creator.Stop()
		crew.members["createpage"] = creator
	}
	for n := range warm + 1 {
		invoice := fmt.Sprintf("PEER-%s-%d-%d", name, round, n)
		if name == "notify" {
			if _, err := crew.do(ctx, "createpage", invoice, 0); err != nil {
				return err
			}
		}
		took, err := crew.do(ctx, name, invoice, n)
		if err != nil {
			return err
		}
		if figure := map[bool]string{true: "first ", false: "warm "}[n == 0] + name; round > 0 {
			c.figures[figure] = append(c.figures[figure], us(took))
		}
	}
	if round == 0 {
		return nil
	}
	memory, err := process.Memory()
	c.memory = max(c.memory, memory)
	c.figures["start"] = append(c.figures["start"], us(process.Ready))
	return err
}

// countPeers counts DynamoDB's calls of each event and of its repeat.
func (b *bench) countPeers(ctx context.Context, all []*contestant) error {
	for i, c := range all {
		server, err := b.dynalite(ctx)
		if err != nil {
			return err
		}
		calls, err := b.countOne(ctx, c, server.URL, i)
		server.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		c.calls = calls
	}
	return nil
}

func (b *bench) countOne(ctx context.Context, c *contestant, url string, n int) ([]string, error) {
	counting := meter.New(url, path.Table())
	defer counting.Close()
	env := map[string]string{}
	for name, value := range c.env {
		env[name] = value
	}
	env["AWS_ENDPOINT_URL_DYNAMODB"] = counting.URL
	crew := crew{events: b.source.Make, members: map[string]*host.Process{}}
	defer crew.dismiss()
	for _, name := range contested {
		process, err := host.Start(ctx, host.Command{Args: c.commands[name], Env: env, Log: io.Discard})
		if err != nil {
			return nil, err
		}
		crew.members[name] = process
	}
	counting.Bill() // INIT's
	var calls []string
	for _, name := range contested {
		for range 2 {
			if _, err := crew.do(ctx, name, fmt.Sprintf("PEER-COUNT-%d", n), 0); err != nil {
				return nil, err
			}
			bill, _ := counting.Bill() // what kasir does not use has no rule; the calls are counted
			calls = append(calls, fmt.Sprint(len(bill.Calls)))
		}
	}
	return calls, nil
}

func peersTable(all []*contestant) []string {
	kasir := all[0]
	line := func(what string, cell func(c *contestant) string) string {
		cells := []string{what}
		for _, c := range all {
			cells = append(cells, cell(c))
		}
		return "| " + strings.Join(cells, " | ") + " |"
	}
	figure := func(name string) func(*contestant) string {
		return func(c *contestant) string {
			of, to := median(c.figures[name]).Center, median(ratios(c.figures[name], kasir.figures[name])).Center
			return fmt.Sprintf("%.2f ms (%s)", of/1000, times(to))
		}
	}
	lines := []string{line("", func(c *contestant) string { return c.name }), "|---|---|---|---|",
		line("exec to first `next`, INIT included", figure("start"))}
	for _, name := range contested {
		lines = append(lines, line("first "+name+" after it", figure("first "+name)), line(name+" after that", figure("warm "+name)))
	}
	lines = append(lines,
		line("memory", func(c *contestant) string { return fmt.Sprintf("%.0f MiB", float64(c.memory)/(1<<20)) }),
		line("zip for arm64", func(c *contestant) string { return megabytes(c.packed) }))
	for i, what := range []string{"createpage", "createpage again", "notify", "notify again"} {
		lines = append(lines, line("DynamoDB calls of "+what, func(c *contestant) string { return c.calls[i] }))
	}
	return append(lines, "", "In brackets: times kasir's, medians of one interleaved run against the same stand-ins, which answer at once; Node without its runtime's zip, which Lambda brings.")
}
