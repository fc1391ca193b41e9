// Package logfile keeps the log lines of functions in a file of bounded size, and reads them back.
package logfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// Limit is the size at which the file becomes the previous file. Only one previous file is kept.
const Limit = 4 << 20

// Writer appends lines such as "createpage | {…}" to the file. It drops every line that is not a JSON object, because
// only a function's log masks secrets.
type Writer struct {
	path  string
	limit int64

	mu   sync.Mutex
	file *os.File
	size int64
}

// New returns a writer. The file is created with the first line.
func New(path string) *Writer { return &Writer{path: path, limit: Limit} }

// Write takes whole lines. A line that cannot be written is lost: a failed log write is no reason to fail a payment.
func (w *Writer) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for line := range bytes.Lines(text) {
		if _, object, ok := cut(line); ok && json.Valid(object) {
			w.append(line)
		}
	}
	return len(text), nil
}

func (w *Writer) append(line []byte) {
	if w.file != nil && w.size+int64(len(line)) > w.limit {
		w.file.Close()
		w.file = nil
		os.Rename(w.path, previous(w.path)) // if this fails, the file grows further
	}
	if w.file == nil && w.open() != nil {
		return
	}
	n, _ := w.file.Write(line)
	w.size += int64(n)
}

func (w *Writer) open() error {
	file, err := os.OpenFile(w.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening the log: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return fmt.Errorf("opening the log: %w", err)
	}
	w.file, w.size = file, info.Size()
	return nil
}

// Close closes the file.
func (w *Writer) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file != nil {
		w.file.Close()
		w.file = nil
	}
}

func previous(path string) string { return path + ".1" }

// cut splits a line into the function's name and the JSON object that it logged.
func cut(line []byte) (function, object []byte, ok bool) {
	function, object, ok = bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(" | "))
	return function, object, ok && bytes.HasPrefix(object, []byte("{"))
}
