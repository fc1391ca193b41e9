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

// instance is one process of a function, with its own Runtime API, as each execution environment on AWS has. Only the
// owner of an instance reads its channels: the pool while it is idle, otherwise one invocation.
type instance struct {
	fn  Function
	out *lines

	mu      sync.Mutex // guards the fields below; the Runtime API's handlers run on their own goroutines
	phase   phase
	current *invocation
	stopped bool
	cmd     *exec.Cmd

	ready   chan struct{}    // a value for each time the runtime asks for an event
	work    chan *invocation // an event for the runtime that asked
	answers chan answer      // the runtime's answer to it
	failure chan []byte      // the body that the runtime posted to /init/error
	exited  chan struct{}    // closed when there is no process (any more)
	status  string           // how the process exited; valid once exited is closed

	idle       *time.Timer // stops the instance if it waits too long; the pool's
	generation int         // number of its environment, see pool.generation; the pool's
}

// invocation is one event that an instance serves.
type invocation struct {
	id       string
	trace    string
	event    []byte
	deadline time.Time

	plan   plannedKill
	killed Moment // when it was killed on purpose; 0 if it was not. The instance's mu guards it.
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

// launch starts the process. In every case exited is closed in the end.
func (i *instance) launch(now time.Time) error {
	listener, err := loopback.Listen(0)
	if err != nil {
		close(i.exited)
		return fmt.Errorf("listening for its runtime: %w", err)
	}
	server := &http.Server{Handler: i.api(), ErrorLog: log.New(io.Discard, "", 0)}
	go listener.Serve(server, loopback.Guard{})

	cmd := exec.Command(i.fn.Binary)
	cmd.Env = i.fn.environ(listener.Addr(), now)
	cmd.Dir = filepath.Dir(i.fn.Binary)
	cmd.Stdout, cmd.Stderr = i.out, i.out // one writer for both keeps the order of the lines
	setProcessGroup(cmd)
	cmd.WaitDelay = time.Second // limits the wait for the pipe if a grandchild keeps it open

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
		cmd.Wait() // ProcessState has the reason; the error adds nothing
		i.status = cmd.ProcessState.String()
		i.out.flush()
		server.Close()
		close(i.exited)
	}()
	return nil
}

// hasExited reports whether the process has exited.
func (i *instance) hasExited() bool {
	select {
	case <-i.exited:
		return true
	default:
		return false
	}
}

// kill kills the process and all its children at once, and waits until it has exited. Lambda does this at a deadline.
func (i *instance) kill() {
	i.signal(killProcess)
	<-i.exited
}

// stop asks the process to exit, and kills it if it has not exited within the grace.
func (i *instance) stop(grace time.Duration) {
	i.signal(terminate)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-i.exited:
	case <-timer.C:
		i.kill()
	}
}

// signal sends to the instance's process group. An instance that was not launched yet will not be launched afterwards.
func (i *instance) signal(send func(*exec.Cmd)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stopped = true
	if i.cmd != nil && !i.hasExited() {
		send(i.cmd)
	}
}
