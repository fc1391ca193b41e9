package edge

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"kasir/shared/doku"
	"kasir/shared/jsonbody"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// The functions below take parts of the answer from the error itself. A row that names one matches the error type that
// it reads.

func fillText[E error](err error, a *answer) {
	e, _ := errors.AsType[E](err)
	a.problem.Detail = e.Error()
}

func fillBearer(_ error, a *answer) { a.header = map[string]string{"www-authenticate": "Bearer"} }

func fillScope(err error, a *answer) {
	e, _ := errors.AsType[*Forbidden](err)
	a.problem.Detail = "The token does not have the scope " + string(e.Scope) + "."
	challenge := `Bearer scope="` + string(e.Scope) + `" error="insufficient_scope"`
	a.header = map[string]string{"www-authenticate": challenge}
}

// maxErrors is the number of violations in an answer. A few bytes of a body can break several rules, and Lambda's
// answer is limited to 6 MB.
const maxErrors = 50

func fillInvalid(err error, a *answer) {
	e, _ := errors.AsType[*payment.Invalid](err)
	fillViolations(e.Violations, a)
}

func fillDenied(err error, a *answer) {
	e, _ := errors.AsType[*order.NotAllowed](err)
	fillViolations([]jsonbody.Violation{{Pointer: e.Pointer, Detail: e.Detail}}, a)
}

func fillViolations(all []jsonbody.Violation, a *answer) {
	a.problem.Detail = "The request breaks the rules listed under errors."
	if more := len(all) - maxErrors; more > 0 {
		a.problem.Detail = fmt.Sprintf("The request breaks the rules listed under errors, and %d more.", more)
		all = all[:maxErrors]
	}
	for _, v := range all {
		a.problem.Errors = append(a.problem.Errors, FieldError{Pointer: v.Pointer, Detail: v.Detail})
	}
}

func fillBusy(err error, a *answer) {
	e, _ := errors.AsType[*payment.Busy](err)
	a.retryAfter = e.RetryAfter
}

func fillTooSoon(err error, a *answer) {
	e, _ := errors.AsType[*TooSoon](err)
	a.retryAfter = e.RetryAfter
}

func fillCaptured(err error, a *answer) {
	e, _ := errors.AsType[*payment.Mismatch](err)
	a.problem.Detail = fmt.Sprintf("A capture of this order was already requested, for %d. An order is captured once. "+
		"A repeat must have the same amount.", e.Asked.Amount)
}

func fillDOKU(err error, a *answer) {
	e, _ := errors.AsType[*doku.Error](err)
	a.problem.DOKU = &DOKUReason{Code: e.Code, Message: e.Message, RequestID: e.RequestID}
}

// The functions below return the fields of the log line that a person needs to act on an error. They log no text that a
// caller or DOKU wrote.

func logCause(err error) []slog.Attr { return []slog.Attr{slog.String("cause", payment.Describe(err))} }

func logPlace(err error) []slog.Attr {
	e, _ := errors.AsType[*panicError](err)
	return []slog.Attr{slog.String("cause", e.Error()), slog.String("stack", string(e.stack))}
}

func logRefusal(err error) []slog.Attr {
	e, _ := errors.AsType[*doku.Error](err)
	return []slog.Attr{
		slog.String("doku_code", e.Code), slog.Int("doku_http_status", e.HTTPStatus),
		slog.String("doku_request_id", e.RequestID),
	}
}

func logField(err error) []slog.Attr {
	e, _ := errors.AsType[*order.NotAllowed](err)
	return []slog.Attr{slog.Any("fields", []string{e.Pointer})}
}

// loggableField returns a violation's pointer without a name that the caller chose.
func loggableField(v jsonbody.Violation) string {
	if strings.HasPrefix(v.Pointer, payment.MetadataPointer+"/") {
		return payment.MetadataPointer
	}
	return jsonbody.Loggable(v)
}

const maxFields = 10

// logFields lists the invalid fields, up to maxFields.
func logFields(err error) []slog.Attr {
	e, _ := errors.AsType[*payment.Invalid](err)
	var fields []string
	for _, v := range e.Violations[:min(len(e.Violations), maxFields)] {
		fields = append(fields, loggableField(v))
	}
	return []slog.Attr{slog.Any("fields", fields)}
}
