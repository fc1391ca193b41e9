package stack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"kasir/local/aws/lambda"
)

// held is a log that waits until the functions have started. A function that cannot start says why in its log; the
// error says it again, and once is enough.
type held struct {
	mu   sync.Mutex
	to   io.Writer
	kept bytes.Buffer
	free bool
}

func hold(to io.Writer) *held {
	if to == nil {
		to = io.Discard
	}
	return &held{to: to}
}

func (h *held) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.free {
		return h.to.Write(p)
	}
	return h.kept.Write(p)
}

// release passes on what was kept, and everything that follows.
func (h *held) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.free = true
	h.to.Write(h.kept.Bytes())
	h.kept = bytes.Buffer{}
}

// notStarted is the error of a function that could not start, with the reason from its log line; nil for any other
// error.
func notStarted(err error) error {
	e, ok := errors.AsType[*lambda.Error](err)
	if !ok || e.Kind != lambda.Init {
		return nil
	}
	var line struct{ Error string }
	if at := strings.Index(e.Message, `{"`); at >= 0 && json.Unmarshal([]byte(e.Message[at:]), &line) == nil && line.Error != "" {
		return fmt.Errorf("function %s cannot start: %s", e.Function, line.Error)
	}
	return fmt.Errorf("function %s cannot start: %s", e.Function, strings.TrimPrefix(e.Message, "failed to start: "))
}
