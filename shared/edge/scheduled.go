package edge

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"kasir/shared/metric"
	"kasir/shared/payment"
)

// Scheduled wraps a scheduled job as a Lambda function that writes one log line per run. If a run fails or panics, the
// function returns an error whose text holds no more than the log line.
func Scheduled[Report any](e Edge, run Job[Report]) Job[Report] {
	return func(ctx context.Context, event json.RawMessage) (Report, error) {
		start, line := e.Now(), &Line{}
		report, err := runRecovered(withLine(ctx, line), event, run)
		e.writeRun(ctx, e.Now().Sub(start).Milliseconds(), err, line)
		if err != nil {
			return report, errors.New(payment.Describe(err))
		}
		return report, nil
	}
}

// Job is a scheduled job. It gets the schedule's event and returns a report of its run.
type Job[Report any] func(ctx context.Context, event json.RawMessage) (Report, error)

func runRecovered[Report any](ctx context.Context, event json.RawMessage, run Job[Report]) (report Report, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = newPanicError(cause)
		}
	}()
	return run(ctx, event)
}

// writeRun writes the log line of a run, with its report, its failure, and the metrics of its writes and calls.
func (e Edge) writeRun(ctx context.Context, ms int64, failure error, line *Line) {
	level := slog.LevelInfo
	fields := append([]slog.Attr{slog.Int64("ms", ms)}, line.counts...)
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		fields = append(fields, slog.String("aws_request_id", lc.AwsRequestID))
	}
	if failure != nil {
		level = slog.LevelError
		fields = append(fields, rowOf(failure).attrs(failure)...)
		line.countEnd(false, failure)
	}
	fields = append(fields, line.metrics.Attrs(cmp.Or(e.Namespace, "kasir"), e.Now())...)
	e.Log.LogAttrs(ctx, level, e.Function.Name, fields...)
}

// SetReconciled puts the result of a run of reconcile into its log line. complete reports whether the run came to its
// end.
func (l *Line) SetReconciled(done payment.ReconcileResult, complete bool) {
	l.counts = []slog.Attr{
		slog.Int("looked", done.Looked), slog.Int("settled", done.Settled), slog.Int("parked", done.Parked),
		slog.Int("paid", done.Paid), slog.Int("expiring", done.Expiring), slog.Int("failed", done.Failed),
		slog.Int("left", done.Left), slog.Int("unanswered", done.Unanswered),
	}
	if done.Attention != nil {
		l.counts = append(l.counts, slog.Int("attention", *done.Attention))
		l.metrics.Set(metric.OpenAttention, *done.Attention)
	}
	if complete {
		l.metrics.Add(metric.ReconcileRuns, 1)
	}
	l.metrics.Add(metric.PaymentsUnnotified, done.Paid)
	l.metrics.Add(metric.ReconcileFailed, done.Failed)
	l.metrics.Add(metric.ReconcileLeft, done.Left)
	l.metrics.Add(metric.StatusUnanswered, done.Unanswered)
}

// CountSynthetic counts a test of the deployment that passed: of a payment page, or of the notification URL.
func (l *Line) CountSynthetic(page bool) {
	passed := metric.SyntheticRuns
	if page {
		passed = metric.SyntheticPages
	}
	l.counts = []slog.Attr{slog.String("synthetic", "passed")}
	l.metrics.Add(passed, 1)
}
