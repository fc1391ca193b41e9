// Package eventbridge replaces AWS EventBridge on one machine. It takes events from the AWS SDK over HTTP, keeps the
// last ones, and passes them on to targets. It shares no code with the senders.
package eventbridge

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
)

// Limit is the number of events that are kept.
const Limit = 1000

// Entry is one event as it was put.
type Entry struct {
	EventBusName, Source, DetailType string
	Detail                           string  // JSON
	Time                             float64 // epoch seconds
}

// Kept is an event on the bus.
type Kept struct {
	Place int64 // its number on the bus; it rises by one with each event. As text it is the event's id at EventBridge.
	Entry
}

// Server is an http.Handler that answers as EventBridge does. The zero value is ready, and keeps events in memory.
type Server struct {
	mu      sync.Mutex
	kept    []Kept // the last ones, at most Limit after each put
	last    int64  // place of the last event that was put
	file    *file  // nil in memory
	changed chan struct{}
	refuse  int // number of next entries to refuse
	targets []func(id string, e Entry) error
}

// AddTarget adds a target of a rule that matches every event. It is called for each event, in order, with the id that
// EventBridge gives the event. It must return soon. If it returns an error, the entry is refused, and its sender puts
// it again. Other targets may then get the entry more than once.
func (s *Server) AddTarget(target func(id string, e Entry) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.targets = append(s.targets, target)
}

// Entries returns the events that are kept, in order.
func (s *Server) Entries() []Entry {
	var all []Entry
	kept, _ := s.Kept()
	for _, k := range kept {
		all = append(all, k.Entry)
	}
	return all
}

// Kept returns the events that are kept, in order, and the place of the last event that was put.
func (s *Server) Kept() (all []Kept, last int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.kept), s.last
}

// Wait returns when there are events after a place, or when ctx ends.
func (s *Server) Wait(ctx context.Context, place int64) {
	for {
		s.mu.Lock()
		if s.last > place {
			s.mu.Unlock()
			return
		}
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// Put passes an event to the targets and puts it on the bus. An event that a target refuses is not on the bus.
func (s *Server) Put(e Entry) (Kept, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(e)
}

func (s *Server) put(e Entry) (Kept, error) {
	k := Kept{s.last + 1, e}
	for _, target := range s.targets {
		if err := target(strconv.FormatInt(k.Place, 10), e); err != nil {
			return Kept{}, fmt.Errorf("passing the event to a target: %w", err)
		}
	}
	kept := append(s.kept, k)
	kept = kept[max(0, len(kept)-Limit):]
	if err := s.file.add(k, kept); err != nil {
		return Kept{}, err
	}
	s.kept, s.last = kept, k.Place
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
	return k, nil
}

// Forget drops the events that are kept. Later ones have later places.
func (s *Server) Forget() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = nil
	return s.file.replace(nil, s.last)
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
		result := s.accept(e)
		if result["ErrorCode"] != "" {
			failed++
		}
		results = append(results, result)
	}
	json.NewEncoder(w).Encode(map[string]any{"FailedEntryCount": failed, "Entries": results})
}

// accept puts an entry on the bus and returns its result, or the reason why it was refused.
func (s *Server) accept(e Entry) map[string]string {
	switch {
	case s.refuse > 0:
		s.refuse--
		return refusal("ThrottlingException", "refused on request")
	case e.Source == "" || e.DetailType == "" || !json.Valid([]byte(e.Detail)):
		return refusal("InvalidArgument", "Source, DetailType and Detail are required")
	}
	k, err := s.put(e)
	if err != nil {
		return refusal("InternalFailure", err.Error())
	}
	return map[string]string{"EventId": strconv.FormatInt(k.Place, 10)}
}

func refusal(code, message string) map[string]string {
	return map[string]string{"ErrorCode": code, "ErrorMessage": message}
}
