package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"kasir/bench/event"
	"kasir/bench/host"
	"kasir/shared/function"
)

// build builds everything for this machine, with the flags of `make build`.
func (b *bench) build(ctx context.Context) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc",
		"-ldflags=-s -w -buildid=", "-o", b.built+"/", "./functions/...", "./bench/hello", "./bench/peers/...")
	build.Dir, build.Env = b.root, append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, out)
	}
	return nil
}

// program returns the file of a function, of hello or of a peer.
func (b *bench) program(name string) string { return b.built + "/" + name }

// processes holds one running process of each function.
type processes struct {
	byName map[string]*host.Process
	source event.Source
}

// sourceFor returns the source of events.
func (b *bench) sourceFor(map[string]string) event.Source { return event.Source(b.root + "/events") }

// startAll starts functions with one environment. The caller must stop them.
func (b *bench) startAll(ctx context.Context, env map[string]string, names ...string) (*processes, error) {
	c := &processes{map[string]*host.Process{}, b.sourceFor(env)}
	for _, name := range names {
		log, err := os.Create(b.logOf(name))
		if err != nil {
			return c, err
		}
		p, err := host.Start(ctx, b.program(name), env, log)
		log.Close() // the process has its own
		if err != nil {
			return c, err
		}
		c.byName[name] = p
	}
	return c, nil
}

// logOf returns the file of a function's log.
func (b *bench) logOf(name string) string { return b.program(name) + ".log" }

// ofLine is the bytes that CloudWatch Logs adds to a line. The deployment turns Lambda's own lines off.
const ofLine = 26

// bytesLogged returns the bytes that CloudWatch bills for a function's log.
func (b *bench) bytesLogged(name string) (int, error) {
	log, err := os.ReadFile(b.logOf(name))
	return len(log) + ofLine*bytes.Count(log, []byte("\n")), err
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
	reply, took, err := c.byName[step.Function()].Invoke(ctx, payload)
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
	err := json.Unmarshal(reply, &answer)
	unknown := answer.StatusCode == 202
	if err != nil || unknown || answer.StatusCode >= 300 || len(answer.BatchItemFailures) > 0 {
		return fmt.Errorf("%s of %q answered %s", step.Case, step.Invoice, reply)
	}
	return nil
}
