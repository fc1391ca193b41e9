package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"kasir/bench/event"
	"kasir/bench/model"
	"kasir/bench/standin"
	"kasir/shared/function"
)

// mostLater is the memory of P1 after many calls, in bytes.
const mostLater = 22 << 20

// tls counts connections and fetches of the secret: in the first invocation, and in many invocations. Budgets P5 and
// P6, and the memory of P1 after many calls.
func (b *bench) tls(ctx context.Context) error {
	world, err := standin.New(standin.Everybody)
	if err != nil {
		return err
	}
	defer world.Close()
	bundle, _, err := b.bundle(world)
	if err != nil {
		return err
	}
	env := world.Env()
	env["SSL_CERT_FILE"] = bundle
	maps.Copy(env, function.Environment)
	// If an answer comes before the SDK's transport has read the end of its own request, it gives the connection up. On
	// loopback that happens often, behind a network hardly ever.
	world.Pause.Store(int64(model.AtDynamoDB))
	running, err := b.startAll(ctx, env, b.commands(measured()...), io.Discard)
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

// firstInvocations requires that no connection is opened: at AWS each is a TLS handshake. Functions that no caller
// waits for have no budget. reconcile queries all shards at once, each over a connection; publish looks up EventBridge
// only when there is an event.
func (b *bench) firstInvocations(ctx context.Context, running *processes, world *standin.World) error {
	called := map[string]bool{}
	for _, step := range slices.Concat(event.Rehearsal, event.Samples) {
		connections, fetches := world.Connections.Load(), world.AWS.Fetches.Load()
		if _, err := running.invoke(ctx, step, 0); err != nil {
			return err
		}
		name := step.Function()
		if called[name] {
			continue
		}
		called[name] = true
		connections, fetches = world.Connections.Load()-connections, world.AWS.Fetches.Load()-fetches
		r := row{what: "first invocation of " + name + " after INIT",
			measured: fmt.Sprintf("%d connections opened, %d secret fetches", connections, fetches)}
		if f, _ := function.Find(name); f.MaxBody > 0 {
			r.budget, r.limit, r.held = "P6", "0 connections, 0 fetches", connections+fetches == 0
		}
		b.report.add(r)
	}
	return nil
}

// manyCalls asks for pages one after the other, and reports a payment of each. INIT has opened one connection to DOKU
// for each function that calls it.
func (b *bench) manyCalls(ctx context.Context, running *processes, world *standin.World) error {
	asked, before, calls := b.count(3000, 300), world.Handshakes.Load(), world.DOKU.Calls.Load()
	for n := range asked {
		for _, name := range compared {
			step := event.Step{Case: name, Invoice: fmt.Sprintf("BENCH-ROW-%d", n)}
			if _, err := running.invoke(ctx, step, n); err != nil {
				return err
			}
		}
	}
	shaken := 1 + world.Handshakes.Load() - before
	b.report.add(row{
		budget: "P5", what: fmt.Sprintf("%d calls of DOKU by one process and its INIT", world.DOKU.Calls.Load()-calls),
		measured: fmt.Sprintf("%d TLS handshakes", shaken), limit: "1", held: shaken <= 1,
	})
	for _, name := range compared {
		memory, err := running.byName[name].Memory()
		if err != nil {
			return err
		}
		b.report.add(row{budget: "P1", what: fmt.Sprintf("%s, memory after %d calls", name, asked),
			measured: mebibytes(memory), limit: mebibytes(mostLater), held: memory <= mostLater})
	}
	return nil
}
