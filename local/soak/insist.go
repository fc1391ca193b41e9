package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// insist sends the same request until it is answered for good, as a caller should: after a 202, a 409, a 5xx or no answer at
// all, the very same body and key. A refusal by DOKU is tried a few times more; then the caller gives up.
func (s *soak) insist(ctx context.Context, what, path, key, body string) (map[string]any, error) {
	header := http.Header{}
	if key != "" {
		header.Set("Idempotency-Key", key)
	}
	refusals := 0
	limit := time.Now().Add(4 * time.Minute)
	for time.Now().Before(limit) {
		answer, err := s.api.Do(ctx, http.MethodPost, path, header, []byte(body))
		var decoded map[string]any
		if err == nil {
			_ = json.Unmarshal(answer.Body, &decoded)
			s.count(fmt.Sprintf("%s answered %d", what, answer.Status))
		}
		switch {
		case err != nil:
			s.count(what + " without an answer")
		case answer.Status == http.StatusOK, answer.Status == http.StatusCreated:
			return decoded, nil
		case answer.Status == http.StatusUnprocessableEntity && decoded["doku"] != nil:
			if refusals++; refusals == 5 {
				return nil, nil
			}
		case answer.Status == http.StatusConflict && strings.Contains(string(answer.Body), "person"):
			return nil, nil // parked, or held by what is parked: nobody may insist on that
		case answer.Status == http.StatusConflict && strings.Contains(string(answer.Body), "no money was taken"):
			return nil, nil // the capture was given up
		case answer.Status < 500 && answer.Status != http.StatusAccepted && answer.Status != http.StatusConflict:
			return nil, fmt.Errorf("%s answered %d: %s", what, answer.Status, answer.Body)
		}
		pause(ctx, 500*time.Millisecond)
	}
	return nil, fmt.Errorf("%s was never answered for good", what)
}

func jsonBody(format string, args ...any) io.Reader {
	return strings.NewReader(fmt.Sprintf(format, args...))
}
