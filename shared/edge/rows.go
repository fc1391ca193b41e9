package edge

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"kasir/shared/doku"
	"kasir/shared/jsonbody"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// row describes how errors of one kind are answered and logged.
type row struct {
	match  func(error) bool
	status int
	code   string // of the log line
	blame  Blame
	detail string        // the text for the caller, unless fill takes it from the error
	wait   time.Duration // Retry-After, unless DOKU asked for another wait; 0 leaves the header out

	fill func(error, *answer)    // adds parts of the error itself; may be nil
	log  func(error) []slog.Attr // returns more fields of the log line; may be nil
}

// rows is the one table of errors. The first row that matches counts. The last row matches every error: an error that
// is not listed is our fault. Its text goes only to the log, since no text of DynamoDB and no stack trace may reach a
// caller.
var rows = []row{
	{match: isA[*panicError], status: 500, code: "panic", blame: BlameUs, detail: internalError, log: logPlace},

	// The request never reached its handler, or could not be read.
	{match: is(ErrUnauthenticated), status: 401, code: "unauthorized", blame: BlameCaller, fill: fillBearer,
		detail: "The header Authorization must hold a token: Bearer, a space, and a JWT of the issuer that this API " +
			"trusts."},
	{match: isA[*Forbidden], status: 403, code: "forbidden", blame: BlameCaller, fill: fillScope},
	{match: isA[*NoRoute], status: 404, code: "not_found", blame: BlameUs, log: logCause,
		detail: "There is nothing at this address."},
	{match: isA[*BadRequest], status: 400, code: "bad_request", blame: BlameCaller,
		fill: fillText[*BadRequest]},
	{match: isA[*jsonbody.Malformed], status: 400, code: "bad_request", blame: BlameCaller,
		fill: fillText[*jsonbody.Malformed]},
	{match: is(payment.ErrCursor), status: 400, code: "bad_request", blame: BlameCaller,
		detail: "The cursor does not belong to this list. Begin again without a cursor, or send the one of the last " +
			"page together with the same other parameters."},
	{match: isA[*TooLarge], status: 413, code: "request_entity_too_large", blame: BlameCaller,
		fill: fillText[*TooLarge]},
	{match: isA[*TooManyHeaders], status: 431, code: "request_header_fields_too_large", blame: BlameCaller,
		fill: fillText[*TooManyHeaders]},

	// The request breaks a rule, or names something that does not exist.
	{match: is(payment.ErrNotYours), status: 404, code: "not_found", blame: BlameCaller,
		detail: "There is no such customer or saved card."},
	{match: isA[*payment.Invalid], status: 422, code: "invalid", blame: BlameCaller, fill: fillInvalid, log: logFields},
	{match: has(hasPointer), status: 422, code: "invalid", blame: BlameCaller, fill: fillDenied, log: logField},
	{match: isA[*order.NotAllowed], status: 409, code: "conflict", blame: BlameCaller,
		fill: fillText[*order.NotAllowed]},
	{match: isA[*order.Mismatched], status: 409, code: "conflict", blame: BlameCaller,
		fill: fillText[*order.Mismatched]},
	{match: isA[*payment.Busy], status: 409, code: "conflict", blame: BlameCaller, fill: fillBusy,
		detail: "The same request is still running, or its outcome is not known yet. Send it again after the seconds " +
			"in the header Retry-After."},
	{match: isA[*TooSoon], status: 429, code: "too_soon", blame: BlameCaller, fill: fillTooSoon,
		detail: "DOKU can be asked about this payment again after the seconds in the header Retry-After. Until then, " +
			"GET shows everything that is known."},
	{match: has(isCapture), status: 422, code: "mismatch", blame: BlameCaller, fill: fillCaptured},
	{match: is(payment.ErrMismatch), status: 422, code: "mismatch", blame: BlameCaller,
		detail: "A request with the same invoice number or idempotency key was sent before with another body. A " +
			"repeat must have the same body."},
	{match: is(payment.ErrInReview), status: 409, code: "in_review", blame: BlameDOKU,
		detail: "It could not be learned in time whether DOKU carried this out. A person is looking into it. Nothing " +
			"more is sent until then."},
	{match: is(payment.ErrNotFound), status: 404, code: "not_found", blame: BlameCaller,
		detail: "There is no payment with this invoice number."},

	{match: is(payment.ErrNoBatch), status: 404, code: "not_found", blame: BlameCaller,
		detail: "No report of such a settlement was read."},

	// The notification is not DOKU's.
	{match: is(doku.ErrMalformed), status: 400, code: "malformed_notification", blame: BlameCaller, log: logCause,
		detail: "The body or the headers do not have the form of a DOKU notification."},
	{match: is(doku.ErrSignature), status: 401, code: "signature", blame: BlameCaller, log: logCause,
		detail: "The signature is not DOKU's for this merchant."},

	// DOKU refused. A refusal for our credentials, clock or configuration is not the caller's fault.
	{match: has((*doku.Error).Retryable), status: 503, code: "refused", blame: BlameDOKU, wait: shortWait,
		fill: fillDOKU, log: logRefusal, detail: "DOKU asks to slow down."},
	{match: has((*doku.Error).WrongSignature), status: 503, code: "refused", blame: BlameUs, wait: longWait,
		fill: fillDOKU, log: logRefusal,
		detail: "DOKU does not accept this installation's key at the moment. Send the same request again, with the " +
			"same invoice number or idempotency key."},
	{match: has(isUnprocessed), status: 503, code: "refused", blame: BlameUs, wait: longWait,
		fill: fillDOKU, log: logRefusal,
		detail: "DOKU does not accept this installation's client id, headers or clock. Nothing was done. Send the " +
			"same request again, with the same invoice number or idempotency key."},
	{match: has(judgesRequest), status: 422, code: "refused", blame: BlameCaller,
		fill: fillDOKU, log: logRefusal, detail: "DOKU refused the request."},
	{match: isA[*doku.Error], status: 502, code: "refused", blame: BlameDOKU,
		fill: fillDOKU, log: logRefusal, detail: "DOKU refused the request."},

	// DOKU or the table did not answer.
	{match: is(doku.ErrNotSent), status: 503, code: "unknown", blame: BlameDOKU, wait: shortWait, log: logCause,
		detail: "DOKU cannot be reached. Nothing was sent. Send the same request again, with the same invoice number " +
			"or idempotency key."},
	{match: is(doku.ErrUnknown), status: 503, code: "unknown", blame: BlameDOKU, wait: shortWait, log: logCause,
		detail: "DOKU did not give an answer that can be trusted. Send the same request again."},
	{match: is(payment.ErrStore), status: 503, code: "store", blame: BlameUs, wait: time.Second, log: logCause,
		detail: "The payment store is unavailable. Send the same request again; it will not be carried out twice."},
	{match: anything, status: 500, code: "internal_server_error", blame: BlameUs, detail: internalError, log: logCause},
}

const (
	internalError = "Internal error. It has been logged."
	shortWait     = 5 * time.Second
	longWait      = 30 * time.Second // a key is probably being rotated, and a repeat will use the new one
)

// rowOf returns the row of an error.
func rowOf(err error) row {
	for _, r := range rows {
		if r.match(err) {
			return r
		}
	}
	panic("the last row matches every error")
}

// attrs returns the fields of the log line that describe a failure and the party that caused it.
func (r row) attrs(err error) []slog.Attr {
	fields := []slog.Attr{slog.String("blame", string(r.blame)), slog.String("error", r.code)}
	if r.log != nil {
		fields = append(fields, r.log(err)...)
	}
	return fields
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// has matches the errors of type E that have a property.
func has[E error](property func(E) bool) func(error) bool {
	return func(err error) bool {
		e, ok := errors.AsType[E](err)
		return ok && property(e)
	}
}

func anything(error) bool { return true }

func hasPointer(e *order.NotAllowed) bool { return e.Pointer != "" }

func isCapture(e *payment.Mismatch) bool { return e.Asked.Kind == order.KindCapture }

func isUnprocessed(e *doku.Error) bool { return e.Unprocessed }

// judgesRequest reports whether DOKU refused the request itself. DOKU may report FAILED under HTTP 200.
func judgesRequest(e *doku.Error) bool {
	switch e.HTTPStatus {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity:
		return true
	}
	return e.HTTPStatus < 300
}
