package doku

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ErrUnknown marks an outcome that could not be learned: a time-out, a reset, a 3xx or 5xx, an answer that is not in
// DOKU's shape, that cannot be read or whose signature is wrong, or a 409 without the original answer. DOKU may have
// carried out the request.
var ErrUnknown = errors.New("outcome unknown")

// ErrNotSent marks an attempt that obtained no connection to DOKU and therefore had no effect. An earlier attempt may
// have had one. Such an error is also an ErrUnknown.
var ErrNotSent = errors.New("not sent")

// ErrWrongSignature marks an unknown outcome whose answer carries a signature that does not match. It comes with
// [ErrUnknown].
var ErrWrongSignature = errors.New("wrongly signed")

// ErrTooMany marks an unknown outcome under HTTP 429: DOKU or a gateway before it asks to slow down. A refusal of
// DOKU's that asks for it is [Error.Retryable].
var ErrTooMany = errors.New("too many requests")

// SlowDown reports whether the answer asked for fewer calls.
func SlowDown(err error) bool {
	var refused *Error
	return errors.Is(err, ErrTooMany) || errors.As(err, &refused) && refused.Retryable()
}

// tooMany returns ErrTooMany for HTTP 429, and nil for any other status.
func tooMany(status int) error {
	if status == http.StatusTooManyRequests {
		return ErrTooMany
	}
	return nil
}

// Errors of answers that do not belong to the request.
var (
	errRepeatedAmount   = errors.New("it names an amount twice")
	errUnreadableAmount = errors.New("it names an amount that cannot be read")
	errOtherInvoice     = errors.New("it is for another invoice")
)

// Error is DOKU's refusal: DOKU did not carry out the request.
type Error struct {
	HTTPStatus int
	// Code is DOKU's code, such as INVALID_PARAMETER or invalid_signature. It holds letters, digits and underscores and
	// may be empty.
	Code      string
	Message   string // DOKU's words, capped and scrubbed; not for logs, since they may repeat the request
	RequestID string // Request-Id of the refused call

	// Unprocessed reports whether DOKU turned the call away by its headers, with a code of Config.TurnedAway. Such an
	// answer has no bearing on an earlier attempt with the same Request-Id.
	Unprocessed bool
	// Signed reports whether the answer carried DOKU's signature. A gateway's answer may have DOKU's shape, but not its
	// signature.
	Signed bool
	// Replayed reports whether DOKU answered a repeated Request-Id with its first refusal.
	Replayed bool
	// NotFound reports whether the answer was a 404 with a code of Config.NotFound: DOKU has no such order.
	NotFound bool
	// RetryAfter is the wait that the answer asks for in its header Retry-After, or 0.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	return fmt.Sprintf("doku refused request %s with HTTP %d: %s", e.RequestID, e.HTTPStatus, e.Code)
}

// Retryable reports whether the same request may be accepted later without any change to it.
func (e *Error) Retryable() bool { return e.HTTPStatus == http.StatusTooManyRequests }

// WrongSignature reports whether DOKU turned the request away because it could not verify its signature. DOKU then uses
// another key than the client.
func (e *Error) WrongSignature() bool { return strings.EqualFold(e.Code, "invalid_signature") }

// HeaderCodes are the codes with which DOKU was seen to turn a request away by its headers alone.
var HeaderCodes = []string{
	"invalid_signature", "invalid_client_id", "invalid_header_request", "request_time_out_of_range",
}

// NotFoundCodes are the codes with which a 404 of check status means that DOKU has no such order. DOKU documents none.
// The generic NOT_FOUND is not among them, since gateways also send it.
var NotFoundCodes = []string{
	"TRANSACTION_NOT_FOUND", "ORDER_NOT_FOUND", "INVOICE_NOT_FOUND", "DATA_NOT_FOUND", "INVOICE_NUMBER_NOT_FOUND",
}

// idempotentRequest is DOKU's code for a Request-Id that it has seen before. The outcome of the first request stays
// unknown.
const idempotentRequest = "idempotent_request"

const messageCap = 500 // bytes of DOKU's text that are kept

// refusal reads an error answer. ok is false if its body has none of DOKU's shapes, since somebody else may then have
// answered. The shapes are {"error":{…}}, {"errors":…}, {"error":"text"}, {"message":["…"]} and
// {"error_messages":["…"]}.
func (c *Client) refusal(status int, requestID string, body []byte) (e *Error, ok bool) {
	e = &Error{HTTPStatus: status, RequestID: requestID}
	if e.Code, e.Message, ok = errorBody(body); !ok {
		return e, false
	}
	e.Unprocessed = containsFold(c.cfg.TurnedAway, e.Code)
	e.NotFound = status == http.StatusNotFound && containsFold(c.cfg.NotFound, e.Code)
	return e, !strings.EqualFold(e.Code, idempotentRequest)
}

func containsFold(codes []string, code string) bool {
	return code != "" && slices.ContainsFunc(codes, func(known string) bool { return strings.EqualFold(known, code) })
}

func errorBody(body []byte) (code, message string, ok bool) {
	var doc map[string]any
	if err := json.Unmarshal(body, &doc); err != nil {
		return "", "", false
	}
	for _, key := range []string{"error", "errors"} {
		if value, there := doc[key]; there && value != nil {
			code, message = describe(value)
			return code, message, code != "" || message != ""
		}
	}
	for _, key := range []string{"message", "error_messages"} {
		if list, isList := doc[key].([]any); isList && len(list) > 0 {
			code, _ := doc["code"].(string)
			_, message := describe(list)
			return code, message, true
		}
	}
	return "", "", false
}

func describe(value any) (code, message string) {
	switch v := value.(type) {
	case map[string]any:
		code, _ = v["code"].(string)
		_, message = describe(v["message"])
		return code, message
	case []any:
		var texts []string
		for _, item := range v {
			c, text := describe(item)
			if code == "" {
				code = c
			}
			texts = append(texts, text)
		}
		return code, strings.Join(texts, "; ")
	case nil:
		return "", ""
	default:
		return "", fmt.Sprint(v)
	}
}

func clip(s string) string {
	if len(s) > messageCap {
		s = s[:messageCap]
	}
	return strings.ToValidUTF8(s, "")
}

// unknown returns an ErrUnknown with a reason. Its text has only words of this package, since an error of the transport
// may quote DOKU's answer. errors.Is and errors.As still find the reason.
func unknown(why string, reason error) error {
	if reason == nil {
		return fmt.Errorf("%s: %w", why, ErrUnknown)
	}
	return fmt.Errorf("%s: %w: %w", why, ErrUnknown, cause{reason})
}

// cause is an error whose text is only the kind of the error that it wraps.
type cause struct{ error }

func (c cause) Unwrap() error { return c.error }

// retryAfterError is an error whose answer asked for a wait before the next attempt.
type retryAfterError struct {
	error
	after time.Duration
}

func (w retryAfterError) Unwrap() error { return w.error }

// RetryAfter returns the wait that DOKU's answer asked for, or 0. The answer may be a refusal or one that could not be
// understood.
func RetryAfter(err error) time.Duration {
	var refused *Error
	var later retryAfterError
	switch {
	case errors.As(err, &refused):
		return refused.RetryAfter
	case errors.As(err, &later):
		return later.after
	}
	return 0
}

func (c cause) Error() string {
	var (
		timeout net.Error
		syntax  *json.SyntaxError
		form    *json.UnmarshalTypeError
		address *net.DNSError
	)
	switch {
	case errors.Is(c.error, context.Canceled):
		return "the caller went away"
	case errors.Is(c.error, context.DeadlineExceeded), errors.As(c.error, &timeout) && timeout.Timeout():
		return "time-out"
	case errors.As(c.error, &address):
		return "the host is not known"
	case errors.Is(c.error, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(c.error, syscall.ECONNRESET), errors.Is(c.error, syscall.EPIPE),
		errors.Is(c.error, io.EOF), errors.Is(c.error, io.ErrUnexpectedEOF):
		return "the connection broke"
	case errors.As(c.error, &syntax), errors.As(c.error, &form):
		return "its JSON is not as expected"
	case errors.As(c.error, new(*url.Error)):
		return "the connection failed"
	}
	return Scrub(c.error.Error())
}
