package edge

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"kasir/shared/doku"
	"kasir/shared/metric"
	"kasir/shared/payment"
	"kasir/shared/route"
)

// Line holds the fields that a handler adds to its request's log line. Only these fields are ever logged: no body, no
// header, no name, e-mail, phone, card or page URL.
type Line struct {
	invoice string
	Status  string // of the order
	Effect  string // the change that the request made
	Unknown error  // the reason why an outcome could not be learned

	Unreadable int // orders that could not be read for a list

	counts  []slog.Attr // of a scheduled job
	metrics metric.Set
}

// SetInvoice sets the order's invoice number. It leaves out a text that is not an invoice number, since a caller may
// have typed anything.
func (l *Line) SetInvoice(number string) {
	l.invoice = doku.ScrubInvoice(number)
}

// isRequestID reports whether a text has the form of API Gateway's ids.
func isRequestID(text string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=_-"
	return text != "" && len(text) <= 64 && strings.Trim(text, letters) == ""
}

// write writes the request's log line. The line of a failure holds who caused it.
func (e Edge) write(
	ctx context.Context, event events.APIGatewayV2HTTPRequest, status int, failure error, took time.Duration,
	line *Line,
) {
	level := slog.LevelInfo
	route, known := route.Find(event.RouteKey)
	fields := []slog.Attr{
		slog.String("route", "(unknown)"), slog.Int("http_status", status), slog.Int64("ms", took.Milliseconds()),
	}
	if known {
		fields[0] = slog.String("route", event.RouteKey)
	}
	if isRequestID(event.RequestContext.RequestID) {
		fields = append(fields, slog.String("request_id", event.RequestContext.RequestID))
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		fields = append(fields, slog.String("aws_request_id", lc.AwsRequestID))
	}
	if errors.Is(failure, payment.ErrNotFound) { // the path may then hold any text
		line.invoice = ""
	}
	for _, field := range []struct{ name, value string }{
		{"invoice_number", line.invoice}, {"order_status", line.Status}, {"effect", line.Effect},
	} {
		if field.value != "" {
			fields = append(fields, slog.String(field.name, field.value))
		}
	}
	if line.Unknown != nil {
		level = slog.LevelWarn
		fields = append(fields, slog.String("blame", string(BlameDOKU)),
			slog.String("unknown", payment.Describe(line.Unknown)))
	}
	if line.Unreadable > 0 {
		level = slog.LevelError
		fields = append(fields, slog.String("blame", string(BlameUs)), slog.Int("unreadable", line.Unreadable))
	}
	if failure != nil {
		row := rowOf(failure)
		level = slog.LevelWarn
		if row.blame == BlameUs {
			level = slog.LevelError
		}
		fields = append(fields, row.attrs(failure)...)
	}
	line.countEnd(route.Function == "notify", failure)
	fields = append(fields, line.metrics.Attrs(cmp.Or(e.Namespace, "kasir"), e.Now())...)
	e.Log.LogAttrs(ctx, level, "request", fields...)
}
