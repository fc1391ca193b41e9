package sandbox

import (
	"io"
	"net/http"

	"kasir/local/sandbox/faults"
)

// faultsAnswer is the body of GET /control/faults.
type faultsAnswer struct {
	Faults   Faults                    `json:"faults"`   // in force
	Next     []faults.RequestedFault   `json:"next"`     // requested faults still to come
	Calls    map[string]int            `json:"calls"`    // by endpoint, since the faults were set
	Suffered map[string]map[string]int `json:"suffered"` // by endpoint and fault, since then
	Forms    map[string]map[string]int `json:"forms"`    // by endpoint and "fault form", since then
	Unsigned map[string]int            `json:"unsigned"` // answers without a signature by unsigned_answers, by class
}

// showFaults answers GET /control/faults.
func (s *Server) showFaults(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.injector
	next := append([]faults.RequestedFault{}, i.Next...)
	writeJSON(w, http.StatusOK, faultsAnswer{i.Faults, next, i.Calls, i.Suffered, i.Forms, i.Unsigned})
}

// setFaults answers POST /control/faults. The body replaces all faults, also requested ones, and resets the counts. {}
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
	s.injector = faults.NewInjector(f)
	s.mu.Unlock()
	s.showFaults(w, r)
}

// addFault answers POST /control/faults/next
// {"endpoint":"refund","fault":"foreign_after","form":"404-gateway","times":2}. The next two calls to refund that can
// have the fault get it, instead of a drawn one. Several requested faults wait for their turn.
func (s *Server) addFault(w http.ResponseWriter, r *http.Request) {
	ask := faults.RequestedFault{Times: 1}
	if !readControl(w, r, &ask) {
		return
	}
	if err := ask.Check(); err != nil {
		writeError(w, invalidParameter(err.Error()))
		return
	}
	s.mu.Lock()
	s.injector.Next = append(s.injector.Next, ask)
	s.mu.Unlock()
	s.showFaults(w, r)
}
