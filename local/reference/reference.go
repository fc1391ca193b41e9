// Package reference serves the description of the HTTP API on one machine: as JSON, and as a page on which requests can
// be tried. The page is Scalar's, an npm package. Nothing on it comes from another origin.
package reference

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// Paths that the handler answers.
const (
	DescriptionPath = "/openapi.json"
	PagePath        = "/docs"
	scriptPath      = PagePath + "/page.js"
	scalarPath      = PagePath + "/scalar.js"
)

// documented is the server in docs/api.yaml. An answer has the address under which it was asked for instead, so that
// the page calls its own origin.
const documented = `"http://127.0.0.1:8080"`

var (
	//go:embed page.html
	page []byte
	//go:embed page.js
	script []byte
)

// New reads docs/api.yaml in the folder of kasir's files, whose node_modules holds Scalar's page.
func New(root string) (http.Handler, error) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "api.yaml"))
	if err != nil {
		return nil, fmt.Errorf("reading the description of the API: %w", err)
	}
	var tree yaml.Node
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, fmt.Errorf("reading docs/api.yaml: %w", err)
	}
	var description bytes.Buffer
	if err := encode(&description, &tree); err != nil {
		return nil, fmt.Errorf("reading docs/api.yaml: %w", err)
	}
	if n := bytes.Count(description.Bytes(), []byte(documented)); n != 1 {
		return nil, fmt.Errorf("docs/api.yaml names the server %s %d times, not once", documented, n)
	}
	scalar := filepath.Join(root, "node_modules", "@scalar", "api-reference", "dist", "browser", "standalone.js")
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+DescriptionPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(bytes.Replace(description.Bytes(), []byte(documented), fmt.Appendf(nil, "%q", "http://"+r.Host), 1))
	})
	mux.HandleFunc("GET "+PagePath, func(w http.ResponseWriter, _ *http.Request) { servePage(w, scalar) })
	mux.HandleFunc("GET "+scriptPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(script)
	})
	mux.HandleFunc("GET "+scalarPath, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, scalar) })
	return protect(mux), nil
}

// Answers reports whether the handler has a path.
func Answers(path string) bool {
	switch path {
	case DescriptionPath, PagePath, scriptPath, scalarPath:
		return true
	}
	return false
}

// policy is the page's Content-Security-Policy. Scalar adds style sheets and attributes style, which cannot run code.
const policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func servePage(w http.ResponseWriter, scalar string) {
	if _, err := os.Stat(scalar); err != nil {
		http.Error(w, "The page is not installed: run make npm in a clone, or unpack the release again.",
			http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	w.Write(page)
}

func protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}
