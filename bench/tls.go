package main

import (
	"context"
	"fmt"
	"maps"

	"kasir/bench/event"
	"kasir/bench/standin"
	"kasir/shared/function"
)

// mostLater is the memory of P1 after many calls, in bytes.
const mostLater = 22 << 20

// tls asks for pages one after the other, and reports a payment of each: budgets P5 and the memory of P1 after many
// calls. INIT opens the one connection to DOKU.
func (b *bench) tls(ctx context.Context) error {
	world, err := standin.New(standin.Everybody)
	if err != nil {
		return err
	}
	defer world.Close()
	env := world.Env()
	maps.Copy(env, function.Environment)
	if env["SSL_CERT_FILE"], _, err = b.bundle(world); err != nil {
		return err
	}
	running, err := b.startAll(ctx, env, compared...)
	if err != nil {
		return err
	}
	defer running.stop()
	asked := b.count(3000, 300)
	for n := range asked {
		for _, name := range compared {
			step := event.Step{Case: name, Invoice: fmt.Sprintf("BENCH-ROW-%d", n)}
			if _, err := running.invoke(ctx, step, n); err != nil {
				return err
			}
		}
	}
	shaken := world.ToDOKU.Load() // one for each connection
	b.report.add(row{budget: "P5", held: shaken <= 1, limit: "1", measured: fmt.Sprintf("%d TLS handshakes", shaken),
		what: fmt.Sprintf("%d calls of DOKU by one process and its INIT", world.DOKU.Calls.Load())})
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
