package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kasir/local/merchant"
)

// maxInsisting is how long after the start callers continue before they give up.
const maxInsisting = 4*time.Minute + 30*time.Second

// goOn reports whether callers continue.
func (s *soak) goOn(ctx context.Context) bool {
	return ctx.Err() == nil && time.Since(s.begin) < maxInsisting
}

// insist repeats the same request until it gets a final answer, as a caller should. After a 202, a 409, a 429, a 5xx or
// no answer it sends the same body and key again, not before Retry-After. It repeats a request that DOKU refused a few
// times. It returns nil without success.
func (s *soak) insist(ctx context.Context, what, path, key, body string) map[string]any {
	header := http.Header{}
	if key != "" {
		header.Set("Idempotency-Key", key)
	}
	refusals := 0
	for s.goOn(ctx) {
		answer, err := s.ask(ctx, http.MethodPost, path, header, body)
		if err != nil {
			s.count(what + " without an answer")
			pause(ctx, time.Second)
			continue
		}
		s.count(fmt.Sprintf("%s answered %d", what, answer.Status))
		var decoded map[string]any
		_ = json.Unmarshal(answer.Body, &decoded)
		switch answer.Status {
		case http.StatusOK, http.StatusCreated:
			return decoded
		case http.StatusUnprocessableEntity:
			if refusals++; decoded["doku"] == nil || refusals == 3 {
				return nil
			}
		case http.StatusConflict:
			if answer.Header.Get("Retry-After") == "" {
				return nil // a person must look, or the order does not allow it
			}
		case http.StatusAccepted, http.StatusTooManyRequests:
		default:
			if answer.Status < 500 {
				s.broken("%s %s answered %d: %s", what, path, answer.Status, answer.Body)
				return nil
			}
		}
		pause(ctx, retryAfter(answer))
	}
	s.count(what + " given up by the caller while in doubt")
	return nil
}

// retryAfter returns the wait that an answer asks for.
func retryAfter(answer merchant.Answer) time.Duration {
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return time.Second
	}
	return time.Duration(seconds) * time.Second
}

// ask sends one request when a slot is free.
func (s *soak) ask(ctx context.Context, method, path string, header http.Header, body string) (merchant.Answer, error) {
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	var content []byte
	if method == http.MethodPost {
		content = []byte(body)
	}
	return s.api.Do(ctx, method, path, header, content)
}

// control calls the sandbox's control API.
func (s *soak) control(ctx context.Context, method, path, body string, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, s.stack.DOKU+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(content, into)
}
