package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"kasir/bench/event"
	"kasir/bench/host"
)

// crew is one running process of each function.
type crew struct {
	members map[string]*host.Process
	events  func(name, invoice string, n int) ([]byte, error) // makes the event of a case, see event.Source
}

// hire starts the functions with one environment. The caller must dismiss them.
func (b *bench) hire(ctx context.Context, env map[string]string, names ...string) (*crew, error) {
	c := &crew{members: map[string]*host.Process{}, events: b.source.Make}
	for _, name := range names {
		process, err := host.Start(ctx, host.Command{Args: b.here(name), Env: env, Log: io.Discard})
		if err != nil {
			c.dismiss()
			return nil, fmt.Errorf("starting %s: %w", name, err)
		}
		c.members[name] = process
	}
	return c, nil
}

func (c *crew) dismiss() {
	for _, process := range c.members {
		process.Stop()
	}
}

// do sends the event of a case to its function and returns how long it took. An answer that is not a success is an error.
func (c *crew) do(ctx context.Context, name, invoice string, n int) (time.Duration, error) {
	_, took, err := c.ask(ctx, name, invoice, n)
	return took, err
}

// ask is do, for who wants the answer too.
func (c *crew) ask(ctx context.Context, name, invoice string, n int) ([]byte, time.Duration, error) {
	e, err := c.events(name, invoice, n)
	if err != nil {
		return nil, 0, err
	}
	return c.send(ctx, event.Function(name), e)
}

func (c *crew) send(ctx context.Context, function string, e []byte) ([]byte, time.Duration, error) {
	process, ok := c.members[function]
	if !ok {
		return nil, 0, fmt.Errorf("%s is not running", function)
	}
	reply, took, err := process.Invoke(ctx, e)
	if err != nil {
		return nil, 0, fmt.Errorf("invoking %s: %w", function, err)
	}
	return reply, took, succeeded(function, reply)
}

func succeeded(function string, reply []byte) error {
	var answer struct {
		StatusCode        int
		Body              string
		BatchItemFailures []struct{}
	}
	if err := json.Unmarshal(reply, &answer); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", function, err)
	}
	if answer.StatusCode == 202 || answer.StatusCode >= 300 { // 202: the outcome is not known
		return fmt.Errorf("%s answered %d %s", function, answer.StatusCode, answer.Body)
	}
	if len(answer.BatchItemFailures) > 0 {
		return fmt.Errorf("%s left changes for later: %s", function, reply)
	}
	return nil
}

// step is a case about an invoice.
type step struct {
	name, invoice string
	n             int
}

// all does steps one after the other.
func (c *crew) all(ctx context.Context, steps ...step) error {
	for _, s := range steps {
		if _, err := c.do(ctx, s.name, s.invoice, s.n); err != nil {
			return err
		}
	}
	return nil
}
