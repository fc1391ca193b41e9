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

// ErrMismatch means that the key of the operation (the invoice number, or the idempotency key of a refund) was used to
// ask for something else.
var ErrMismatch = errors.New("key used for another request")

// ErrInReview means that the operation's outcome could not be learned in time: a person decides.
var ErrInReview = errors.New("in review")

// ErrStore means the store failed. What was asked may be repeated as it is.
var ErrStore = errors.New("store failed")

func storeFailed(what string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrStore, what, err)
}
