package main

import (
	"context"
	"fmt"

	"kasir/bench/event"
	"kasir/bench/standin"
	"kasir/shared/function"
)

// tls counts connections, to whomever, and fetches of the secret: in INIT, in the first invocation, and in a long row of them. Budgets P5
// and P6.
func (b *bench) tls(ctx context.Context) error {
	world, err := standin.New(standin.DOKUAlone)
	if err != nil {
		return err
	}
	defer world.Close()
	// The SDK closes a request when its answer is there. Where that is before its own transport has looked for the end of the request,
	// the connection is given up: often on loopback, hardly ever behind a network.
	world.Pause.Store(int64(atDynamoDB))
	crew, err := b.hire(ctx, world.Env(), functions()...)
	if err != nil {
		return err
	}
	defer crew.dismiss()
	b.report.add(row{what: "all functions in INIT, together", measured: fmt.Sprintf("%s; %d TLS handshakes with DOKU", spent(world, tally{}), world.Handshakes.Load())})
	if err := b.firstInvocations(ctx, crew, world); err != nil {
		return err
	}
	world.Pause.Store(0)
	return b.longRow(ctx, crew, world)
}

// tally is what was counted up to a moment.
type tally struct{ connections, fetches int64 }

func (t tally) since(world *standin.World) tally {
	return tally{world.Connections.Load() - t.connections, world.Secrets.Fetches.Load() - t.fetches}
}

func spent(world *standin.World, from tally) string {
	t := from.since(world)
	return fmt.Sprintf("%d connections opened, %d secret fetches", t.connections, t.fetches)
}

// firstInvocations requires that no connection is opened to anybody: behind TLS, as everybody is at AWS, each were a handshake. For what
// no caller waits for there is no budget: reconcile queries all shards at once, each over a connection, and publish finds EventBridge
// when there is something to tell.
func (b *bench) firstInvocations(ctx context.Context, crew *crew, world *standin.World) error {
	called := map[string]bool{}
	for _, s := range append(append([]step{}, rehearsal...), samples...) {
		before := tally{}.since(world)
		if _, err := crew.do(ctx, s.name, s.invoice, s.n); err != nil {
			return err
		}
		name := event.Function(s.name)
		if called[name] {
			continue
		}
		called[name] = true
		r := row{what: "first invocation of " + name + " after INIT", measured: spent(world, before)}
		if f, _ := function.Find(name); f.MaxBody > 0 {
			r.budget, r.limit, r.held = "P6", "0 connections, 0 fetches", before.since(world) == tally{}
		}
		b.report.add(r)
	}
	return nil
}

// longRow asks for pages one after the other. INIT has shaken hands already, once for each function that calls DOKU.
func (b *bench) longRow(ctx context.Context, crew *crew, world *standin.World) error {
	const asked = 1000
	before, calls := world.Handshakes.Load(), world.DOKU.Calls.Load()
	for n := range asked {
		if _, err := crew.do(ctx, "createpage", fmt.Sprintf("BENCH-ROW-%d", n), 0); err != nil {
			return err
		}
	}
	shaken := 1 + world.Handshakes.Load() - before
	b.report.add(row{
		"P5", fmt.Sprintf("%d calls of DOKU in a row by one environment, INIT included", world.DOKU.Calls.Load()-calls),
		fmt.Sprintf("%d TLS handshake(s)", shaken), "", "1", shaken <= 1,
	})
	return nil
}
