package edge

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"
	"time"

	"kasir/shared/doku"
)

// Problem is an error answer as RFC 9457 defines it.
type Problem struct {
	Type   string       `json:"type"` // "about:blank": the problem has no meaning beyond the status
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail,omitempty"`
	Errors []FieldError `json:"errors,omitempty"` // all invalid fields, up to maxErrors
	DOKU   *DOKUReason  `json:"doku,omitempty"`
}

// FieldError is one invalid field of the request's body.
type FieldError struct {
	Pointer string `json:"pointer"` // JSON pointer, /order/line_items/0/price
	Detail  string `json:"detail"`
}

// DOKUReason is the reason of DOKU's refusal, in DOKU's words.
type DOKUReason struct {
	Code      string `json:"code,omitempty"`
	Message   string `json:"message,omitempty"`
	RequestID string `json:"request_id"` // to quote to DOKU's support
}

// BadRequest is the error for a request that cannot be read.
type BadRequest struct {
	Detail string
}

func (e *BadRequest) Error() string { return e.Detail }

// TooLarge is the error for a body over the function's limit.
type TooLarge struct {
	Limit int // bytes
}

func (e *TooLarge) Error() string { return fmt.Sprintf("the body is over %d bytes", e.Limit) }

// TooManyHeaders is the error for a request with more than maxHeaders headers.
type TooManyHeaders struct{}

func (e *TooManyHeaders) Error() string {
	return fmt.Sprintf("the request has more than %d headers", maxHeaders)
}

// TooSoon is the error for a question to DOKU that must wait.
type TooSoon struct {
	RetryAfter time.Duration
}

func (e *TooSoon) Error() string { return "DOKU may not be asked about this payment yet" }

// Blame is the party that caused a failure. It is logged.
type Blame string

const (
	BlameCaller Blame = "caller"
	BlameDOKU   Blame = "doku"
	BlameUs     Blame = "us"
)

// answer is the answer to one error.
type answer struct {
	problem    Problem
	retryAfter time.Duration
	header     map[string]string // additional headers
}

// problem returns the answer to an error, according to its row.
func problem(err error) Response {
	row := rowOf(err)
	a := answer{problem: Problem{
		Type: "about:blank", Title: http.StatusText(row.status), Status: row.status, Detail: row.detail,
	}}
	if row.wait > 0 {
		a.retryAfter = cmp.Or(doku.RetryAfter(err), row.wait)
	}
	if row.fill != nil {
		row.fill(err, &a)
	}
	header := map[string]string{"content-type": "application/problem+json"}
	maps.Copy(header, a.header)
	if a.retryAfter > 0 {
		header["retry-after"] = Seconds(a.retryAfter)
	}
	return Response{Status: row.status, Header: header, Body: a.problem}
}

// Seconds formats a duration for the Retry-After header: whole seconds, at least one.
func Seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(d.Seconds()))))
}
