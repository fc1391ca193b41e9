package payment

import (
	"errors"
	"fmt"
	"time"

	"kasir/shared/doku"
)

// Invalid is a request that breaks rules. Nothing was stored or sent.
type Invalid struct {
	Violations []doku.Violation // never empty
}

func (e *Invalid) Error() string {
	first := e.Violations[0]
	return fmt.Sprintf("invalid request: %s %s (%d in all)", first.Pointer, first.Detail, len(e.Violations))
}

// Busy means another attempt at the same request is still running.
type Busy struct {
	RetryAfter time.Duration
}

func (e *Busy) Error() string { return "the same request is still running" }

// ErrMismatch means the invoice number is taken by a request with another body.
var ErrMismatch = errors.New("invoice number used for another request")

// ErrStore means the store failed. What was asked may be repeated as it is.
var ErrStore = errors.New("store failed")

func storeFailed(what string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrStore, what, err)
}
