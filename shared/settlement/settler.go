package settlement

import (
	"context"
	"errors"
	"fmt"

	"kasir/shared/payment"
)

// Settler applies reports to orders. Several may apply one report at the same time.
type Settler struct {
	Service  *payment.Service      // with Batches
	AtOnce   int                   // orders that are written at the same time; 0: 16
	Progress func(applied, of int) // rows, after each part; nil: not reported
}

// ErrOtherContent is the error of OtherContent.
var ErrOtherContent = errors.New("another report of this batch was read before")

// OtherContent is an ErrOtherContent with the digests of both reports. Nothing of the second one was applied.
type OtherContent struct {
	Batch         string // the batch ID in the report
	Before, Given string // SHA-256, hexadecimal
}

func (e *OtherContent) Error() string {
	return fmt.Sprintf("%v: batch %s has the SHA-256 %s, and this report has %s", ErrOtherContent, e.Batch, e.Before,
		e.Given)
}

func (e *OtherContent) Unwrap() error { return ErrOtherContent }

// Apply applies a report. After an error it may be called again, in any process, and continues at the row that it had
// reached. A report that was applied before has the same result again, and nothing is written. Errors: *OtherContent,
// payment.ErrStore, and those of the report's source.
func (s Settler) Apply(ctx context.Context, r *Report) (Result, error) {
	return Result{}, errors.New("not written yet")
}

// Compare returns the result that Apply would have, and writes nothing.
func (s Settler) Compare(ctx context.Context, r *Report) (Result, error) {
	return Result{}, errors.New("not written yet")
}

// Read returns the result of a batch as far as it was applied. Errors: payment.ErrNoBatch, payment.ErrStore.
func Read(ctx context.Context, batches payment.BatchStore, id string) (Result, error) {
	return Result{}, errors.New("not written yet")
}
