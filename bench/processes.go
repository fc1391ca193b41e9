package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"kasir/bench/event"
	"kasir/bench/host"
	"kasir/bench/standin"
	"kasir/shared/function"
	"kasir/shared/order"
)

// processes holds one running process of each function.
type processes struct {
	byName map[string]*host.Process
	source event.Source
}

// sourceFor returns the source of events for the stand-ins of an environment.
func (b *bench) sourceFor(env map[string]string) event.Source {
	source := b.source
	source.Merchant = order.Merchant{Environment: env["DOKU_ENVIRONMENT"], ClientID: standin.ClientID}
	return source
}

// startAll starts functions with one environment. log receives their output. The caller must stop them.
func (b *bench) startAll(ctx context.Context, env map[string]string, commands programs,
	log io.Writer) (*processes, error) {
	c := &processes{byName: map[string]*host.Process{}, source: b.sourceFor(env)}
	for name, args := range commands {
		process, err := host.Start(ctx, args, env, log)
		if err != nil {
			c.stop()
			return nil, fmt.Errorf("starting %s: %w", name, err)
		}
		c.byName[name] = process
	}
	return c, nil
}

// measured returns the names of the functions that are measured: all but the console's, which only serves files.
func measured() []string {
	return slices.DeleteFunc(function.Names(), func(name string) bool { return name == "console" })
}

func (c *processes) stop() {
	for _, process := range c.byName {
		process.Stop()
	}
}

// invoke sends the event of a step to its function and returns the time until the answer. It returns an error unless
// the answer is a success.
func (c *processes) invoke(ctx context.Context, step event.Step, n int) (time.Duration, error) {
	payload, err := c.source.Make(step, n)
	if err != nil {
		return 0, err
	}
	process, ok := c.byName[step.Function()]
	if !ok {
		return 0, fmt.Errorf("%s is not running", step.Function())
	}
	reply, took, err := process.Invoke(ctx, payload)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", step.Case, err)
	}
	return took, succeeded(step, reply)
}

// succeeded returns an error unless the answer to a step is a success.
func succeeded(step event.Step, reply []byte) error {
	var answer struct {
		StatusCode        int
		BatchItemFailures []struct{}
	}
	if err := json.Unmarshal(reply, &answer); err != nil {
		return fmt.Errorf("%s: reading the answer: %w", step.Case, err)
	}
	unknown := answer.StatusCode == 202
	if unknown || answer.StatusCode >= 300 || len(answer.BatchItemFailures) > 0 {
		return fmt.Errorf("%s of %q answered %s", step.Case, step.Invoice, reply)
	}
	return nil
}
