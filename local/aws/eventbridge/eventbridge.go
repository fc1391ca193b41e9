// Package eventbridge replaces AWS EventBridge on one machine. It takes events from the AWS SDK over HTTP and keeps
// them. It shares no code with the senders.
package eventbridge

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
)

// Entry is one event as it was put.
type Entry struct {
	EventBusName, Source, DetailType string
	Detail                           string  // JSON
	Time                             float64 // epoch seconds
}

// Server is an http.Handler that answers as EventBridge does. The zero value is ready.
type Server struct {
	mu      sync.Mutex
	entries []Entry
	refuse  int // number of next entries to refuse
	targets []func(id string, e Entry)
}

// AddTarget adds a target of a rule that matches every event. It is called once for each event that was accepted, in
// order, with the id that EventBridge gives the event. It must return soon.
func (s *Server) AddTarget(target func(id string, e Entry)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.targets = append(s.targets, target)
}

// Entries returns the events that were put, in order.
func (s *Server) Entries() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Entry(nil), s.entries...)
}

// RefuseNext makes the server refuse the next n entries, one by one.
func (s *Server) RefuseNext(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = n
}

// ServeHTTP answers PutEvents, in AWS's JSON 1.1. Like EventBridge it takes at most ten entries, and each needs Source,
// DetailType and Detail.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Entries []Entry }
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" || json.NewDecoder(r.Body).Decode(&in) != nil ||
		len(in.Entries) == 0 || len(in.Entries) > 10 {
		w.WriteHeader(http.StatusBadRequest)
		json.NewEncoder(w).Encode(map[string]string{
			"__type": "ValidationException", "message": "only PutEvents of 1 to 10 entries is known here",
		})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var results []map[string]string
	failed := 0
	for _, e := range in.Entries {
		result := map[string]string{"EventId": fmt.Sprint(len(s.entries))}
		switch {
		case s.refuse > 0:
			s.refuse--
			result = map[string]string{"ErrorCode": "ThrottlingException", "ErrorMessage": "refused on request"}
		case e.Source == "" || e.DetailType == "" || !json.Valid([]byte(e.Detail)):
			result = map[string]string{
				"ErrorCode": "InvalidArgument", "ErrorMessage": "Source, DetailType and Detail are required",
			}
		default:
			s.entries = append(s.entries, e)
			for _, target := range s.targets {
				target(result["EventId"], e)
			}
		}
		if result["ErrorCode"] != "" {
			failed++
		}
		results = append(results, result)
	}
	json.NewEncoder(w).Encode(map[string]any{"FailedEntryCount": failed, "Entries": results})
}
