package faults

import (
	"bytes"
	"maps"
	"net/http"
)

// Answer is an answer that has not been given yet. It is an http.ResponseWriter.
type Answer struct {
	Head   http.Header
	Status int
	Body   []byte
}

// Take lets next answer, and keeps the answer.
func Take(next http.Handler, r *http.Request) *Answer {
	a := &Answer{Head: http.Header{}, Status: http.StatusOK}
	next.ServeHTTP(a, r)
	return a
}

// Header implements http.ResponseWriter.
func (a *Answer) Header() http.Header { return a.Head }

// WriteHeader implements http.ResponseWriter.
func (a *Answer) WriteHeader(status int) { a.Status = status }

// Write implements http.ResponseWriter.
func (a *Answer) Write(p []byte) (int, error) {
	a.Body = append(a.Body, p...)
	return len(p), nil
}

// Clone returns a copy that can be changed.
func (a *Answer) Clone() *Answer { return &Answer{a.Head.Clone(), a.Status, bytes.Clone(a.Body)} }

// Give gives the answer.
func (a *Answer) Give(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.Head)
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}
