package payment

import (
	"errors"
	"fmt"
	"time"

	"kasir/shared/jsonbody"
	"kasir/shared/order"
)

// Invalid is the error of a request that breaks rules. Nothing was stored or sent.
type Invalid struct {
	Violations []jsonbody.Violation // never empty
}

func (e *Invalid) Error() string {
	first := e.Violations[0]
	return fmt.Sprintf("invalid request: %s %s (%d in all)", first.Pointer, first.Detail, len(e.Violations))
}

// Busy means that another attempt at the same request is running, or ended a moment ago with an unknown outcome.
type Busy struct {
	RetryAfter time.Duration
}

func (e *Busy) Error() string { return "the same request is still running" }

// Slow means that DOKU answers slowly at the moment, and was not called. Nothing was stored. See Brake.
type Slow struct {
	RetryAfter time.Duration
}

func (e *Slow) Error() string { return "DOKU is slow" }

// ErrMismatch means that an operation's key was used for another request. The key is the invoice number, or the
// idempotency key of a refund.
var ErrMismatch = errors.New("key used for another request")

// Mismatch is an ErrMismatch with the operation that the key was used for.
type Mismatch struct {
	Asked order.Operation
}

func (e *Mismatch) Error() string { return ErrMismatch.Error() }
func (e *Mismatch) Unwrap() error { return ErrMismatch }

// ErrInReview means that the operation's outcome could not be learned in time. A person decides.
var ErrInReview = errors.New("in review")

// ErrStore means that the store failed. The same request may be sent again.
var ErrStore = errors.New("store failed")

// checkFormat returns an error for an order in a newer format than this version knows. It must be called before every
// decision, call and write.
func checkFormat(o order.Order) error {
	if o.Newer() {
		return storeFailed("leaving the order as it is", ErrNewerFormat)
	}
	return nil
}

// storeFailed wraps err in ErrStore.
func storeFailed(action string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrStore, action, err)
}
