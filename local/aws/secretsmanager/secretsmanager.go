// Package secretsmanager replaces AWS Secrets Manager on one machine. It holds a secret, which the AWS SDK reads over
// HTTP and the owner of the Server replaces, and further ones, which the SDK also replaces. It shares no code with the
// reader.
package secretsmanager

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// Server is an http.Handler that answers as Secrets Manager does.
type Server struct {
	ARN string // of the first secret

	mu      sync.Mutex
	value   string
	others  map[string]*versions // the further secrets, by ARN
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

// ServeHTTP answers GetSecretValue and, for the secrets of Hold, PutSecretValue and UpdateSecretVersionStage, in AWS's
// JSON 1.1.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in request
	action, _ := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "secretsmanager.")
	readable := json.NewDecoder(r.Body).Decode(&in) == nil
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	held := s.others[in.SecretID]
	switch {
	case s.down:
		s.refused.Add(1)
		refuse(w, http.StatusInternalServerError, "InternalServiceError", "down")
	case !readable:
		refuse(w, http.StatusBadRequest, "InvalidRequestException", "the request is not JSON")
	case held == nil && in.SecretID != s.ARN, action == "GetSecretValue" && held != nil && held.value == "":
		refuse(w, http.StatusBadRequest, "ResourceNotFoundException",
			"Secrets Manager can't find the specified secret.")
	case action == "GetSecretValue" && held == nil:
		s.fetches.Add(1)
		answer(w, http.StatusOK, map[string]any{
			"ARN": in.SecretID, "Name": "kasir", "SecretString": s.value, "VersionStages": []string{current},
		})
	case action == "GetSecretValue":
		s.fetches.Add(1)
		answer(w, http.StatusOK, map[string]any{"ARN": in.SecretID, "Name": "kasir", "SecretString": held.value,
			"VersionId": held.id, "VersionStages": []string{current}})
	case action == "PutSecretValue" && held != nil:
		held.put(w, in)
	case action == "UpdateSecretVersionStage" && held != nil:
		held.move(w, in)
	default:
		refuse(w, http.StatusBadRequest, "InvalidRequestException",
			"only GetSecretValue is known here for this secret")
	}
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	answer(w, status, map[string]string{"__type": kind, "message": message})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
