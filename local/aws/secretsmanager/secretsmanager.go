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
	others  map[string]*other // by ARN
	down    bool
	fetches atomic.Int64
	refused atomic.Int64
}

// New returns a Server that holds a secret.
func New(arn, value string) *Server { return &Server{ARN: arn, value: value} }

// other is a further secret.
type other struct {
	value   string
	changed func(value string) error
}

// Hold adds a secret that clients may replace. changed keeps a new value; after an error the old one stays.
func (s *Server) Hold(arn, value string, changed func(value string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.others == nil {
		s.others = map[string]*other{}
	}
	s.others[arn] = &other{value, changed}
}

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

// ServeHTTP answers GetSecretValue and, for the secrets of Hold, PutSecretValue, in AWS's JSON 1.1.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		SecretID     string `json:"SecretId"`
		SecretString string `json:"SecretString"`
	}
	action, _ := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "secretsmanager.")
	known := json.NewDecoder(r.Body).Decode(&in) == nil && (action == "GetSecretValue" || action == "PutSecretValue")
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	value, held := s.value, s.others[in.SecretID]
	if held != nil {
		value = held.value
	}
	switch {
	case s.down:
		s.refused.Add(1)
		answer(w, http.StatusInternalServerError, map[string]string{
			"__type": "InternalServiceError", "message": "down",
		})
	case !known || action == "PutSecretValue" && in.SecretID == s.ARN:
		answer(w, http.StatusBadRequest, map[string]string{
			"__type": "InvalidRequestException", "message": "only GetSecretValue is known here for this secret",
		})
	case held == nil && (in.SecretID != s.ARN || action == "PutSecretValue"), action == "GetSecretValue" && value == "":
		answer(w, http.StatusBadRequest, map[string]string{
			"__type": "ResourceNotFoundException", "message": "Secrets Manager can't find the specified secret.",
		})
	case action == "PutSecretValue":
		if err := held.changed(in.SecretString); err != nil {
			answer(w, http.StatusInternalServerError, map[string]string{
				"__type": "InternalServiceError", "message": err.Error(),
			})
			return
		}
		held.value = in.SecretString
		answer(w, http.StatusOK, map[string]any{"ARN": in.SecretID, "VersionStages": []string{"AWSCURRENT"}})
	default:
		s.fetches.Add(1)
		answer(w, http.StatusOK, map[string]any{
			"ARN": in.SecretID, "Name": "kasir", "SecretString": value, "VersionStages": []string{"AWSCURRENT"},
		})
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
