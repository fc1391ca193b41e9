package lambda

import "fmt"

// Renew replaces the environment of every function, as a new configuration does on AWS. Instances that start from now
// on have env. Idle ones are stopped, and one that serves an event is stopped after it. The error names a variable that
// Lambda sets itself.
func (r *Runtime) Renew(env map[string]string) error {
	for name := range env {
		if reserved(name) {
			return fmt.Errorf("lambda: %s is set by Lambda and cannot be configured", name)
		}
	}
	for _, p := range r.pools {
		p.renew(env)
	}
	return nil
}

func (p *pool) renew(env map[string]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.env = env
	p.generation++
	for _, i := range p.idle {
		i.idle.Stop()
		delete(p.all, i)
		go i.stop(stopGrace)
	}
	p.idle = nil
}
