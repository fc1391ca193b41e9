// Package host runs one process behind a Lambda Runtime API of its own and measures its start, its invocations and its
// memory. Nothing but the API stands between the process and the clock, which is why it is not local/aws/lambda.
package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Process is a running function that has asked for its first event.
type Process struct {
	Ready time.Duration // from its start until it asked
	First time.Duration // from its start until its first answer, see Cold

	command *exec.Cmd
	api     *httptest.Server
	asked   chan time.Time // two: after Cold it may ask again before anybody has seen that it asked
	events  chan []byte
	sent    time.Time
	answers chan answer
	exited  chan struct{}
}

type answer struct {
	at   time.Time
	body []byte
	err  error
}

// Start starts a function and returns when it asks for its first event. program is its file. env is added to Lambda's
// own variables. log receives the function's output; nil drops it. The caller must Stop the process.
func Start(ctx context.Context, program string, env map[string]string, log io.Writer) (*Process, error) {
	p, _, err := start(ctx, program, env, log, nil)
	return p, err
}

// Cold starts a function, which gets an event as soon as it asks for one, and returns the answer. First is then the
// time from the start until the answer.
func Cold(ctx context.Context, program string, env map[string]string, event []byte) (*Process, []byte, error) {
	return start(ctx, program, env, nil, event)
}

func start(ctx context.Context, program string, env map[string]string, log io.Writer,
	event []byte) (*Process, []byte, error) {
	p := &Process{
		asked: make(chan time.Time, 2), events: make(chan []byte, 1), answers: make(chan answer, 1),
		exited: make(chan struct{}), command: exec.Command(program),
	}
	p.api = httptest.NewServer(p)
	p.command.Stdout, p.command.Stderr = log, log
	p.command.Env = append(slices.Clone(lambda),
		"PATH="+os.Getenv("PATH"), "AWS_LAMBDA_RUNTIME_API="+p.api.Listener.Addr().String())
	for name, value := range env {
		p.command.Env = append(p.command.Env, name+"="+value)
	}
	if event != nil {
		p.events <- event
	}
	begin := time.Now()
	if err := p.command.Start(); err != nil {
		p.api.Close()
		return nil, nil, fmt.Errorf("starting %s: %w", program, err)
	}
	go func() { p.command.Wait(); close(p.exited) }()
	at, err := wait(ctx, p, p.asked)
	var first answer
	if err == nil && event != nil {
		first, err = p.result(ctx)
	}
	if err != nil {
		p.Stop()
		return nil, nil, fmt.Errorf("starting %s: %w", program, err)
	}
	p.Ready, p.First = at.Sub(begin), first.at.Sub(begin)
	return p, first.body, nil
}

var lambda = []string{
	"_HANDLER=bootstrap", "TZ=:UTC", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
	"AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_SESSION_TOKEN=local",
	"AWS_LAMBDA_FUNCTION_NAME=bench", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
	"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/bench", "AWS_LAMBDA_LOG_STREAM_NAME=bench",
	"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
}

// wait receives the next value from the process, unless the process ends before.
func wait[T any](ctx context.Context, p *Process, from chan T) (value T, err error) {
	select {
	case value = <-from:
	case <-p.exited:
		err = fmt.Errorf("the function has ended: %s", p.command.ProcessState)
	case <-ctx.Done():
		err = ctx.Err()
	}
	return value, err
}

// ServeHTTP is the Runtime API. The function asks for its next event with GET, and posts each answer.
func (p *Process) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(r.Body)
		if err == nil && !strings.HasSuffix(r.URL.Path, "/response") {
			err = fmt.Errorf("the function failed: %s", body)
		}
		p.answers <- answer{time.Now(), body, err}
		w.WriteHeader(http.StatusAccepted)
		return
	}
	select {
	case p.asked <- time.Now():
	default: // it asked before and gave that request up
	}
	select {
	case event := <-p.events:
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:bench")
		p.sent = time.Now()
		w.Write(event)
	case <-r.Context().Done():
	}
}

// Invoke sends an event. It returns the answer and the time until it came, after the function has asked for the next
// event.
func (p *Process) Invoke(ctx context.Context, event []byte) ([]byte, time.Duration, error) {
	p.events <- event // never blocks: the function has asked
	a, err := p.result(ctx)
	return a.body, a.at.Sub(p.sent), err
}

// result returns the answer to the event that was sent, after the function has asked for the next one.
func (p *Process) result(ctx context.Context) (answer, error) {
	a, err := wait(ctx, p, p.answers)
	if err == nil && a.err == nil {
		_, err = wait(ctx, p, p.asked)
	}
	return a, errors.Join(err, a.err)
}

// Memory returns the peak of the process's resident memory in MiB (VmHWM of Linux).
func (p *Process) Memory() (megabytes float64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes float64
	if _, failed := fmt.Sscan(rest, &kilobytes); failed != nil {
		err = fmt.Errorf("reading the memory of a function: %w", errors.Join(err, failed))
	}
	return kilobytes / 1024, err
}

// CPU returns the processor's time that the process has used. It is the sum over its threads (schedstat of Linux). Go
// ends no thread.
func (p *Process) CPU() (total time.Duration, err error) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.command.Process.Pid))
	for _, thread := range threads {
		text, _ := os.ReadFile(thread)
		var running time.Duration
		if _, err := fmt.Sscan(string(text), &running); err != nil {
			return 0, fmt.Errorf("reading the time of a function in %s: %w", thread, err)
		}
		total += running
	}
	if total == 0 {
		err = errors.New("/proc has no schedstat of the function")
	}
	return total, err
}

// Stop ends the process and its Runtime API.
func (p *Process) Stop() {
	p.command.Process.Kill()
	<-p.exited
	p.api.CloseClientConnections()
	p.api.Close()
}
