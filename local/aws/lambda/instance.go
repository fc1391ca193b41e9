package lambda

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"kasir/local/loopback"
)

// instance is one process of a function with the Runtime API it alone talks to, as each execution environment on AWS has
// its own. Whoever holds an instance (the pool while it is idle, one invocation otherwise) alone reads its channels.
type instance struct {
	fn  Function
	out *lines

	mu      sync.Mutex // guards what follows; the Runtime API's handlers run on their own goroutines
	phase   phase
	current *invocation
	stopped bool
	cmd     *exec.Cmd

	ready   chan struct{}    // the runtime asked for an event
	work    chan *invocation // an event for the runtime that asked
	answers chan answer      // what the runtime posted for it
	failure chan []byte      // what the runtime posted to /init/error
	exited  chan struct{}    // closed when there is no process (any more)
	status  string           // how it ended; valid once exited is closed

	idle *time.Timer // ends the instance when it waits too long; the pool's
	age  int         // of its environment; the pool's
}

// invocation is one event on its way through an instance.
type invocation struct {
	id       string
	trace    string
	event    []byte
	deadline time.Time

	doom   doom
	killed Moment // on purpose; 0 while it was not. The instance's mu guards it.
}

func newInstance(f Function, log *sink) *instance {
	return &instance{
		fn:      f,
		out:     &lines{sink: log, prefix: f.Name + " | "},
		ready:   make(chan struct{}, 1),
		work:    make(chan *invocation),
		answers: make(chan answer, 1),
		failure: make(chan []byte, 1),
		exited:  make(chan struct{}),
	}
}

// launch starts the process. However it goes, exited is closed in the end.
func (i *instance) launch(now time.Time) error {
	listener, err := loopback.Listen(0)
	if err != nil {
		close(i.exited)
		return fmt.Errorf("listen for its runtime: %w", err)
	}
	server := &http.Server{Handler: i.api(), ErrorLog: log.New(io.Discard, "", 0)}
	go listener.Serve(server, loopback.Guard{})

	cmd := exec.Command(i.fn.Binary)
	cmd.Env = i.fn.environ(listener.Addr(), now)
	cmd.Dir = filepath.Dir(i.fn.Binary)
	cmd.Stdout, cmd.Stderr = i.out, i.out // the same writer twice: one pipe, so the order is kept
	alone(cmd)
	cmd.WaitDelay = time.Second // for the pipe, should a grandchild keep it open

	i.mu.Lock()
	defer i.mu.Unlock()
	if i.stopped {
		err = ErrClosed
	} else {
		err = cmd.Start()
	}
	if err != nil {
		server.Close()
		close(i.exited)
		return err
	}
	i.cmd = cmd
	go func() {
		cmd.Wait() // how it ended is in ProcessState, an error here says the same
		i.status = cmd.ProcessState.String()
		i.out.flush()
		server.Close()
		close(i.exited)
	}()
	return nil
}

// gone tells whether the process has ended.
func (i *instance) gone() bool {
	select {
	case <-i.exited:
		return true
	default:
		return false
	}
}

// kill ends the process and all it started, at once, and waits until it is gone: what Lambda does at a deadline.
func (i *instance) kill() {
	i.signal(end)
	<-i.exited
}

// stop asks the process to end, and kills it when it has not within the grace.
func (i *instance) stop(grace time.Duration) {
	i.signal(askToEnd)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-i.exited:
	case <-timer.C:
		i.kill()
	}
}

// signal sends to the instance's process group; an instance not launched yet never will be.
func (i *instance) signal(send func(*exec.Cmd)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stopped = true
	if i.cmd != nil && !i.gone() {
		send(i.cmd)
	}
}
