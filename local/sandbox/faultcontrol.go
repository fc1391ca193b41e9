package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// faultsAnswer is what GET /control/faults says.
type faultsAnswer struct {
	Faults   Faults                    `json:"faults"`   // in force
	Next     []shot                    `json:"next"`     // pointed faults still to come
	Calls    map[string]int            `json:"calls"`    // by endpoint, since the faults were set
	Suffered map[string]map[string]int `json:"suffered"` // by endpoint and fault, since then
}

// showFaults answers GET /control/faults.
func (s *Server) showFaults(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.injector
	writeJSON(w, http.StatusOK, faultsAnswer{i.faults, append([]shot{}, i.next...), i.calls, i.suffered})
}

// setFaults answers POST /control/faults. The body replaces all faults, pointed ones too, and counting begins anew: {}
// ends every fault.
func (s *Server) setFaults(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		refuseBody(w, err)
		return
	}
	f, err := ParseFaults(string(body))
	if err != nil {
		writeError(w, invalidParameter(err.Error()))
		return
	}
	s.mu.Lock()
	s.injector = newInjector(f)
	s.mu.Unlock()
	s.showFaults(w, r)
}

// pointFault answers POST /control/faults/next {"endpoint":"refund","fault":"lose_after","times":2}: the next two calls
// to refund suffer it, whatever chance would do to them. Several wait for their turn.
func (s *Server) pointFault(w http.ResponseWriter, r *http.Request) {
	ask := shot{Times: 1}
	if !readControl(w, r, &ask) {
		return
	}
	if err := ask.check(); err != nil {
		writeError(w, invalidParameter(err.Error()))
		return
	}
	s.mu.Lock()
	s.injector.next = append(s.injector.next, ask)
	s.mu.Unlock()
	s.showFaults(w, r)
}

func (s shot) check() error {
	known := CallFaults{}.chances()
	switch {
	case s.Endpoint == notifications:
		known = append(NotificationFaults{}.chances(), chance{fault: drop})
	case !slices.Contains(Endpoints, s.Endpoint):
		return fmt.Errorf("endpoint must be one of %s, %s", strings.Join(Endpoints, ", "), notifications)
	}
	names := []string{}
	for _, c := range known {
		if c.fault != refuse || refusable(s.Endpoint) {
			names = append(names, c.fault)
		}
	}
	switch {
	case !slices.Contains(names, s.Fault):
		return fmt.Errorf("fault of %s must be one of %s", s.Endpoint, strings.Join(names, ", "))
	case s.Times < 1:
		return fmt.Errorf("times must be at least 1")
	}
	return nil
}
