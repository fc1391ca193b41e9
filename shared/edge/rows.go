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

// row says how errors of one kind are answered and logged.
type row struct {
	match  func(error) bool
	status int
	code   string // of the log line
	blame  Blame
	detail string        // what the caller reads, unless fill finds it in the error
	wait   time.Duration // Retry-After, unless DOKU asked for another wait; 0 leaves the header out

	fill func(error, *answer)    // adds what the error itself says; nil adds nothing
	log  func(error) []slog.Attr // more fields of the log line; nil adds none
}

// rows is the one table of errors. The first row that matches counts. The last one matches every error: what is not
// listed is our fault, and its text stays in the log, since nothing of DynamoDB or a stack trace may reach a caller.
var rows = []row{
	{match: isA[*panicked], status: 500, code: "panic", blame: BlameUs, detail: unforeseen, log: logPlace},

	// The request never reached its handler, or could not be read.
	{match: is(ErrUnauthenticated), status: 401, code: "unauthorized", blame: BlameCaller, fill: fillBearer,
		detail: "The header Authorization must bring a token: Bearer, a space, and a JWT of the issuer that this API " +
			"trusts."},
	{match: isA[*Forbidden], status: 403, code: "forbidden", blame: BlameCaller, fill: fillScope},
	{match: isA[*NoRoute], status: 404, code: "not_found", blame: BlameUs, log: logCause,
		detail: "There is nothing at this address."},
	{match: isA[*BadRequest], status: 400, code: "bad_request", blame: BlameCaller,
		fill: fillText[*BadRequest]},
	{match: isA[*jsonbody.Malformed], status: 400, code: "bad_request", blame: BlameCaller,
		fill: fillText[*jsonbody.Malformed]},
	{match: isA[*TooLarge], status: 413, code: "request_entity_too_large", blame: BlameCaller,
		fill: fillText[*TooLarge]},
	{match: isA[*TooManyHeaders], status: 431, code: "request_header_fields_too_large", blame: BlameCaller,
		fill: fillText[*TooManyHeaders]},

	// It breaks a rule, or names what is not there.
	{match: is(payment.ErrNotYours), status: 404, code: "not_found", blame: BlameCaller,
		detail: "There is no such customer or saved card."},
	{match: isA[*payment.Invalid], status: 422, code: "invalid", blame: BlameCaller, fill: fillInvalid, log: logFields},
	{match: has(byField), status: 422, code: "invalid", blame: BlameCaller, fill: fillDenied, log: logField},
	{match: isA[*order.NotAllowed], status: 409, code: "conflict", blame: BlameCaller,
		fill: fillText[*order.NotAllowed]},
	{match: isA[*payment.Busy], status: 409, code: "conflict", blame: BlameCaller, fill: fillBusy,
		detail: "The same request is still running, or its outcome is not known yet; send it again after the seconds " +
			"of the header Retry-After."},
	{match: has(ofCapture), status: 422, code: "mismatch", blame: BlameCaller, fill: fillCaptured},
	{match: is(payment.ErrMismatch), status: 422, code: "mismatch", blame: BlameCaller,
		detail: "This was asked before with another body, under the same invoice number or idempotency key: a repeat " +
			"must bring the same."},
	{match: is(payment.ErrInReview), status: 409, code: "in_review", blame: BlameDOKU,
		detail: "Whether DOKU did this could not be learned in time; a person is looking into it. Nothing more is " +
			"sent until then."},
	{match: is(payment.ErrNotFound), status: 404, code: "not_found", blame: BlameCaller,
		detail: "There is no payment with this invoice number."},

	// It is a notification that is not DOKU's.
	{match: is(doku.ErrMalformed), status: 400, code: "malformed_notification", blame: BlameCaller, log: logCause,
		detail: "This is not a notification of DOKU's form."},
	{match: is(doku.ErrSignature), status: 401, code: "signature", blame: BlameCaller, log: logCause,
		detail: "The signature is not DOKU's for this merchant."},

	// DOKU refused. What it refused for our credentials, clock or set-up is not the caller's fault.
	{match: has((*doku.Error).Retryable), status: 503, code: "refused", blame: BlameDOKU, wait: soon,
		fill: fillDOKU, log: logRefusal, detail: "DOKU asks to slow down."},
	{match: has((*doku.Error).WrongSignature), status: 503, code: "refused", blame: BlameUs, wait: later,
		fill: fillDOKU, log: logRefusal,
		detail: "DOKU does not accept this installation's key at the moment; send the same request again, under the " +
			"same key."},
	{match: has(turnedAway), status: 503, code: "refused", blame: BlameUs, wait: later,
		fill: fillDOKU, log: logRefusal,
		detail: "DOKU does not accept this installation's client id, headers or clock. Nothing was done; send the " +
			"same request again, under the same key."},
	{match: has(ofTheRequest), status: 422, code: "refused", blame: BlameCaller,
		fill: fillDOKU, log: logRefusal, detail: "DOKU refused the request."},
	{match: isA[*doku.Error], status: 502, code: "refused", blame: BlameDOKU,
		fill: fillDOKU, log: logRefusal, detail: "DOKU refused the request."},

	// DOKU did not answer, or the table did not.
	{match: is(doku.ErrNotSent), status: 503, code: "unknown", blame: BlameDOKU, wait: soon, log: logCause,
		detail: "DOKU cannot be reached. Nothing was sent; send the same request again, under the same key."},
	{match: is(doku.ErrUnknown), status: 503, code: "unknown", blame: BlameDOKU, wait: soon, log: logCause,
		detail: "DOKU did not answer in a way that can be trusted; send the same request again."},
	{match: is(payment.ErrStore), status: 503, code: "store", blame: BlameUs, wait: time.Second, log: logCause,
		detail: "The payment store is unavailable. Send the same request again; it will not be carried out twice."},
	{match: anything, status: 500, code: "internal_server_error", blame: BlameUs, detail: unforeseen, log: logCause},
}

const (
	unforeseen = "Internal error. It has been logged."
	soon       = 5 * time.Second
	later      = 30 * time.Second // most likely a key is being rotated, and a repeat finds the new one
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

// attrs are the fields of the log line that tell who caused a failure, and what it was.
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

func byField(e *order.NotAllowed) bool { return e.Pointer != "" }

func ofCapture(e *payment.Mismatch) bool { return e.Asked.Kind == order.KindCapture }

func turnedAway(e *doku.Error) bool { return e.Unprocessed }

// ofTheRequest reports whether DOKU judged the request itself. It says FAILED under HTTP 200.
func ofTheRequest(e *doku.Error) bool {
	switch e.HTTPStatus {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity:
		return true
	}
	return e.HTTPStatus < 300
}
