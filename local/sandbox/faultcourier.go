package sandbox

import (
	"bytes"
	"errors"
	"time"
)

// errLost is what the sandbox's own log of attempts says of those that were lost on purpose.
var errLost = errors.New("lost on purpose")

// fateOf decides what an attempt suffers, and returns what makes it suffer that. s.mu must be held.
func (c *courier) fateOf(n *notification, manual bool, wall time.Time) func(post func() delivery) delivery {
	if manual {
		return func(post func() delivery) delivery { return post() }
	}
	f := c.server.injector.forAttempt(n)
	var overtaken chan struct{}
	if f.fault == reorder {
		overtaken = make(chan struct{})
		c.held[n] = overtaken
	}
	return func(post func() delivery) delivery {
		d := c.suffer(f, n, overtaken, wall, post)
		d.Fault = f.fault
		if f.fault != drop && f.fault != lose {
			c.letGo(n)
		}
		return d
	}
}

func (c *courier) suffer(f fate, n *notification, overtaken chan struct{}, wall time.Time, post func() delivery) delivery {
	switch f.fault {
	case drop, lose:
		return delivery{Error: errLost.Error()}
	case loseAnswer:
		return delivery{Error: errLost.Error(), Lost: post().Status}
	case delayAnswer, reorder:
		c.pause(f.wait, overtaken)
	case duplicateIt:
		again := make(chan delivery)
		go func() { again <- post() }()
		d := post()
		d.Again = (<-again).Status
		return d
	case forge:
		forged := c.post(n.forged(), strangersKey, wall)
		d := post()
		d.Forged = forged.Status
		return d
	}
	return post()
}

// letGo frees attempts held back to be overtaken: those older than by, which has arrived; all of them when by is nil.
func (c *courier) letGo(by *notification) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	for n, overtaken := range c.held {
		if by == nil || n.number <= by.number {
			close(overtaken)
			delete(c.held, n)
		}
	}
}

// forged says the opposite of n under n's Request-Id, as an attacker would who has seen n but not the secret key.
func (n *notification) forged() *notification {
	failed, succeeded := []byte(`"status":"FAILED"`), []byte(`"status":"SUCCESS"`)
	f := &notification{requestID: n.requestID, url: n.url, target: n.target}
	if bytes.Contains(n.body, failed) {
		f.body = bytes.Replace(n.body, failed, succeeded, 1)
		return f
	}
	f.body = bytes.Replace(n.body, succeeded, failed, 1)
	f.body = bytes.Replace(f.body, []byte(`"status":"PENDING"`), failed, 1)
	return f
}
