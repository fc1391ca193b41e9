package sandbox

import (
	"context"
	"net/http"
	"time"
)

// Clock is a clock that the sandbox shares with others.
type Clock interface {
	Now() time.Time
	// Ahead returns how far the clock is ahead of the real time.
	Ahead() time.Duration
	// Advance moves the clock for all who share it. It calls Server.Deliver after each step.
	Advance(ctx context.Context, by time.Duration) error
}

// clockAnswer is the time for pages, authorisations and retries.
type clockAnswer struct {
	Now   string `json:"now"`
	Ahead string `json:"ahead"` // of the real time, "168h0m0s"
}

// maxAhead keeps sums of times far from overflowing.
const maxAhead = 10 * 365 * 24 * time.Hour

// showClock answers GET /control/clock.
func (s *Server) showClock(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	writeJSON(w, http.StatusOK, clockAnswer{stamp(s.now()), s.aheadOfReal().String()})
}

// aheadOfReal returns how far the sandbox's time is ahead of the real one. s.mu must be held.
func (s *Server) aheadOfReal() time.Duration {
	if s.cfg.Clock != nil {
		return s.cfg.Clock.Ahead()
	}
	return s.ahead
}

// advanceClock answers POST /control/clock {"advance":"168h"}. It returns after an attempt at each notification that
// fell due. The clock never goes back, since expired pages could be paid again.
func (s *Server) advanceClock(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Advance string `json:"advance"`
	}
	if !readControl(w, r, &ask) {
		return
	}
	by, err := time.ParseDuration(ask.Advance)
	if err != nil || by < 0 {
		writeError(w, invalidParameter(`advance must be a duration such as "30m" or "168h"`))
		return
	}
	if s.cfg.Clock != nil {
		if err := s.cfg.Clock.Advance(r.Context(), by); err != nil {
			writeError(w, invalidParameter(err.Error()))
			return
		}
		s.showClock(w, r)
		return
	}
	s.mu.Lock()
	tooFar := by > maxAhead-s.ahead
	if !tooFar {
		s.ahead += by
	}
	s.mu.Unlock()
	if tooFar {
		writeError(w, invalidParameter("the clock cannot run more than ten years ahead"))
		return
	}
	s.courier.flush(r.Context())
	s.showClock(w, r)
}

// NextDue returns the time of the next notification, if one is queued. Nothing else happens at the sandbox by itself.
// The end of a page or an authorisation is found when somebody reads it.
func (s *Server) NextDue() (next time.Time, any bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range s.book.outbox {
		if n.state == queued && n.busy == nil && (!any || n.due.Before(next)) {
			next, any = n.due, true
		}
	}
	return next, any
}

// Deliver sends the notifications that are due. It returns when no attempt is under way.
func (s *Server) Deliver(ctx context.Context) { s.courier.flush(ctx) }

// Later returns the number of pages that changed after a time, or that would have another status at that time.
func (s *Server) Later(at time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.decidePending(s.now())
	count := 0
	for _, p := range s.book.pages {
		if p.changedAfter(at) || p.status(at) != p.status(s.now()) {
			count++
		}
	}
	return count
}

// changedAfter reports whether the page changed after a time.
func (p *page) changedAfter(at time.Time) bool {
	if p.createdAt.After(at) {
		return true
	}
	for _, a := range p.attempts {
		if a.at.After(at) || a.doneAt.After(at) {
			return true
		}
	}
	for _, t := range p.captures {
		if t.at.After(at) {
			return true
		}
	}
	for _, r := range p.refunds {
		if r.at.After(at) {
			return true
		}
	}
	for _, d := range p.disputes {
		if d.at.After(at) || d.wonAt.After(at) {
			return true
		}
	}
	return p.voided != nil && p.voided.at.After(at)
}

// Forget drops all pages, payments, notifications and saved cards, like a restart. It returns the number of pages.
func (s *Server) Forget() int {
	s.courier.release(nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	pages := len(s.book.pages)
	s.book = newBook()
	return pages
}
