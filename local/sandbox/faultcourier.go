package sandbox

import (
	"errors"
	"time"

	"kasir/local/sandbox/faults"
)

// errLost is the error of an attempt that was lost on purpose.
var errLost = errors.New("lost on purpose")

// planFault draws the fault of an attempt, and returns a function that makes the attempt with it. s.mu must be held.
func (c *courier) planFault(n *notification, manual bool, wall time.Time) func(post func() delivery) delivery {
	if manual {
		return func(post func() delivery) delivery { return post() }
	}
	invoice := n.page.body.Order.InvoiceNumber
	f := c.server.injector.PlanAttempt(n.identity, invoice, len(n.attempts), &n.dropped)
	if f.Fault != "" {
		c.server.cfg.Log.Info("fault", "endpoint", faults.Notifications, "fault", f.Fault, "form", f.Form, "id", n.id)
	}
	var overtaken chan struct{}
	if f.Fault == faults.Reorder {
		overtaken = make(chan struct{})
		c.held[n] = overtaken
	}
	return func(post func() delivery) delivery {
		d := c.applyFault(f, n, overtaken, wall, post)
		d.Fault, d.Form = f.Fault, f.Form
		if f.Fault != faults.Drop && f.Fault != faults.Lose {
			c.release(n)
		}
		return d
	}
}

// applyFault makes an attempt with a fault.
func (c *courier) applyFault(
	f faults.PlannedFault, n *notification, overtaken chan struct{}, wall time.Time, post func() delivery,
) delivery {
	switch f.Fault {
	case faults.Drop, faults.Lose:
		return delivery{Error: errLost.Error()}
	case faults.LoseAnswer:
		return delivery{Error: errLost.Error(), Lost: post().Status}
	case faults.Delay, faults.Reorder:
		c.pause(f.Wait, overtaken)
	case faults.Duplicate:
		again := make(chan delivery)
		go func() { again <- post() }()
		d := post()
		d.Again = (<-again).Status
		return d
	case faults.Forge:
		forged := c.post(n.forgery(), wrongKey, wall)
		d := post()
		d.Forged = forged.Status
		return d
	}
	if body, changed := faults.AlterNotification(f, n.body); changed {
		return c.post(n.withBody(n.requestID, body), c.server.secretKey(), wall)
	}
	if body, more := faults.ExtraNotification(f, n.body); more {
		return c.sendExtra(f, n.withBody(n.requestID[:len(n.requestID)-1]+"x", body), wall, post)
	}
	return post()
}

// sendExtra also sends another notification: after the attempt if it is older, otherwise before it.
func (c *courier) sendExtra(
	f faults.PlannedFault, more *notification, wall time.Time, post func() delivery,
) (d delivery) {
	if f.Fault == faults.Older {
		d = post()
		d.Beside = c.post(more, c.server.secretKey(), wall).Status
		return d
	}
	beside := c.post(more, c.server.secretKey(), wall).Status
	d = post()
	d.Beside = beside
	return d
}

// withBody returns a notification to the same place with another body.
func (n *notification) withBody(requestID string, body []byte) *notification {
	return &notification{requestID: requestID, url: n.url, target: n.target, body: body}
}

// release ends the wait of attempts that are held back. These are the ones up to by, which has arrived, or all if by is
// nil.
func (c *courier) release(by *notification) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	for n, overtaken := range c.held {
		if by == nil || n.number <= by.number {
			close(overtaken)
			delete(c.held, n)
		}
	}
}

// forgery returns a notification with the opposite status under n's Request-Id.
func (n *notification) forgery() *notification {
	return n.withBody(n.requestID, faults.Opposite(n.body))
}
