package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
)

// everything checks that the story has left nothing out.
func (s *stage) everything(context.Context) error {
	routes, _, err := s.template.routes()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range routes {
		if !s.invoked[r.Key()] {
			err = errors.Join(err, fmt.Errorf("the story does not call the route %s", r.Key()))
		}
	}
	for name := range s.functions {
		if !s.invoked[name] {
			err = errors.Join(err, fmt.Errorf("the story does not invoke %s", name))
		}
	}
	return err
}

// openPages reads each page that needs no token. Their functions may have no permission but those of every function.
func (s *stage) openPages(ctx context.Context) error {
	routes, _, err := s.template.routes()
	if err != nil {
		return err
	}
	for _, r := range routes {
		if r.Scope != "" || r.Method != http.MethodGet {
			continue
		}
		page := s.api.URL + pathParameter.ReplaceAllString(r.Path, "rehearsal")
		request, err := http.NewRequestWithContext(ctx, r.Method, page, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode >= 500 {
			return fmt.Errorf("%s answered %s", r.Key(), response.Status)
		}
	}
	return nil
}

var pathParameter = regexp.MustCompile(`\{[^}]+\}`)
