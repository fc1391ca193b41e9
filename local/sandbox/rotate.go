package sandbox

import (
	"encoding/json"
	"net/http"
)

// secretKey is the key that signs and verifies at this moment.
func (s *Server) secretKey() string { return *s.key.Load() }

// rotate answers POST /control/rotate {"secret_key": "SK-…"}: from now on that key alone is good, as after a new key was
// made in the Back Office. What was sent under the old one stays as it was sent.
func (s *Server) rotate(w http.ResponseWriter, r *http.Request) {
	var in struct {
		SecretKey string `json:"secret_key"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.SecretKey == "" {
		writeError(w, invalidParameter("secret_key must be a text that is not empty"))
		return
	}
	s.key.Store(&in.SecretKey)
	writeJSON(w, http.StatusOK, map[string]string{"status": "rotated"})
}
