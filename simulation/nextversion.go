package simulation

import (
	"time"

	"kasir/shared/order"
)

// rollout is the time for which both versions run. After it only the next one does.
const rollout = time.Hour

// rolledOut reports whether the next version has taken this one's place.
func (w *World) rolledOut() bool {
	return !w.newerAt.IsZero() && w.now.Sub(w.newerAt) >= rollout
}

// checkFormat notes the format of an item that has just been written. It checks I6 for formats: this version never
// writes an item of the next one. It guards facts that this version does not know.
func (s *Store) checkFormat(invoice string) {
	by := s.w.author
	switch {
	case by != nil && by.next:
		if s.newer == nil {
			s.newer, s.w.newerAt = map[string]bool{}, s.w.now
		}
		s.newer[invoice] = true
	case s.newer[invoice]:
		s.w.violate("I6", "%s has a format that this version does not know, but this version wrote it", invoice)
	}
}

// asReadByVersion returns an order as the version of the current process reads it.
func (s *Store) asReadByVersion(o order.Order) order.Order {
	switch p := s.w.current; {
	case p != nil && p.old:
		return asOldVersion(o)
	case s.tooNew(o.Invoice):
		o.Format = order.LastFormat + 1
	}
	return o
}

// tooNew reports whether an item is in a format that the current process does not know.
func (s *Store) tooNew(invoice string) bool {
	p := s.w.current
	if p == nil { // a write that takes effect late
		p = s.w.author
	}
	return s.newer[invoice] && !p.next
}
