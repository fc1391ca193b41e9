package main

import (
	"context"
	"io"
	"sync/atomic"

	"kasir/bench/event"
	"kasir/bench/host"
	"kasir/bench/path"
	"kasir/bench/standin"
)

// logLines is how many bytes an invocation logs.
func (b *bench) logLines(ctx context.Context) (map[string]int64, error) {
	world, err := standin.New(standin.Nobody)
	if err != nil {
		return nil, err
	}
	defer world.Close()
	bytes := map[string]int64{}
	for _, name := range []string{path.CreatePage, path.Notify, path.GetPayment, publish, reconcile} {
		var written counter
		process, err := host.Start(ctx, host.Command{Args: b.here(name), Env: world.Env(), Log: &written})
		if err != nil {
			return nil, err
		}
		c := crew{members: map[string]*host.Process{event.Function(name): process}, events: b.source.Make}
		_, err = c.do(ctx, name, "BENCH-LOGGED", 0)
		process.Stop() // and with it all has been written
		if err != nil {
			return nil, err
		}
		bytes[name] = written.Load()
	}
	return bytes, nil
}

// counter counts what is written.
type counter struct{ atomic.Int64 }

var _ io.Writer = (*counter)(nil)

func (c *counter) Write(p []byte) (int, error) {
	c.Add(int64(len(p)))
	return len(p), nil
}
