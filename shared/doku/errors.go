package doku

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ErrUnknown marks an outcome that could not be learned: a time-out, a reset, a 5xx, an answer that cannot
// be read or whose signature is wrong, a 409 without the original answer. DOKU may have done what was asked.
var ErrUnknown = errors.New("outcome unknown")

// Error is DOKU's refusal: it did not do what was asked.
type Error struct {
	HTTPStatus int
	Code       string // DOKU's code, such as INVALID_PARAMETER or invalid_signature; may be empty
	Message    string // DOKU's words, capped
	RequestID  string // Request-Id of the refused call

	// Unprocessed is set when the call was turned away before anybody looked at what it asks: signature, clock,
	// credentials, rate. Such a refusal says nothing about an earlier attempt with the same Request-Id.
	Unprocessed bool
}

func (e *Error) Error() string {
	return fmt.Sprintf("doku refused request %s with HTTP %d: %s %s", e.RequestID, e.HTTPStatus, e.Code, e.Message)
}

// Retryable tells whether the same request may be accepted later without any change to it.
func (e *Error) Retryable() bool { return e.HTTPStatus == http.StatusTooManyRequests }

// BadSignature tells whether DOKU did not accept the request's signature: a wrong key, or one that is being rotated.
func (e *Error) BadSignature() bool {
	return strings.EqualFold(e.Code, badSignature) && e.HTTPStatus < 500
}

const badSignature = "invalid_signature"

// Codes seen when a request is turned away by its headers alone.
var headerCodes = map[string]bool{
	"invalid_header_request":    true,
	"request_time_out_of_range": true,
	"invalid_client_id":         true,
	badSignature:                true,
}

const messageCap = 500 // bytes of DOKU's text that are kept

// refusal reads an error answer. Four shapes are known: {"error":{…}}, {"errors":…}, {"error":"text"} and
// {"message":["…"]}; anything else is kept as text.
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
		return "", clip(strings.TrimSpace(string(body)))
	}
	for _, key := range []string{"error", "errors"} {
		if value, ok := doc[key]; ok {
			return describe(value)
		}
	}
	if value, ok := doc["message"]; ok {
		code, _ := doc["code"].(string)
		_, message := describe(value)
		return clip(code), message
	}
	return "", clip(string(body))
}

func describe(value any) (code, message string) {
	switch v := value.(type) {
	case map[string]any:
		code, _ = v["code"].(string)
		_, message = describe(v["message"])
		return clip(code), message
	case []any:
		var texts []string
		for _, item := range v {
			c, text := describe(item)
			if code == "" {
				code = c
			}
			texts = append(texts, text)
		}
		return code, clip(strings.Join(texts, "; "))
	case nil:
		return "", ""
	default:
		return "", clip(fmt.Sprint(v))
	}
}

func clip(s string) string {
	if len(s) > messageCap {
		s = s[:messageCap]
	}
	return strings.ToValidUTF8(s, "")
}

func unknown(why string, cause error) error {
	if cause == nil {
		return fmt.Errorf("%s: %w", why, ErrUnknown)
	}
	return fmt.Errorf("%s: %w: %w", why, ErrUnknown, cause)
}
