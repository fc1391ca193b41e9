package sandbox

import (
	"encoding/json"
	"net/http"
)

// secretKey returns the key that signs and verifies at this moment.
func (s *Server) secretKey() string { return *s.key.Load() }

// rotate answers POST /control/rotate {"secret_key": "SK-…"}. From then on only that key is valid, like after the
// creation of a new key in the Back Office. Messages that were sent under the old key are not sent again.
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
