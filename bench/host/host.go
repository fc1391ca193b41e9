// Package host runs one process behind a Lambda Runtime API of its own and measures it: how long until it asks for its first
// event, how long it works on each, and how much memory it took. local/lambda is for running; this is for timing, so nothing
// stands between the process and the clock.
package host

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Command is what to start.
type Command struct {
	Args []string          // the program and its arguments
	Env  map[string]string // beside what Lambda sets
	Dir  string            // its working directory; empty: this one's
	Log  io.Writer         // what it prints; nil drops it
}

// Process is a running function that has asked for its first event.
type Process struct {
	Ready time.Duration // from its start until it asked

	command *exec.Cmd
	server  *http.Server
	asked   chan time.Time
	events  chan []byte
	sent    chan time.Time
	answers chan answer
	exited  chan struct{}
}

type answer struct {
	at   time.Time
	body []byte
	err  error
}

const (
	root    = "/2018-06-01/runtime"
	timeout = 28 * time.Second // of an invocation, as deployed
)

// Start starts a function and returns when it asks for its first event. The caller must Stop it.
func Start(ctx context.Context, c Command) (*Process, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the Runtime API: %w", err)
	}
	p := &Process{
		asked: make(chan time.Time, 1), events: make(chan []byte), sent: make(chan time.Time, 1), answers: make(chan answer, 1), exited: make(chan struct{}),
	}
	p.server = &http.Server{Handler: p.api()}
	go p.server.Serve(listener)
	p.command = exec.Command(c.Args[0], c.Args[1:]...)
	p.command.Dir, p.command.Stdout, p.command.Stderr = c.Dir, c.Log, c.Log
	p.command.Env = environ(c.Env, listener.Addr().String())
	begin := time.Now()
	if err := p.command.Start(); err != nil {
		p.server.Close()
		return nil, fmt.Errorf("starting %s: %w", c.Args[0], err)
	}
	go func() { p.command.Wait(); close(p.exited) }()
	select {
	case at := <-p.asked:
		p.Ready = at.Sub(begin)
		return p, nil
	case <-p.exited:
		p.server.Close()
		return nil, fmt.Errorf("%s ended before it asked for an event: %s", c.Args[0], p.command.ProcessState)
	case <-ctx.Done():
		p.Stop()
		return nil, ctx.Err()
	}
}

func environ(own map[string]string, api string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "_HANDLER=bootstrap", "TZ=:UTC", "AWS_LAMBDA_RUNTIME_API=" + api,
		"AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_SESSION_TOKEN=local",
		"AWS_LAMBDA_FUNCTION_NAME=bench", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/bench", "AWS_LAMBDA_LOG_STREAM_NAME=bench", "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
	}
	for name, value := range own {
		env = append(env, name+"="+value)
	}
	return env
}

func (p *Process) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case p.asked <- time.Now():
		default: // asked before, and gave that request up
		}
		select {
		case event := <-p.events:
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
			w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(timeout).UnixMilli(), 10))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:bench")
			p.sent <- time.Now()
			w.Write(event)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("POST "+root+"/invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) { p.take(w, r, nil) })
	mux.HandleFunc("POST "+root+"/invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) {
		p.take(w, r, fmt.Errorf("the function failed"))
	})
	return mux
}

func (p *Process) take(w http.ResponseWriter, r *http.Request, failed error) {
	body, err := io.ReadAll(r.Body)
	if err == nil && failed != nil {
		err = fmt.Errorf("%w: %s", failed, body)
	}
	p.answers <- answer{time.Now(), body, err}
	w.WriteHeader(http.StatusAccepted)
}

// Invoke hands an event over and returns the answer and the time from the one to the other, after the function has asked for
// the next event.
func (p *Process) Invoke(ctx context.Context, event []byte) ([]byte, time.Duration, error) {
	select {
	case p.events <- event:
	case <-p.exited:
		return nil, 0, fmt.Errorf("the function has ended: %s", p.command.ProcessState)
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	sent := <-p.sent
	select {
	case a := <-p.answers:
		if a.err == nil {
			<-p.asked
		}
		return a.body, a.at.Sub(sent), a.err
	case <-p.exited:
		return nil, 0, fmt.Errorf("the function ended without an answer: %s", p.command.ProcessState)
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
}

// Memory is the most memory the process has had resident, in bytes (VmHWM of Linux).
func (p *Process) Memory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("reading the memory of a function: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("/proc has no VmHWM of the function")
}

// Stop ends the process and its Runtime API.
func (p *Process) Stop() {
	p.command.Process.Kill()
	<-p.exited
	p.server.Close()
}
