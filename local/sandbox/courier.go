package sandbox

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// courier delivers notifications in the background. Each has its own goroutine, to keep a slow answer of the merchant
// from delaying others. Server.mu guards all fields except the channels.
type courier struct {
	server *Server
	wake   chan struct{} // signals that something may be due
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	held   map[*notification]chan struct{} // attempts that wait until another overtakes them; closed to release them
}

func newCourier(s *Server) *courier {
	ctx, cancel := context.WithCancel(context.Background())
	return &courier{
		server: s, wake: make(chan struct{}, 1), ctx: ctx, cancel: cancel, held: map[*notification]chan struct{}{},
	}
}

func (c *courier) start() { c.work.Go(c.run) }

// stop holds the lock while it cancels. Therefore no delivery starts after it began to wait.
func (c *courier) stop() {
	c.server.mu.Lock()
	c.cancel()
	c.server.mu.Unlock()
	c.work.Wait()
}

func (c *courier) wakeUp() {
	select {
	case c.wake <- struct{}{}:
	default: // the signal is already set
	}
}

// run sends notifications when they are due.
func (c *courier) run() {
	for {
		c.sendDue()
		var alarm <-chan time.Time
		if wait, any := c.untilNext(); any {
			alarm = time.After(wait)
		}
		select {
		case <-c.ctx.Done():
			return
		case <-c.wake:
		case <-alarm:
		}
	}
}

// sendDue starts an attempt for each notification that is due. It returns channels that are closed at the end of the
// attempts under way.
func (c *courier) sendDue() (busy []<-chan struct{}) {
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range s.book.outbox {
		if n.state == queued && n.busy == nil && !n.due.After(s.now()) {
			c.send(n, false)
		}
		if n.busy != nil {
			busy = append(busy, n.busy)
		}
	}
	return busy
}

// untilNext returns the time until the next notification is due, if one is queued.
func (c *courier) untilNext() (wait time.Duration, any bool) {
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range s.book.outbox {
		if n.state != queued || n.busy != nil {
			continue
		}
		if left := n.due.Sub(s.now()); !any || left < wait {
			wait, any = left, true
		}
	}
	return wait, any
}

// flush sends until nothing is due or under way. A test that moved the clock then need not wait.
func (c *courier) flush(ctx context.Context) {
	for {
		busy := c.sendDue()
		c.release(nil) // a move of the clock ends the wait of attempts that are held back
		if len(busy) == 0 {
			c.wakeUp() // the time of the next attempt may have changed
			return
		}
		for _, done := range busy {
			select {
			case <-done:
			case <-ctx.Done():
				return
			case <-c.ctx.Done():
				return
			}
		}
	}
}

// send starts one attempt. s.mu must be held. n must have a URL and no attempt under way.
func (c *courier) send(n *notification, manual bool) {
	s := c.server
	done := make(chan struct{})
	if c.ctx.Err() != nil {
		return
	}
	n.busy = done
	s.book.outbox[n] = true
	wall, at := s.wall(), s.now()
	attempt := c.planFault(n, manual, wall)
	c.work.Go(func() {
		d := attempt(func() delivery { return c.post(n, s.secretKey(), wall) })
		d.At, d.Manual = stamp(at), manual
		s.mu.Lock()
		n.recordAttempt(d, at, s.cfg.RetryDelays)
		n.busy = nil
		if n.state != queued {
			delete(s.book.outbox, n)
		}
		s.mu.Unlock()
		close(done)
		c.wakeUp()
		s.cfg.Log.Info("notification", "id", n.id, "status", d.Status, "error", d.Error)
	})
}

// post makes one attempt. It reads only the fields of n that never change.
func (c *courier) post(n *notification, secret string, at time.Time) delivery {
	req, err := http.NewRequestWithContext(c.ctx, http.MethodPost, n.url, bytes.NewReader(n.body))
	if err != nil {
		return delivery{Error: err.Error()}
	}
	n.headers(req.Header, c.server.cfg.ClientID, secret, at)
	res, err := c.server.cfg.HTTP.Do(req)
	if err != nil {
		return delivery{Error: err.Error()}
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, maxBody)) // lets the connection be used again
	return delivery{Status: res.StatusCode}
}
