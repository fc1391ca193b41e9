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

// heldLog is a log that is held back until the functions have started. A function that cannot start logs the reason,
// and the error contains it too: it should be shown only once.
type heldLog struct {
	mu   sync.Mutex
	to   io.Writer
	kept bytes.Buffer
	free bool
}

func newHeldLog(to io.Writer) *heldLog {
	if to == nil {
		to = io.Discard
	}
	return &heldLog{to: to}
}

func (h *heldLog) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.free {
		return h.to.Write(p)
	}
	return h.kept.Write(p)
}

// release writes the kept text, and from then on passes on all writes.
func (h *heldLog) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.free = true
	h.to.Write(h.kept.Bytes())
	h.kept = bytes.Buffer{}
}

// startError returns the error of a function that could not start, with the reason from its log line. It returns nil
// for any other error.
func startError(err error) error {
	e, ok := errors.AsType[*lambda.Error](err)
	if !ok || e.Kind != lambda.Init {
		return nil
	}
	var line struct{ Error string }
	at := strings.Index(e.Message, `{"`)
	if at >= 0 && json.Unmarshal([]byte(e.Message[at:]), &line) == nil && line.Error != "" {
		return fmt.Errorf("function %s cannot start: %s", e.Function, line.Error)
	}
	return fmt.Errorf("function %s cannot start: %s", e.Function, strings.TrimPrefix(e.Message, "failed to start: "))
}
