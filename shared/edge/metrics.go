package edge

import (
	"context"
	"errors"
	"slices"

	"kasir/shared/doku"
	"kasir/shared/metric"
	"kasir/shared/order"
	"kasir/shared/payment"
)

type lineKey struct{}

// withLine returns a context from which FromContext returns the request's log line.
func withLine(ctx context.Context, line *Line) context.Context {
	return context.WithValue(ctx, lineKey{}, line)
}

// FromContext returns the log line of the current request, or a line that is never written.
func FromContext(ctx context.Context) *Line {
	if line, ok := ctx.Value(lineKey{}).(*Line); ok {
		return line
	}
	return &Line{}
}

// CountChange counts the changes that a write of an order made. It is payment.Service.Changed, and the only place that
// derives metrics from orders.
func CountChange(ctx context.Context, before, after order.Order) {
	m := &FromContext(ctx).metrics
	once := func(name metric.Name, was, is bool) {
		if is && !was {
			m.Add(name, 1)
		}
	}
	b, a := before.Facts, after.Facts
	once(metric.PagesCreated, b.Page != nil, a.Page != nil)
	once(metric.PagesPaid, b.Authorized != nil || before.Captured() > 0, a.Authorized != nil || after.Captured() > 0)
	once(metric.PaymentsAuthorized, b.Authorized != nil, a.Authorized != nil)
	once(metric.PaymentsPaid, before.Captured() > 0, after.Captured() > 0)
	once(metric.PaymentsLate, before.Late(), after.Late())
	once(metric.Conflicts, false, len(after.Conflicts()) > len(before.Conflicts()))
	once(metric.AuthorizationsExpiring, before.Watch.Warned, after.Watch.Warned)
	once(metric.Remarks, false, len(a.Remarks) > len(b.Remarks))
	once(metric.AutoCapturesFailed, before.Watch.AutoFailed, after.Watch.AutoFailed)
	m.Add(metric.AttentionOpened, opened(before, after))
	for _, failure := range a.Failures {
		once(metric.PaymentsFailed, slices.Contains(b.Failures, failure), true)
	}
	for _, op := range after.Operations {
		old, _ := before.Operation(op.ID)
		once(metric.OperationsParked, old.State == order.Parked, op.State == order.Parked)
		once(metric.Captures, old.State == order.Done, op.State == order.Done && op.Kind == order.KindCapture)
		once(metric.Refunds, old.State == order.Done, op.State == order.Done && op.Kind == order.KindRefund)
	}
}

// opened returns the number of cases that a write opened.
func opened(before, after order.Order) int {
	n, was := 0, before.Cases()
	for _, c := range after.Cases() {
		if !slices.ContainsFunc(was, func(k order.Case) bool { return k.Kind == c.Kind && k.Subject == c.Subject }) {
			n++
		}
	}
	return n
}

// Observe counts a call of DOKU. It is doku.Config.Observe.
func Observe(ctx context.Context, call doku.Call) {
	m := &FromContext(ctx).metrics
	m.Observe(metric.DOKULatency, call.Took)
	switch {
	case call.Outcome == doku.Unknown:
		m.Add(metric.UnknownOutcomes, 1)
	case call.Unprocessed:
		m.Add(metric.TurnedAway, 1)
	case call.Outcome == doku.Refused:
		m.Add(metric.Refusals, 1)
	}
}

// countEnd counts the end of a request.
func (l *Line) countEnd(notification bool, failure error) {
	if errors.Is(failure, payment.ErrStore) {
		l.metrics.Add(metric.StoreFailures, 1)
	}
	if !notification {
		return
	}
	if errors.Is(failure, doku.ErrSignature) {
		l.metrics.Add(metric.BadSignatures, 1)
	}
	l.metrics.Add(metric.Notifications, 1)
	if failure != nil {
		l.metrics.SetResult("refused")
	} else {
		l.metrics.SetResult(l.Effect)
	}
}
