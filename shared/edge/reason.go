package edge

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

const maxFields = 10

// panicked is what a handler panicked with: its value may hold anything, so only its type is told, and the text of an
// error of the runtime's own.
type panicked struct {
	value any
	stack []byte
}

func caught(value any) error { return &panicked{value, debug.Stack()} }

func (p *panicked) Error() string {
	if err, ok := p.value.(runtime.Error); ok {
		return fmt.Sprintf("panic: %T: %s", p.value, doku.Scrub(err.Error()))
	}
	return fmt.Sprintf("panic: %T", p.value)
}

// reason says in a log line why a request failed: a code, and what a person needs to act on it. No text that a caller or
// DOKU wrote is among it.
func reason(err error) []slog.Attr {
	var (
		crash   *panicked
		invalid *payment.Invalid
		denied  *order.NotAllowed
		refused *doku.Error
	)
	code := func(text string, more ...slog.Attr) []slog.Attr {
		return append([]slog.Attr{slog.String("error", text)}, more...)
	}
	switch {
	case errors.As(err, &crash):
		return code("panic", slog.String("cause", crash.Error()), slog.String("stack", string(crash.stack)))
	case errors.As(err, &invalid):
		return code("invalid", slog.Any("fields", fields(invalid.Violations)))
	case errors.As(err, &denied) && denied.Pointer != "":
		return code("invalid", slog.Any("fields", []string{denied.Pointer}))
	case errors.Is(err, payment.ErrMismatch):
		return code("mismatch")
	case errors.Is(err, payment.ErrInReview):
		return code("in_review")
	case errors.Is(err, doku.ErrMalformed):
		return code("malformed_notification", slog.String("cause", payment.Describe(err)))
	case errors.Is(err, doku.ErrSignature):
		return code("signature", slog.String("cause", payment.Describe(err)))
	case errors.As(err, &refused):
		return code("refused", slog.String("doku_code", refused.Code), slog.Int("doku_http_status", refused.HTTPStatus),
			slog.String("doku_request_id", refused.RequestID))
	case errors.Is(err, doku.ErrUnknown):
		return code("unknown", slog.String("cause", payment.Describe(err)))
	case errors.Is(err, payment.ErrStore):
		return code("store", slog.String("cause", payment.Describe(err)))
	}
	o := judge(err)
	text := strings.ReplaceAll(strings.ToLower(http.StatusText(o.problem.Status)), " ", "_")
	if o.blame == Us {
		return code(text, slog.String("cause", payment.Describe(err)))
	}
	return code(text)
}

// fields lists which fields were wrong. One that the request does not have was named by the caller.
func fields(violations []doku.Violation) []string {
	var all []string
	for _, v := range violations[:min(len(violations), maxFields)] {
		if v.Detail == notAField {
			v.Pointer = hiddenName
		}
		all = append(all, v.Pointer)
	}
	return all
}
