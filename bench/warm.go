package main

import (
	"context"
	"fmt"
	"time"

	"kasir/bench/event"
	"kasir/bench/standin"
	"kasir/local/dynamodb"
)

// samples are the events that are sent again and again to a table that is frozen: each does its work anew.
var samples = sampleSteps()

func sampleSteps() []step {
	var steps []step
	for _, name := range functions() {
		steps = append(steps, step{name: name, invoice: event.Samples[name]})
	}
	return steps
}

// rehearsal makes the orders that samples are about.
var rehearsal = []step{
	{"createpage", "BENCH-OPEN", 0}, {"createpage", "BENCH-PAID", 0}, {"notify", "BENCH-PAID", 0},
	{"createpage-authorize", "BENCH-HELD", 0}, {"notify-authorize", "BENCH-HELD", 0},
}

// warm measures what each function adds to hello with everything on loopback, then with dynalite and the sandbox.
func (b *bench) warm(ctx context.Context) error {
	world, err := standin.New(standin.Nobody)
	if err != nil {
		return err
	}
	defer world.Close()
	crew, err := b.hire(ctx, world.Env(), append(functions(), hello)...)
	if err != nil {
		return err
	}
	defer crew.dismiss()
	if err := crew.all(ctx, rehearsal...); err != nil {
		return err
	}
	world.Table.Freeze()
	took, err := crew.turns(ctx, b.count(1000, 50), func(s step, _ int) step { return s })
	if err != nil {
		return err
	}
	for _, s := range samples {
		b.report.add(row{
			what:     "warm " + s.name + ", DynamoDB and DOKU on loopback answering at once, over hello",
			measured: "+" + micros(median(differences(took[s.name], took[hello])).Center), ratio: times(median(ratios(took[s.name], took[hello])).Center),
		})
	}
	return b.warmSandbox(ctx)
}

// warmSandbox is the same with a store that does its work and with the sandbox in DOKU's place: every createpage makes a page there,
// every capture and refund finds the payment that a customer made, and every notification is the sandbox's own.
func (b *bench) warmSandbox(ctx context.Context) error {
	server, err := b.dynalite(ctx)
	if err != nil {
		return err
	}
	defer server.Close()
	world, err := standin.New(standin.Nobody)
	if err != nil {
		return err
	}
	defer world.Close()
	market, err := openMarket(b.source)
	if err != nil {
		return err
	}
	defer market.close()
	env := world.Env()
	env["AWS_ENDPOINT_URL_DYNAMODB"], env["DOKU_ENVIRONMENT"] = server.URL, market.doku.URL
	crew, err := b.hire(ctx, env, append(functions(), hello)...)
	if err != nil {
		return err
	}
	defer crew.dismiss()
	crew.events = market.event
	rounds := b.count(200, 10)
	tell("      paying %d orders at the sandbox", 3*(rounds+1))
	for n := range rounds + 1 {
		if err := market.rehearse(ctx, crew, n); err != nil {
			return err
		}
	}
	took, err := crew.turns(ctx, rounds, numbered)
	if err != nil {
		return err
	}
	for _, s := range samples {
		b.report.add(row{
			what:     "warm " + s.name + ", with dynalite and the sandbox, to hello",
			measured: micros(median(took[s.name]).Center), ratio: times(median(ratios(took[s.name], took[hello])).Center),
		})
	}
	return nil
}

// numbered gives each round orders of its own.
func numbered(s step, n int) step {
	if s.invoice != "" {
		s.invoice = fmt.Sprintf("%s-%d", s.invoice, n)
	}
	return s
}

// turns sends every sample in turns with hello. Round 0 warms up and is dropped.
func (c *crew) turns(ctx context.Context, rounds int, which func(step, int) step) (map[string][]float64, error) {
	took := map[string][]float64{}
	note := func(name string, d time.Duration, round int) {
		if round > 0 {
			took[name] = append(took[name], us(d))
		}
	}
	for round := range rounds + 1 {
		greeting, err := c.events("createpage", "BENCH-NEW", 0)
		if err != nil {
			return nil, err
		}
		_, d, err := c.send(ctx, hello, greeting)
		if err != nil {
			return nil, err
		}
		note(hello, d, round)
		for _, sample := range samples {
			s := which(sample, round)
			d, err := c.do(ctx, s.name, s.invoice, s.n)
			if err != nil {
				return nil, err
			}
			note(sample.name, d, round)
		}
	}
	return took, nil
}

// dynalite starts an embedded DynamoDB with the table in it.
func (b *bench) dynalite(ctx context.Context) (*dynamodb.Server, error) {
	server, err := dynamodb.Start(ctx, dynamodb.Config{Root: b.root})
	if err != nil {
		return nil, err
	}
	if err := dynamodb.CreateTable(ctx, dynamodb.Client(server.URL), standin.TableName); err != nil {
		server.Close()
		return nil, err
	}
	return server, nil
}
