package faults

import (
	"bytes"
	"maps"
	"net/http"
)

// Answer is a recorded answer that was not sent. It is an http.ResponseWriter.
type Answer struct {
	Headers http.Header
	Status  int
	Body    []byte
}

// Record calls next and returns its answer.
func Record(next http.Handler, r *http.Request) *Answer {
	a := &Answer{Headers: http.Header{}, Status: http.StatusOK}
	next.ServeHTTP(a, r)
	return a
}

// Header implements http.ResponseWriter.
func (a *Answer) Header() http.Header { return a.Headers }

// WriteHeader implements http.ResponseWriter.
func (a *Answer) WriteHeader(status int) { a.Status = status }

// Write implements http.ResponseWriter.
func (a *Answer) Write(p []byte) (int, error) {
	a.Body = append(a.Body, p...)
	return len(p), nil
}

// Clone returns a copy that can be changed.
func (a *Answer) Clone() *Answer { return &Answer{a.Headers.Clone(), a.Status, bytes.Clone(a.Body)} }

// Send sends the answer.
func (a *Answer) Send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.Headers)
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}
