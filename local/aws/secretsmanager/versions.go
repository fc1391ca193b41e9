package secretsmanager

import (
	"net/http"
	"slices"
)

// current is the label of the version that GetSecretValue returns.
const current = "AWSCURRENT"

// request is the input of every call.
type request struct {
	SecretID            string   `json:"SecretId"`
	SecretString        string   `json:"SecretString"`
	ClientRequestToken  string   `json:"ClientRequestToken"` // the version's id
	VersionStages       []string `json:"VersionStages"`
	VersionStage        string   `json:"VersionStage"`
	MoveToVersionID     string   `json:"MoveToVersionId"`
	RemoveFromVersionID string   `json:"RemoveFromVersionId"`
}

// versions is a secret that clients may replace. It keeps the versions that never were the current one until the
// process ends.
type versions struct {
	id, value string // of the current version
	waiting   map[string]string
	changed   func(value string) error
}

// Hold adds a secret that clients may replace. changed keeps a new value; after an error the old one stays.
func (s *Server) Hold(arn, value string, changed func(value string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.others == nil {
		s.others = map[string]*versions{}
	}
	s.others[arn] = &versions{"first", value, map[string]string{}, changed}
}

// put writes a version. It becomes the current one unless it has other labels, and if it is the first.
func (v *versions) put(w http.ResponseWriter, in request) {
	stages := in.VersionStages
	if v.value == "" || len(stages) == 0 {
		stages = append(stages, current)
	}
	if !slices.Contains(stages, current) {
		v.waiting[in.ClientRequestToken] = in.SecretString
	} else if !v.become(w, in.ClientRequestToken, in.SecretString) {
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"ARN": in.SecretID, "VersionId": in.ClientRequestToken, "VersionStages": stages,
	})
}

// move makes a version the current one, in the place of the version that the client names.
func (v *versions) move(w http.ResponseWriter, in request) {
	value, known := v.waiting[in.MoveToVersionID]
	switch {
	case in.VersionStage != current || !known:
		refuse(w, http.StatusBadRequest, "ResourceNotFoundException", "there is no such version or label here")
	case in.RemoveFromVersionID != v.id:
		refuse(w, http.StatusBadRequest, "InvalidParameterException",
			"the staging label AWSCURRENT is attached to another version than RemoveFromVersionId")
	case v.become(w, in.MoveToVersionID, value):
		delete(v.waiting, in.MoveToVersionID)
		answer(w, http.StatusOK, map[string]any{"ARN": in.SecretID})
	}
}

// become makes a version the current one. If it cannot be kept, it answers so.
func (v *versions) become(w http.ResponseWriter, id, value string) bool {
	if err := v.changed(value); err != nil {
		refuse(w, http.StatusInternalServerError, "InternalServiceError", err.Error())
		return false
	}
	v.id, v.value = id, value
	return true
}
