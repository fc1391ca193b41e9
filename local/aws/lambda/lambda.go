// Package lambda runs deployed functions on one machine: the same bootstrap binaries that AWS Lambda runs, as child
// processes that speak the Lambda Runtime API 2018-06-01.
//
// Each process serves one event at a time, so concurrency means more processes, as it does on AWS. What a function can
// tell apart is kept: its environment, the headers of an event, its deadline, being killed at that deadline, being reused
// or not, and starting with nothing of the host's environment.
//
// Instances can be killed on purpose, at random or at a chosen moment (Kill, KillNext), so that a test can see what a
// function leaves behind when its machine dies. The functions know nothing of it.
//
// What differs: no memory limit (the number is only told to the function), no freezing of an idle process, no extensions,
// no response streaming, and a process may read whatever file its user may read. It was never run on Windows, where a
// process is ended at once, because there is no SIGTERM, and what it has started is left running.
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
	// Region and AccountID are what functions are told, in their environment and in their ARN. Jakarta is where a
	// merchant of DOKU deploys; the account is the one of AWS's own examples and nobody's.
	Region    = "ap-southeast-3"
	AccountID = "123456789012"

	// maxPayload is Lambda's limit for an event and for an answer: 6 MB, and the 100 bytes of slack that its runtime
	// interface emulator allows and its error message counts.
	maxPayload = 6<<20 + 100
)

// ErrClosed is returned to callers that come after Close, or whose function Close ended.
var ErrClosed = errors.New("lambda: the runtime is closed")

// Function is one deployed function.
type Function struct {
	// Name is what the function is invoked by and what its log lines start with: letters, digits, hyphens and
	// underscores.
	Name string
	// Binary is the path of the bootstrap, built for this machine.
	Binary string
	// Env is the function's own configuration. It is added to what Lambda sets and may replace the made-up credentials
	// and the region, but not what describes the function or its runtime: AWS refuses those names at deployment.
	Env map[string]string
	// Timeout ends an invocation: 28 s unless set, two less than API Gateway waits.
	Timeout time.Duration
	// MemoryMB is told to the function, 128 unless set; nothing enforces it.
	MemoryMB int
	// MaxInstances is how many processes may exist at once, 50 unless set. It is the function's reserved concurrency:
	// an event that would need one more is refused as Throttled.
	MaxInstances int
}

// Config says which functions there are and what they share.
type Config struct {
	Functions []Function
	// Log receives what the functions print, a line per Write, each starting with the function's name and " | ".
	// Lines of different instances never mix. Nil discards.
	Log io.Writer
	// Kill lets instances die on purpose. The zero value kills nobody; SetKill changes it, KillNext kills once.
	Kill Kill
	// Now is the clock that deadlines and log stream names are told by; time.Now when nil. Waiting itself is done in
	// real time.
	Now func() time.Time
}

// Runtime holds the functions and their instances. Its methods may be called concurrently.
type Runtime struct {
	pools  map[string]*pool
	reaper *reaper
}

// New checks the functions and prepares to run them; no process is started yet. The error names the function and what
// is wrong with it.
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
	r.reaper = newReaper(kill)
	for _, p := range r.pools {
		p.reaper = r.reaper
	}
	return r, nil
}

// Invoke gives the event to the function and waits for its answer, like Lambda's RequestResponse. It fails with an
// *Error, with ErrClosed, or with ctx's error.
//
// When ctx ends the caller stops waiting, but the invocation runs on to its own deadline, as it does on AWS: a caller
// that hung up is no reason to stop between two writes.
func (r *Runtime) Invoke(ctx context.Context, function string, event []byte) ([]byte, error) {
	p := r.pools[function]
	if p == nil {
		return nil, unknown(function)
	}
	if len(event) > maxPayload {
		return nil, tooLarge(function, len(event))
	}
	return await(ctx, function, func() ([]byte, error) { return p.invoke(event) })
}

// Warm starts one more instance of the function and waits until it has asked for its first event. It fails like Invoke;
// a function that cannot start fails with an *Error of kind Init.
func (r *Runtime) Warm(ctx context.Context, function string) error {
	p := r.pools[function]
	if p == nil {
		return unknown(function)
	}
	_, err := await(ctx, function, func() ([]byte, error) { return nil, p.warm() })
	return err
}

// Close ends all instances, SIGTERM first and SIGKILL for those that stay, and returns when the last one is gone.
// Callers still waiting get ErrClosed.
func (r *Runtime) Close() error {
	var wg sync.WaitGroup
	for _, p := range r.pools {
		wg.Go(p.close)
	}
	wg.Wait()
	return nil
}

// await runs work to its end but waits for it only as long as ctx allows.
func await(ctx context.Context, function string, work func() ([]byte, error)) ([]byte, error) {
	type result struct {
		payload []byte
		err     error
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("lambda: invoke %s: %w", function, err)
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
		return nil, fmt.Errorf("lambda: invoke %s: %w", function, ctx.Err())
	}
}
