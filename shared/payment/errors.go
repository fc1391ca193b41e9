package payment

import (
	"errors"
	"fmt"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Invalid is a request that breaks rules. Nothing was stored or sent.
type Invalid struct {
	Violations []doku.Violation // never empty
}

func (e *Invalid) Error() string {
	first := e.Violations[0]
	return fmt.Sprintf("invalid request: %s %s (%d in all)", first.Pointer, first.Detail, len(e.Violations))
}

// Busy means another attempt at the same request is still running, or ended a moment ago with an outcome that is not known.
type Busy struct {
	RetryAfter time.Duration
}

func (e *Busy) Error() string { return "the same request is still running" }

// ErrMismatch means that the key of the operation (the invoice number, or the idempotency key of a refund) was used to
// ask for something else.
var ErrMismatch = errors.New("key used for another request")

// Mismatch is the ErrMismatch of an operation: what its key was used for.
type Mismatch struct {
	Asked order.Operation
}

func (e *Mismatch) Error() string { return ErrMismatch.Error() }
func (e *Mismatch) Unwrap() error { return ErrMismatch }

// ErrInReview means that the operation's outcome could not be learned in time: a person decides.
var ErrInReview = errors.New("in review")

// ErrStore means the store failed. What was asked may be repeated as it is.
var ErrStore = errors.New("store failed")

// known refuses an order in a newer format than this version knows. It comes before every decision, call and write.
func checkFormat(o order.Order) error {
	if o.Newer() {
		return storeFailed("leaving the order as it is", ErrNewerFormat)
	}
	return nil
}

func storeFailed(what string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrStore, what, err)
}
