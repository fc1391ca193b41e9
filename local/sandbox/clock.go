package sandbox

import (
	"net/http"
	"time"
)

// clockAnswer shows the sandbox's own time, which pages, authorisations and retries live by.
type clockAnswer struct {
	Now   string `json:"now"`
	Ahead string `json:"ahead"` // of the real time, "168h0m0s"
}

// furthest keeps sums of times far from overflowing.
const furthest = 10 * 365 * 24 * time.Hour

// showClock answers GET /control/clock.
func (s *Server) showClock(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	writeJSON(w, http.StatusOK, clockAnswer{stamp(s.now()), s.ahead.String()})
}

// advanceClock answers POST /control/clock {"advance":"168h"}. It returns after notifications that fell due were
// attempted. The clock never goes back: what expired would be payable again.
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
	s.mu.Lock()
	tooFar := by > furthest-s.ahead
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
