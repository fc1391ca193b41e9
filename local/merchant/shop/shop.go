// Package shop serves the demo shop as a merchant would build it: plain pages whose scripts call kasir's public HTTP
// API from the browser, and a small back end that knows the prices and the customers.
package shop

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

// Config configures the shop. All fields are required except ConsoleURL, Now and Clock.
type Config struct {
	APIURL   string // public base URL of kasir's HTTP API, http or https; usually another origin than the shop's
	TokenURL string // token endpoint of an issuer that kasir trusts, http or https; only the back end calls it
	QuoteKey string // key that the shop shares with kasir to sign quotes (HS256); at least 32 bytes

	ConsoleURL string // the operator's console, http or https, to which the pages link; empty: there is none

	Now   func() time.Time // time.Now when nil
	Clock func() string    // the time as text if it is not the real one, else empty; nil: always empty
}

// New returns the shop: its pages, their files, /catalogue.json, /config.json ({"api": the base URL}), /clock.json, and
// its back end, POST /session and POST /quote. It panics if a URL is not an absolute http or https URL or if the key is
// too short, because no page could work then.
func New(config Config) http.Handler {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Clock == nil {
		config.Clock = func() string { return "" }
	}
	api := parseURL("API", config.APIURL)
	issuer := newIssuer(parseURL("token", config.TokenURL).base)
	if len(config.QuoteKey) < minKey {
		panic(fmt.Sprintf("shop: quote key of %d bytes: want at least %d", len(config.QuoteKey), minKey))
	}
	backEnd := map[string]http.Handler{
		"/session": onlyFromOwnPages(sessions{issuer}),
		"/quote":   onlyFromOwnPages(quotes{newPrices(catalogue()), config.QuoteKey, config.Now}),
	}
	clock := clock{config.Now, config.Clock}
	console := ""
	if config.ConsoleURL != "" {
		console = parseURL("console", config.ConsoleURL).base
	}
	return &site{files: load(api.base, console), policy: policy(api.origin), clock: clock, backEnd: backEnd}
}

// site serves the shop from memory. Everything except the back end's answers is known at the start.
type site struct {
	files   map[string]file         // by URL path
	backEnd map[string]http.Handler // by URL path; each answers only POST
	policy  string                  // the Content-Security-Policy of every answer
	clock   clock
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.protect(w.Header())
	if handler, found := s.backEnd[r.URL.Path]; found {
		handler.ServeHTTP(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "the shop's pages only answer GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == "/clock.json" {
		s.clock.ServeHTTP(w, r)
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
		_, _ = w.Write(f.body) // an error means that the caller is gone
	}
}
