package lambda

import (
	"errors"
	"slices"
	"sync"
	"syscall"
	"time"
)

const (
	// idleLimit is how long an instance waits for its next event before it is stopped; AWS keeps them for some minutes
	// too. The most recently used instance is reused first, so the extra instances of a burst become idle and are
	// stopped.
	idleLimit = 5 * time.Minute
	// stopGrace is the time for a process to handle SIGTERM. AWS gives at most 500 ms.
	stopGrace = 500 * time.Millisecond
	// minInit is AWS's limit for init. A function with a longer timeout gets that time instead, because AWS repeats a
	// slow init within the first invocation, under the function's own timeout.
	minInit = 10 * time.Second
)

// pool is the set of instances of one function.
type pool struct {
	fn        Function
	log       *sink
	now       func() time.Time
	initLimit time.Duration
	idleLimit time.Duration
	killer    *killer

	processes sync.WaitGroup

	mu         sync.Mutex
	closed     bool
	all        map[*instance]bool // counted against MaxInstances
	idle       []*instance        // the most recently used last
	env        map[string]string  // environment of the instances that start from now on
	generation int                // how often env was replaced
}

func newPool(f Function, log *sink, now func() time.Time) *pool {
	return &pool{
		fn: f, log: log, now: now,
		initLimit: max(minInit, f.Timeout), idleLimit: idleLimit,
		all: make(map[*instance]bool), env: f.Env,
	}
}

// acquire returns an instance that waits for an event: an idle one, otherwise a new one. reused reports whether it was
// idle; such an instance may have exited meanwhile.
func (p *pool) acquire() (i *instance, reused bool, err error) {
	p.mu.Lock()
	if last := len(p.idle) - 1; last >= 0 {
		i, p.idle = p.idle[last], p.idle[:last]
		i.idle.Stop()
		p.mu.Unlock()
		return i, true, nil
	}
	p.mu.Unlock()
	i, err = p.start()
	return i, false, err
}

// start launches an instance and waits until it asks for its first event.
func (p *pool) start() (*instance, error) {
	i, err := p.reserve()
	if err != nil {
		return nil, err
	}
	if err := i.launch(p.now()); err != nil {
		p.discard(i)
		return nil, p.logEnd(i, initError(p.fn, err.Error()+remedy(err), ""))
	}
	timer := time.NewTimer(p.initLimit)
	defer timer.Stop()
	var failure []byte
	select {
	case <-i.ready:
		return i, nil
	case failure = <-i.failure:
		i.stop(stopGrace)
	case <-i.exited:
		select {
		case failure = <-i.failure:
		default:
		}
	case <-timer.C:
		i.kill()
		p.discard(i)
		return nil, p.logEnd(i, initTimeout(p.fn, p.initLimit, i.out.last))
	}
	p.discard(i)
	if failure != nil {
		return nil, p.logEnd(i, reportedError(Init, p.fn, "", failure))
	}
	return nil, p.logEnd(i, initError(p.fn, i.status, i.out.last))
}

// remedy returns advice for an error by which this machine is short of something.
func remedy(err error) string {
	switch {
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return ": raise the limit of open files, ulimit -n 4096"
	case errors.Is(err, syscall.EAGAIN):
		return ": raise the limit of processes, ulimit -u"
	case errors.Is(err, syscall.ENOMEM):
		return ": this machine has no memory left"
	}
	return ""
}

// reserve adds one more instance to the pool, or returns an error if there may be no more.
func (p *pool) reserve() (*instance, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	if len(p.all) >= p.fn.MaxInstances {
		return nil, throttleError(p.fn)
	}
	f := p.fn
	f.Env = p.env
	i := newInstance(f, p.log)
	i.generation = p.generation
	p.all[i] = true
	p.processes.Add(1)
	go func() {
		<-i.exited
		p.processes.Done()
	}()
	return i, nil
}

// release keeps a waiting instance for the next event. It stops an instance whose environment was replaced.
func (p *pool) release(i *instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return // close stops it
	}
	if i.generation != p.generation {
		delete(p.all, i)
		go i.stop(stopGrace)
		return
	}
	p.idle = append(p.idle, i)
	i.idle = time.AfterFunc(p.idleLimit, func() { p.evictIdle(i) })
}

// evictIdle stops an instance that was idle for idleLimit.
func (p *pool) evictIdle(i *instance) {
	p.mu.Lock()
	at := slices.Index(p.idle, i)
	if at < 0 || p.closed {
		p.mu.Unlock()
		return // acquired again in the same moment, or stopped by close
	}
	p.idle = slices.Delete(p.idle, at, at+1)
	delete(p.all, i)
	p.mu.Unlock()
	i.stop(stopGrace)
}

// discard removes an instance whose process has exited.
func (p *pool) discard(i *instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, i)
}

// warm adds an idle instance.
func (p *pool) warm() error {
	i, err := p.start()
	if err != nil {
		return err
	}
	p.release(i)
	return nil
}

// close stops all instances and returns when their processes have exited.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	for _, i := range p.idle {
		i.idle.Stop()
	}
	p.idle = nil
	for i := range p.all {
		go i.stop(stopGrace)
	}
	p.mu.Unlock()
	p.processes.Wait()
}

func (p *pool) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// logEnd writes the end of an instance into the function's log, as AWS does, and returns the error to report: ErrClosed
// if Close stopped it.
func (p *pool) logEnd(i *instance, e *Error) error {
	if p.isClosed() {
		return ErrClosed
	}
	p.log.line(i.out.prefix, []byte(e.Message))
	return e
}
