package edge

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"kasir/shared/doku"
)

// Line is what a handler adds to its request's log line. Only these fields are ever logged: no body, no
// header, no name, e-mail, phone, card or page URL.
type Line struct {
	invoice string
	Status  string // of the order
	Effect  string // what the request changed
	Unknown error  // why an outcome could not be learned
}

// SetInvoice names the order. What is not an invoice number of ours is left out: it may be anything a caller
// typed.
func (l *Line) SetInvoice(number string) {
	if doku.ValidInvoiceNumber(number) {
		l.invoice = number
	}
}

// write logs the request: one line, and on a failure whose fault it was.
func (e Edge) write(ctx context.Context, event events.APIGatewayV2HTTPRequest, status int, failure error, took time.Duration, line *Line) {
	level := slog.LevelInfo
	fields := []slog.Attr{
		slog.String("route", event.RouteKey), slog.Int("http_status", status), slog.Int64("ms", took.Milliseconds()),
		slog.String("request_id", event.RequestContext.RequestID),
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		fields = append(fields, slog.String("aws_request_id", lc.AwsRequestID))
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
		fields = append(fields, slog.String("blame", string(DOKU)), slog.String("unknown", line.Unknown.Error()))
	}
	if failure != nil {
		blame := judge(failure).blame
		level = slog.LevelWarn
		if blame == Us {
			level = slog.LevelError
		}
		fields = append(fields, slog.String("blame", string(blame)), slog.String("error", failure.Error()))
	}
	e.Log.LogAttrs(ctx, level, "request", fields...)
}
