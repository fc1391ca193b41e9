// Package shop serves the demo shop: plain pages whose scripts call kasir's public HTTP API from the browser, as any frontend would.
package shop

import (
	"bytes"
	"net/http"
	"time"
)

// Config says where the shop finds what it needs.
type Config struct {
	APIURL string // public base URL of kasir's HTTP API, http or https; usually another origin than the shop's
}

// New returns the shop: its pages, their files, /catalogue.json and /config.json ({"api": the base URL}).
// It panics when the API's URL is not an absolute http or https URL, since no page could work with it.
func New(config Config) http.Handler {
	api := parseAPI(config.APIURL)
	return &site{files: load(api.base), policy: policy(api.origin)}
}

// site answers from memory: everything the shop serves is known when it starts.
type site struct {
	files  map[string]file // by URL path
	policy string          // the Content-Security-Policy of every answer
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.protect(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "the shop only answers GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	f, found := s.files[r.URL.Path]
	if !found {
		s.notFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
}

func (s *site) notFound(w http.ResponseWriter, r *http.Request) {
	f := s.files[notFoundPath]
	w.Header().Set("Content-Type", f.kind)
	w.WriteHeader(http.StatusNotFound)
	if r.Method == http.MethodGet {
		_, _ = w.Write(f.body) // the reader went away: nobody is left to tell
	}
}
