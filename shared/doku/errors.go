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
	"strings"
	"syscall"
)

// ErrUnknown marks an outcome that could not be learned: a time-out, a reset, a 5xx, an answer that cannot
// be read or whose signature is wrong, a 409 without the original answer. DOKU may have done what was asked.
var ErrUnknown = errors.New("outcome unknown")

// ErrWrongSignature marks an unknown outcome whose answer carries a signature that does not match. It comes with [ErrUnknown].
var ErrWrongSignature = errors.New("wrongly signed")

// Answers that are not to what was asked.
var (
	errRepeatedAmount = errors.New("it names an amount twice")
	errOtherInvoice   = errors.New("it is for another invoice")
)

// Error is DOKU's refusal: it did not do what was asked.
type Error struct {
	HTTPStatus int
	Code       string // DOKU's code, such as INVALID_PARAMETER or invalid_signature; letters, digits and underscores, may be empty
	Message    string // DOKU's words, capped and scrubbed: not for logs, since they may repeat the request
	RequestID  string // Request-Id of the refused call

	// Unprocessed is set when the call was turned away before anybody looked at what it asks: signature, clock,
	// credentials, rate. Such a refusal says nothing about an earlier attempt with the same Request-Id.
	Unprocessed bool
}

func (e *Error) Error() string {
	return fmt.Sprintf("doku refused request %s with HTTP %d: %s", e.RequestID, e.HTTPStatus, e.Code)
}

// Retryable tells whether the same request may be accepted later without any change to it.
func (e *Error) Retryable() bool { return e.HTTPStatus == http.StatusTooManyRequests }

// WrongSignature tells whether DOKU turned the request away because it could not verify its signature: another key than ours is in
// use there.
func (e *Error) WrongSignature() bool { return strings.EqualFold(e.Code, "invalid_signature") }

// Codes seen when a request is turned away by its headers alone.
var headerCodes = map[string]bool{
	"invalid_header_request":    true,
	"request_time_out_of_range": true,
	"invalid_client_id":         true,
	"invalid_signature":         true,
}

const messageCap = 500 // bytes of DOKU's text that are kept

// refusal reads an error answer. Four shapes are known: {"error":{…}}, {"errors":…}, {"error":"text"} and
// {"message":["…"]}; anything else is kept as text, but for markup, which has ways of its own to write a name.
func refusal(status int, requestID string, body []byte) *Error {
	e := &Error{HTTPStatus: status, RequestID: requestID}
	e.Code, e.Message = errorBody(body)
	e.Unprocessed = headerCodes[strings.ToLower(e.Code)] ||
		status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests
	return e
}

func errorBody(body []byte) (code, message string) {
	var doc map[string]any
	if err := json.Unmarshal(body, &doc); err != nil {
		text := strings.TrimSpace(string(body))
		if strings.HasPrefix(text, "<") {
			text = ""
		}
		return "", text
	}
	for _, key := range []string{"error", "errors"} {
		if value, ok := doc[key]; ok {
			return describe(value)
		}
	}
	if value, ok := doc["message"]; ok {
		code, _ := doc["code"].(string)
		_, message := describe(value)
		return code, message
	}
	return "", string(body)
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

// unknown says why an outcome could not be learned, in words of this package only: an error of the transport may quote what
// DOKU sent. errors.Is and errors.As still find it.
func unknown(why string, reason error) error {
	if reason == nil {
		return fmt.Errorf("%s: %w", why, ErrUnknown)
	}
	return fmt.Errorf("%s: %w: %w", why, ErrUnknown, cause{reason})
}

// cause is an error that prints what kind it is.
type cause struct{ error }

func (c cause) Unwrap() error { return c.error }

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
	case errors.Is(c.error, syscall.ECONNRESET), errors.Is(c.error, syscall.EPIPE), errors.Is(c.error, io.EOF), errors.Is(c.error, io.ErrUnexpectedEOF):
		return "the connection broke"
	case errors.As(c.error, &syntax), errors.As(c.error, &form):
		return "its JSON is not as expected"
	case errors.As(c.error, new(*url.Error)):
		return "the connection failed"
	}
	return Scrub(c.error.Error())
}
