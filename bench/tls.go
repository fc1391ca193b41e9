package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"kasir/bench/event"
	"kasir/bench/model"
	"kasir/bench/standin"
	"kasir/shared/function"
)

// tls counts connections and fetches of the secret: in INIT, in the first invocation, and in many invocations. Budgets
// P5 and P6.
func (b *bench) tls(ctx context.Context) error {
	world, err := standin.New(standin.DOKUAlone)
	if err != nil {
		return err
	}
	defer world.Close()
	// If an answer comes before the SDK's transport has read the end of its own request, it gives the connection up. On
	// loopback that happens often, behind a network hardly ever.
	world.Pause.Store(int64(model.AtDynamoDB))
	running, err := b.startAll(ctx, world.Env(), b.commands(function.Names()...), io.Discard)
	if err != nil {
		return err
	}
	defer running.stop()
	if err := b.firstInvocations(ctx, running, world); err != nil {
		return err
	}
	world.Pause.Store(0)
	return b.manyCalls(ctx, running, world)
}

// tally is the number of connections to any stand-in and of fetches of the secret.
type tally struct{ connections, fetches int64 }

func tallyOf(world *standin.World) tally {
	return tally{world.Connections.Load(), world.AWS.Fetches.Load()}
}

func (t tally) String() string {
	return fmt.Sprintf("%d connections opened, %d secret fetches", t.connections, t.fetches)
}

// firstInvocations requires that no connection is opened: at AWS each is a TLS handshake. Functions that no caller
// waits for have no budget. reconcile queries all shards at once, each over a connection; publish looks up EventBridge
// only when there is an event.
func (b *bench) firstInvocations(ctx context.Context, running *processes, world *standin.World) error {
	called := map[string]bool{}
	for _, step := range slices.Concat(event.Rehearsal, event.Samples) {
		before := tallyOf(world)
		if _, err := running.invoke(ctx, step, 0); err != nil {
			return err
		}
		name := step.Function()
		if called[name] {
			continue
		}
		called[name] = true
		after := tallyOf(world)
		spent := tally{after.connections - before.connections, after.fetches - before.fetches}
		r := row{what: "first invocation of " + name + " after INIT", measured: spent.String()}
		if f, _ := function.Find(name); f.MaxBody > 0 {
			r.budget, r.limit, r.held = "P6", "0 connections, 0 fetches", spent == tally{}
		}
		b.report.add(r)
	}
	return nil
}

// manyCalls asks for pages one after the other. INIT has opened one connection to DOKU for each function that calls it.
func (b *bench) manyCalls(ctx context.Context, running *processes, world *standin.World) error {
	const asked = 1000
	before, calls := world.Handshakes.Load(), world.DOKU.Calls.Load()
	for n := range asked {
		step := event.Step{Case: "createpage", Invoice: fmt.Sprintf("BENCH-ROW-%d", n)}
		if _, err := running.invoke(ctx, step, 0); err != nil {
			return err
		}
	}
	shaken := 1 + world.Handshakes.Load() - before
	b.report.add(row{
		budget: "P5", what: fmt.Sprintf("%d calls of DOKU by one process and its INIT", world.DOKU.Calls.Load()-calls),
		measured: fmt.Sprintf("%d TLS handshakes", shaken), limit: "1", held: shaken <= 1,
	})
	return nil
}
