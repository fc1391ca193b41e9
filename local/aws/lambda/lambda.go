// Package lambda runs deployed functions on one machine. It starts the same bootstrap binaries as AWS Lambda, as child
// processes that speak the Lambda Runtime API 2018-06-01.
//
// Each process serves one event at a time, so concurrency means more processes, as on AWS. Everything that a function
// can observe is kept: its environment, the headers of an event, its deadline, the kill at that deadline, reuse, and a
// start with nothing from the host's environment.
//
// Instances can be killed on purpose, at random or at a chosen moment (Kill, KillNext). A test can then see the state
// that a function leaves behind when its machine fails. The functions do not know of it.
//
// There are differences. There is no memory limit (the function only gets the number), no freezing of an idle process,
// no extensions and no response streaming, and a process may read every file that its user may read. The package was
// never run on Windows. There a process is killed at once, because Windows has no SIGTERM, and its children continue to
// run.
package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// Region and AccountID are in the environment and the ARN of functions. DOKU's merchants deploy to Jakarta. The
	// account is the one in AWS's examples and belongs to nobody.
	Region    = "ap-southeast-3"
	AccountID = "123456789012"

	// maxPayload is Lambda's limit for an event and for an answer: 6 MB, and the 100 bytes of slack that its runtime
	// interface emulator allows and its error message includes.
	maxPayload = 6<<20 + 100
)

// ErrClosed is returned to callers after Close, and to those whose function Close ended.
var ErrClosed = errors.New("lambda: the runtime is closed")

// Function is one deployed function.
type Function struct {
	// Name is the name to invoke the function by, and the start of its log lines: letters, digits, hyphens and
	// underscores.
	Name string
	// Binary is the path of the bootstrap, built for this machine.
	Binary string
	// Env is the function's own configuration. It is added to Lambda's variables. It may replace the made-up
	// credentials and the region, but not the variables that describe the function or its runtime: AWS refuses those
	// names at deployment.
	Env map[string]string
	// Timeout ends an invocation: 28 s unless set, two less than API Gateway's limit.
	Timeout time.Duration
	// MemoryMB is in the function's environment, 128 unless set. Nothing enforces it.
	MemoryMB int
	// MaxInstances is the largest number of processes at once, 50 unless set. It is the function's reserved
	// concurrency: an event that would need one more is refused as Throttled.
	MaxInstances int
}

// Config configures a Runtime.
type Config struct {
	Functions []Function
	// Log receives the functions' output, a line per Write, each starting with the function's name and " | ". Lines of
	// different instances never mix. Nil discards.
	Log io.Writer
	// Kill kills instances on purpose. The zero value kills none. SetKill changes it, KillNext kills once.
	Kill Kill
	// Now is the clock for deadlines and log stream names; time.Now when nil. Waits are in real time.
	Now func() time.Time
}

// Runtime holds the functions and their instances. Its methods may be called concurrently.
type Runtime struct {
	pools  map[string]*pool
	killer *killer
}

// New checks the functions and prepares to run them. It starts no process. The error names the function and its
// mistake.
func New(c Config) (*Runtime, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	log := &sink{w: c.Log}
	r := &Runtime{pools: make(map[string]*pool)}
	for _, f := range c.Functions {
		f, err := f.prepare()
		if err != nil {
			return nil, fmt.Errorf("lambda: function %q: %w", f.Name, err)
		}
		if r.pools[f.Name] != nil {
			return nil, fmt.Errorf("lambda: function %q is listed twice", f.Name)
		}
		r.pools[f.Name] = newPool(f, log, c.Now)
	}
	kill, err := c.Kill.prepare(r.pools)
	if err != nil {
		return nil, fmt.Errorf("lambda: %w", err)
	}
	r.killer = newKiller(kill)
	for _, p := range r.pools {
		p.killer = r.killer
	}
	return r, nil
}

// Invoke sends the event to the function and waits for its answer, like Lambda's RequestResponse. It fails with an
// *Error, with ErrClosed, or with ctx's error.
//
// When ctx ends, the caller stops waiting, but the invocation continues to its own deadline, as on AWS: a caller that
// hung up does not stop a function between two writes.
func (r *Runtime) Invoke(ctx context.Context, function string, event []byte) ([]byte, error) {
	p := r.pools[function]
	if p == nil {
		return nil, unknownFunction(function)
	}
	if len(event) > maxPayload {
		return nil, tooLargeError(function, len(event))
	}
	return await(ctx, function, func() ([]byte, error) { return p.invoke(event) })
}

// Warm starts one more instance of the function and waits until it has asked for its first event. It fails like Invoke;
// a function that cannot start fails with an *Error of kind Init.
func (r *Runtime) Warm(ctx context.Context, function string) error {
	p := r.pools[function]
	if p == nil {
		return unknownFunction(function)
	}
	_, err := await(ctx, function, func() ([]byte, error) { return nil, p.warm() })
	return err
}

// Close stops all instances, first with SIGTERM and then with SIGKILL, and returns when the last one has exited.
// Callers that still wait get ErrClosed.
func (r *Runtime) Close() error {
	var wg sync.WaitGroup
	for _, p := range r.pools {
		wg.Go(p.close)
	}
	wg.Wait()
	return nil
}

// await runs work to its end but waits for it only until ctx is done.
func await(ctx context.Context, function string, work func() ([]byte, error)) ([]byte, error) {
	type result struct {
		payload []byte
		err     error
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("lambda: invoking %s: %w", function, err)
	}
	done := make(chan result, 1)
	go func() {
		payload, err := work()
		done <- result{payload, err}
	}()
	select {
	case res := <-done:
		return res.payload, res.err
	case <-ctx.Done():
		return nil, fmt.Errorf("lambda: invoking %s: %w", function, ctx.Err())
	}
}
