package simulation

import (
	"time"

	"kasir/shared/order"
)

// rollout is how long the next version runs beside this one. After it there is nothing else.
const rollout = time.Hour

// rolledOut reports whether the next version has taken this one's place.
func (w *World) rolledOut() bool {
	return !w.newerAt.IsZero() && w.now.Sub(w.newerAt) >= rollout
}

// writtenIn notes the format in which an item has just been written. It is I6 for formats: this version never writes
// what the next one wrote. It guards facts that are not known here.
func (s *Store) checkFormat(invoice string) {
	by := s.w.author
	switch {
	case by != nil && by.next:
		if s.newer == nil {
			s.newer, s.w.newerAt = map[string]bool{}, s.w.now
		}
		s.newer[invoice] = true
	case s.newer[invoice]:
		s.w.violate("I6", "%s is in a format that this version does not know, and was written by it", invoice)
	}
}

// asRead is an order as the version reads it that the current process runs.
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
