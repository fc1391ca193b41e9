package sandbox

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"reflect"

	"kasir/local/sandbox/faults"
)

// faultsAnswer is the body of GET /control/faults.
type faultsAnswer struct {
	Faults   Faults                    `json:"faults"`   // in force
	Orders   map[string]Faults         `json:"orders"`   // by invoice number: of an order that has its own
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
	writeJSON(w, http.StatusOK,
		faultsAnswer{i.Faults, maps.Clone(i.Orders), next, i.Calls, i.Suffered, i.Forms, i.Unsigned})
}

// setFaults answers POST /control/faults. The body replaces all faults, also requested ones and those of orders, and
// resets the counts. {} ends every fault.
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

// setOrderFaults answers POST /control/faults/order {"invoice_number":"INV-1","faults":{…}}. The calls and
// notifications of that order have only these faults, instead of those of POST /control/faults and of the requested
// ones. With {} the order has those again.
func (s *Server) setOrderFaults(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		InvoiceNumber string          `json:"invoice_number"`
		Faults        json.RawMessage `json:"faults"`
	}
	if !readControl(w, r, &ask) {
		return
	}
	if ask.InvoiceNumber == "" || ask.Faults == nil {
		writeError(w, invalidParameter("invoice_number and faults are required"))
		return
	}
	f, err := ParseFaults(string(ask.Faults))
	if err != nil {
		writeError(w, invalidParameter("faults: "+err.Error()))
		return
	}
	s.mu.Lock()
	if reflect.DeepEqual(f, Faults{}) {
		delete(s.injector.Orders, ask.InvoiceNumber)
	} else {
		s.injector.Orders[ask.InvoiceNumber] = f
	}
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
