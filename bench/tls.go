package main

import (
	"context"
	"fmt"

	"kasir/bench/event"
	"kasir/bench/standin"
)

// tls counts handshakes with DOKU and fetches of the secret: in INIT, in the first invocation, and in a long row of them. Budgets P5
// and P6.
func (b *bench) tls(ctx context.Context) error {
	world, err := standin.New(true)
	if err != nil {
		return err
	}
	defer world.Close()
	crew, err := b.hire(ctx, world.Env(), functions()...)
	if err != nil {
		return err
	}
	defer crew.dismiss()
	b.report.add(row{what: "all functions in INIT, together", measured: spent(world, tally{})})
	if err := b.firstInvocations(ctx, crew, world); err != nil {
		return err
	}
	return b.longRow(ctx, crew, world)
}

// tally is what was counted up to a moment.
type tally struct{ handshakes, fetches int64 }

func (t tally) since(world *standin.World) tally {
	return tally{world.Handshakes.Load() - t.handshakes, world.Secrets.Fetches.Load() - t.fetches}
}

func spent(world *standin.World, from tally) string {
	t := from.since(world)
	return fmt.Sprintf("%d TLS handshakes, %d secret fetches", t.handshakes, t.fetches)
}

func (b *bench) firstInvocations(ctx context.Context, crew *crew, world *standin.World) error {
	called := map[string]bool{}
	for _, s := range append(append([]step{}, rehearsal...), samples...) {
		before := tally{}.since(world)
		if _, err := crew.do(ctx, s.name, s.invoice, s.n); err != nil {
			return err
		}
		name := event.Function(s.name)
		if called[name] || name == "publish" { // which nobody waits for: it finds EventBridge when there is something to tell
			continue
		}
		called[name] = true
		first := before.since(world)
		b.report.add(row{"P6", "first invocation of " + name + " after INIT", spent(world, before), "", "0 handshakes, 0 fetches", first == tally{}})
	}
	return nil
}

// longRow asks for pages one after the other. INIT has shaken hands already, once for each function that calls DOKU.
func (b *bench) longRow(ctx context.Context, crew *crew, world *standin.World) error {
	const asked = 1000
	before, calls := tally{}.since(world), world.DOKU.Calls.Load()
	for n := range asked {
		if _, err := crew.do(ctx, "createpage", fmt.Sprintf("BENCH-ROW-%d", n), 0); err != nil {
			return err
		}
	}
	shaken := 1 + before.since(world).handshakes
	b.report.add(row{
		"P5", fmt.Sprintf("%d calls of DOKU in a row by one environment, INIT included", world.DOKU.Calls.Load()-calls),
		fmt.Sprintf("%d TLS handshake(s)", shaken), "", "1", shaken <= 1,
	})
	return nil
}
