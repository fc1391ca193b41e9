package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"kasir/bench/event"
	"kasir/bench/host"
	"kasir/bench/standin"
	"kasir/shared/function"
)

// The peers, by their folders, and how a table calls them.
var peers = [][2]string{{"plain", "plain Go"}, {"eager", "Go with kasir's INIT"}, {"careful", "careful Go"}}

// compared lists the cases that all contenders have.
var compared = []string{"createpage", "notify"}

// contender is one way to write createpage and notify.
type contender struct {
	name    string
	number  int    // in the invoice numbers
	program string // of all cases; empty: one for each, with its name
	env     map[string]string
	figures map[string][]float64 // ms, or MiB, by case and figure, in the order of the rounds
	running *processes           // of the part of warm answers
}

// Figures of a contender.
const (
	start     = "exec to first `next`"
	first     = "first answer after it"
	cold      = "exec to first answer"
	coldCPU   = "processor until then, over hello's"
	warm      = "an answer after that"
	warmCPU   = "processor for it"
	resident  = "memory at the first answer"
	warmCalls = 50               // of a turn
	pause     = time.Millisecond // before each answer of the stand-ins
)

// cold measures createpage and notify from exec to the first answer and after it, in turns with hello and the peers.
// Everybody is behind TLS, all the certificates that this machine has are to be trusted, and each answer comes after a
// millisecond. Each peer runs in its own environment, and with kasir's variables of Go's runtime.
func (b *bench) cold(ctx context.Context) error {
	world, err := standin.New(standin.Everybody)
	if err != nil {
		return err
	}
	defer world.Close()
	world.Pause.Store(int64(pause))
	bundle, folder, certificates, err := b.bundle(world)
	if err != nil {
		return err
	}
	all := b.contenders(world, bundle, folder)
	rounds := b.count(200, 3)
	for round := range rounds + 1 { // the first warms the file cache
		for _, i := range rand.Perm(len(all)) { // the one before leaves its traces in the processor's caches
			c := all[i]
			if c.number = i; round <= 1 {
				c.figures = map[string][]float64{}
			}
			for _, name := range compared {
				if err := b.measure(ctx, c, name, round); err != nil {
					return fmt.Errorf("%s: %w", c.name, err)
				}
			}
		}
		if round > 0 && round%20 == 0 {
			progress("      %d of %d rounds", round, rounds)
		}
	}
	if err := b.warm(ctx, all[1:]); err != nil {
		return err
	}
	overHello(all)
	b.report.note = fmt.Sprintf("%d rounds, %d certificates, answers after 1 ms. %s", rounds, certificates, why)
	b.report.table = table(all[1:])
	judge(&b.report, all[1:])
	return nil
}

// contenders returns hello, kasir and the peers. By default Go reads the file of certificates and then the folder with
// each of them. kasir's functions read the file alone (app.TrustBundle), and so does a peer in kasir's environment.
func (b *bench) contenders(world *standin.World, bundle, folder string) []*contender {
	with := func(more map[string]string) map[string]string {
		env := world.Env()
		env["SSL_CERT_FILE"] = bundle
		maps.Copy(env, more)
		return env
	}
	all := []*contender{
		{name: "hello", program: "hello", env: map[string]string{}},
		{name: "kasir", env: with(function.Environment)},
	}
	keys := map[string]string{"DOKU_CLIENT_ID": standin.ClientID, "DOKU_SECRET_KEY": standin.SecretKey}
	for _, peer := range peers {
		all = append(all, &contender{name: peer[1], program: peer[0], env: with(keys)})
	}
	for _, peer := range all[2:] {
		env := maps.Clone(peer.env)
		maps.Copy(env, function.Environment)
		all = append(all, &contender{name: peer.name + ", kasir's environment", program: peer.program, env: env})
		peer.env["SSL_CERT_DIR"] = folder
	}
	return all
}

// why is under the table.
const why = "How many times as long as kasir the others take, with the interval of confidence of 95 %. Bold: they " +
	"are faster. Until the first `next` a peer without INIT opens no connection; it opens them in the first request. " +
	"By default Go reads each certificate twice; kasir does not, nor do peers in its environment. " +
	"Until the first answer kasir has opened one TLS connection more than plain and careful Go, to Secrets Manager. " +
	"Plain Go and Go with kasir's INIT overwrite an order without reading it: notify makes one call of DynamoDB, " +
	"kasir and careful Go two."

// measure starts a contender once more, and sends it an event as soon as it asks.
func (b *bench) measure(ctx context.Context, c *contender, name string, round int) error {
	step := event.Step{Case: name, Invoice: fmt.Sprintf("INV-%02d-%04d", c.number, round)}
	payload, err := b.source().Make(step, 0)
	if err != nil {
		return err
	}
	p, reply, err := host.Cold(ctx, b.program(cmp.Or(c.program, name)), c.envOf(name), payload)
	if err != nil {
		return err
	}
	defer p.Stop()
	if err := succeeded(step, reply); err != nil {
		return err
	}
	used, err := p.CPU()
	if err != nil {
		return err
	}
	memory, err := p.Memory()
	if err != nil {
		return err
	}
	c.add(name+start, ms(p.Ready))
	c.add(name+first, ms(p.First-p.Ready))
	c.add(name+cold, ms(p.First))
	c.add(name+coldCPU, ms(used))
	c.add(name+resident, memory)
	return nil
}

// overHello subtracts hello's processor time until the first answer from everybody's.
func overHello(all []*contender) {
	for _, name := range compared {
		base := all[0].figures[name+coldCPU]
		for _, c := range all[1:] {
			c.figures[name+coldCPU] = pairs(c.figures[name+coldCPU], base,
				func(a, b float64) float64 { return a - b })
		}
	}
}

// table returns the peers' figures in Markdown: kasir's times, and how many times as long the others take.
func table(all []*contender) string {
	head, rule := []string{"", ""}, "|---|---|"
	for _, c := range all {
		head, rule = append(head, c.name), rule+"---|"
	}
	lines := []string{line(head...), rule}
	for _, name := range compared {
		for _, figure := range []string{cold, coldCPU, warm, warmCPU, start, first, resident} {
			own, unit := all[0].figures[name+figure], " ms"
			if figure == resident {
				unit = " MiB"
			}
			cells := []string{name, figure, fmt.Sprintf("%.2f%s", median(own), unit)}
			for _, c := range all[1:] {
				cell := ratios(c.figures[name+figure], own)
				mark := map[bool]string{true: "**"}[median(cell) < 1]
				cells = append(cells, mark+interval(cell)+mark)
			}
			lines = append(lines, line(cells...))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// Budget P1, in times kasir's.
const (
	leastPlain    = 1.05
	leastPlainCPU = 1 / 0.75
	leastCareful  = 1.00
	mostMemory    = 14 // MiB
)

// judge adds the rows of P1.
func judge(r *report, all []*contender) {
	find := func(name string) *contender {
		return all[slices.IndexFunc(all, func(c *contender) bool { return c.name == name })]
	}
	for _, name := range compared {
		for _, test := range []struct {
			peer, figure string
			least        float64
		}{
			{peers[0][1], cold, leastPlain}, {peers[0][1], coldCPU, leastPlainCPU},
			{peers[2][1], cold, leastCareful}, {peers[2][1], coldCPU, leastCareful},
			{peers[2][1], warm, leastCareful}, {peers[2][1], warmCPU, leastCareful},
		} {
			own, other := all[0].figures[name+test.figure], find(test.peer).figures[name+test.figure]
			r.add(row{
				budget: "P1", what: fmt.Sprintf("%s, %s: %s to kasir", name, test.figure, test.peer),
				measured: fmt.Sprintf("%.2f to %.2f ms", median(other), median(own)),
				ratio:    interval(ratios(other, own)), limit: "at least " + times(test.least),
				held: median(ratios(other, own)) >= test.least,
			})
		}
		r.atMost("P1", name+", memory at the first answer, the most", "%.1f MiB",
			slices.Max(all[0].figures[name+resident]), mostMemory)
	}
}
