package settlement

import (
	"context"
	"errors"
	"fmt"

	"kasir/shared/order"
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

// Apply applies a report. After an error it may be called again, in any process, and continues at the part that it had
// reached. A report that was applied before has the same result again. Orders then get only the rows that they do not
// have: a version that does not know settlements may have erased them. Errors: *OtherContent, payment.ErrStore, and
// those of the report's source.
func (s Settler) Apply(ctx context.Context, r *Report) (Result, error) {
	b, err := s.begin(ctx, r)
	if err != nil {
		return Result{}, err
	}
	run := &run{Settler: s, report: r, batch: b, again: b.State == payment.BatchDone}
	if err := run.whole(ctx); err != nil {
		return Result{}, err
	}
	return Read(ctx, s.Service.Batches, b.ID)
}

// begin returns the batch of a report as it is stored. It stores a new one.
func (s Settler) begin(ctx context.Context, r *Report) (payment.Batch, error) {
	for {
		b, err := s.Service.Batches.Batch(ctx, r.Batch.ID)
		switch {
		case err == nil && b.SHA256 != r.Batch.SHA256:
			return b, &OtherContent{r.Batch.Name, b.SHA256, r.Batch.SHA256}
		case err == nil:
			return b, nil
		case !errors.Is(err, payment.ErrNoBatch):
			return b, storeFailed("reading the batch", err)
		}
		b = r.Batch
		b.State, b.StartedAt = payment.BatchApplying, order.Stamp(s.Service.Now())
		if err := s.Service.Batches.PutBatch(ctx, b); err != nil && !errors.Is(err, payment.ErrConflict) {
			return b, storeFailed("writing the batch", err)
		}
	}
}

func storeFailed(action string, err error) error {
	return fmt.Errorf("%w: %s: %w", payment.ErrStore, action, err)
}

// Compare returns the result that Apply would have if the report had not been applied yet, and writes nothing. For a
// report that was applied, these are the differences of today. Errors: those of Apply.
func (s Settler) Compare(ctx context.Context, r *Report) (Result, error) {
	b, err := s.Service.Batches.Batch(ctx, r.Batch.ID)
	switch {
	case err == nil && b.SHA256 != r.Batch.SHA256:
		return Result{}, &OtherContent{r.Batch.Name, b.SHA256, r.Batch.SHA256}
	case err != nil && !errors.Is(err, payment.ErrNoBatch):
		return Result{}, storeFailed("reading the batch", err)
	}
	run := &run{Settler: s, report: r, batch: r.Batch, dry: &dryRun{facts: map[string]order.Facts{}}}
	if err := run.whole(ctx); err != nil {
		return Result{}, err
	}
	result := newResult(run.batch, run.dry.differences)
	result.DryRun = true
	return result, nil
}

// Read returns the result of a batch as far as it was applied. Errors: payment.ErrNoBatch, payment.ErrStore.
func Read(ctx context.Context, batches payment.BatchStore, id string) (Result, error) {
	b, err := batches.Batch(ctx, id)
	if errors.Is(err, payment.ErrNoBatch) {
		return Result{}, err
	}
	if err != nil {
		return Result{}, storeFailed("reading the batch", err)
	}
	all, err := batches.Differences(ctx, id, b.Parts)
	if err != nil {
		return Result{}, storeFailed("reading the differences", err)
	}
	return newResult(b, all), nil
}
