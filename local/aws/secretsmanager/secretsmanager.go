// Package secretsmanager stands where AWS Secrets Manager is: one secret, read by the AWS SDK over HTTP, replaced by whoever holds the
// Server. It shares no code with what reads it.
package secretsmanager

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
)

// Server is the stand-in, an http.Handler.
type Server struct {
	ARN string // the one secret's

	mu      sync.Mutex
	value   string
	down    bool
	fetches atomic.Int64
	refused atomic.Int64
}

// New makes a Server that holds a secret.
func New(arn, value string) *Server { return &Server{ARN: arn, value: value} }

// Put replaces the secret's value.
func (s *Server) Put(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value = value
}

// Down makes every call fail with a 500 from now on, or no longer.
func (s *Server) Down(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Fetches is how often the value was asked for.
func (s *Server) Fetches() int64 { return s.fetches.Load() }

// Refused is how many calls failed because it was Down.
func (s *Server) Refused() int64 { return s.refused.Load() }

// ServeHTTP answers GetSecretValue, in AWS's JSON 1.1.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		SecretID string `json:"SecretId"`
	}
	s.mu.Lock()
	value, down := s.value, s.down
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	switch {
	case down:
		s.refused.Add(1)
		answer(w, http.StatusInternalServerError, map[string]string{"__type": "InternalServiceError", "message": "down"})
	case r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" || json.NewDecoder(r.Body).Decode(&in) != nil:
		answer(w, http.StatusBadRequest, map[string]string{"__type": "InvalidRequestException", "message": "only GetSecretValue is known here"})
	case in.SecretID != s.ARN:
		answer(w, http.StatusBadRequest, map[string]string{"__type": "ResourceNotFoundException", "message": "Secrets Manager can't find the specified secret."})
	default:
		s.fetches.Add(1)
		answer(w, http.StatusOK, map[string]any{"ARN": s.ARN, "Name": "kasir", "SecretString": value, "VersionStages": []string{"AWSCURRENT"}})
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
