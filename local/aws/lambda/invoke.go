package lambda

import "time"

// invoke sends one event to one instance and waits for the answer, the process's exit or the deadline.
func (p *pool) invoke(event []byte) ([]byte, error) {
	var plan *plannedKill
	for {
		i, reused, err := p.acquire()
		if err != nil {
			return nil, err
		}
		if plan == nil {
			plan = p.killer.decide(p.fn.Name)
		}
		inv := &invocation{
			id: requestID(), trace: traceID(p.now()), event: event, deadline: p.now().Add(p.fn.Timeout), plan: *plan,
		}
		if inv.plan.at == BeforeEvent {
			return nil, p.killNow(i, inv, BeforeEvent)
		}
		timer := time.NewTimer(p.fn.Timeout)
		select {
		case i.work <- inv:
			defer timer.Stop()
			return p.finish(i, inv, timer)
		case <-i.exited:
			timer.Stop()
			p.discard(i)
			if !reused || p.isClosed() {
				return nil, p.logEnd(i, crashError(p.fn, inv.id, i.status))
			}
			// The process exited between two events. It did not get this event, so the next instance may have it.
		case <-timer.C:
			i.kill() // it asked for an event and then did not read it
			p.discard(i)
			return nil, p.logEnd(i, timeoutError(p.fn, inv.id))
		}
	}
}

// finish waits until the instance has answered and is ready for another event, or has exited.
//
// The caller gets an answer only after the runtime has asked for the next event, which aws-lambda-go does at once. AWS
// answers a little earlier. The difference has three effects: the instance is free when its caller returns, requests in
// sequence are served by one instance, and a function that panics has exited before its caller gets the error.
func (p *pool) finish(i *instance, inv *invocation, deadline *time.Timer) ([]byte, error) {
	var got *answer
	var killTimer <-chan time.Time
	if inv.plan.at == WhileRunning {
		killTimer = time.After(inv.plan.after)
	}
	for {
		select {
		case a := <-i.answers:
			got = &a
		case <-i.ready:
			if got == nil { // both channels were ready, and select chose this one
				a := <-i.answers
				got = &a
			}
			if inv.plan.at == AfterAnswer {
				return nil, p.killNow(i, inv, AfterAnswer)
			}
			p.release(i)
			return p.result(got)
		case <-killTimer:
			if killTimer = nil; i.hasExited() {
				continue // it exited by itself at the same moment
			}
			return nil, p.killNow(i, inv, WhileRunning)
		case <-i.exited:
			if at := i.killedAt(inv); at != 0 {
				return nil, p.killNow(i, inv, at)
			}
			return p.settle(i, got, crashError(p.fn, inv.id, i.status))
		case <-deadline.C:
			i.kill()
			return p.settle(i, got, timeoutError(p.fn, inv.id))
		}
	}
}

// settle ends an invocation whose process has exited. An answer from before the exit counts.
func (p *pool) settle(i *instance, got *answer, otherwise *Error) ([]byte, error) {
	p.discard(i)
	if got == nil {
		select {
		case a := <-i.answers:
			got = &a
		default:
			return nil, p.logEnd(i, otherwise)
		}
	}
	if got.err != nil {
		got.err.Exited = true
	}
	return p.result(got)
}

func (p *pool) result(a *answer) ([]byte, error) {
	if a.err != nil {
		return nil, a.err
	}
	return a.payload, nil
}
