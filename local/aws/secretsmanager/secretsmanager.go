// Package secretsmanager replaces AWS Secrets Manager on one machine. It holds one secret, which the AWS SDK reads over
// HTTP and the owner of the Server replaces. It shares no code with the reader.
package secretsmanager

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
)

// Server is an http.Handler that answers as Secrets Manager does.
type Server struct {
	ARN string // of the one secret

	mu      sync.Mutex
	value   string
	down    bool
	fetches atomic.Int64
	refused atomic.Int64
}

// New returns a Server that holds a secret.
func New(arn, value string) *Server { return &Server{ARN: arn, value: value} }

// Put replaces the secret's value.
func (s *Server) Put(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value = value
}

// SetDown sets whether every call fails with a 500.
func (s *Server) SetDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Fetches returns how often the value was read.
func (s *Server) Fetches() int64 { return s.fetches.Load() }

// Refused returns how many calls failed because of SetDown.
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
		answer(w, http.StatusInternalServerError, map[string]string{
			"__type": "InternalServiceError", "message": "down",
		})
	case r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" || json.NewDecoder(r.Body).Decode(&in) != nil:
		answer(w, http.StatusBadRequest, map[string]string{
			"__type": "InvalidRequestException", "message": "only GetSecretValue is known here",
		})
	case in.SecretID != s.ARN:
		answer(w, http.StatusBadRequest, map[string]string{
			"__type": "ResourceNotFoundException", "message": "Secrets Manager can't find the specified secret.",
		})
	default:
		s.fetches.Add(1)
		answer(w, http.StatusOK, map[string]any{
			"ARN": s.ARN, "Name": "kasir", "SecretString": value, "VersionStages": []string{"AWSCURRENT"},
		})
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
