package lambda

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// maxLine is the length at which a line without an end is cut, so that a function that prints forever cannot fill the
// memory. CloudWatch cuts at 256 KB too.
const maxLine = 256 << 10

// sink writes the lines of all instances, one at a time, so that they never mix.
type sink struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *sink) line(prefix string, text []byte) {
	line := make([]byte, 0, len(prefix)+len(text)+1)
	line = append(append(append(line, prefix...), text...), '\n')
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w.Write(line) // a failed log write is no reason to fail a payment
}

// lines is the output of one instance. It keeps an unfinished line until the rest arrives or the process exits.
type lines struct {
	sink    *sink
	prefix  string
	partial []byte
	last    string
	fatal   bool
}

// Write passes on every complete line.
func (l *lines) Write(p []byte) (int, error) {
	l.partial = append(l.partial, p...)
	for {
		end := bytes.IndexByte(l.partial, '\n')
		if end < 0 && len(l.partial) < maxLine {
			return len(p), nil
		}
		if end < 0 || end > maxLine {
			l.emit(l.partial[:maxLine])
			l.partial = l.partial[maxLine:]
			continue
		}
		l.emit(l.partial[:end])
		l.partial = l.partial[end+1:]
	}
}

// flush passes on an unfinished line.
func (l *lines) flush() {
	if len(l.partial) > 0 {
		l.emit(l.partial)
		l.partial = nil
	}
}

func (l *lines) emit(text []byte) {
	l.sink.line(l.prefix, text)
	l.remember(string(text))
}

// remember keeps the line that best explains an exit. That is the last line; after a Go panic it is the panic's first
// line, because the rest is a stack.
func (l *lines) remember(text string) {
	if strings.TrimSpace(text) == "" || l.fatal {
		return
	}
	l.last = text
	l.fatal = strings.HasPrefix(text, "panic: ") || strings.HasPrefix(text, "fatal error: ")
}
