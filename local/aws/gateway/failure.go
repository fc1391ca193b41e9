package gateway

import (
	"context"
	"errors"
	"net/http"
	"os"

	"kasir/local/aws/lambda"
)

// clientGone is nginx's status for a client that closed the connection. It appears only in the log.
const clientGone = 499

// bodyError is the error of a request whose body could not be read.
type bodyError struct{ error }

func (e bodyError) Unwrap() error { return e.error }

// errorReply returns a response of the gateway itself, in API Gateway's form: {"message":"Not Found"}.
func errorReply(status int) reply {
	r := reply{
		status: status,
		header: http.Header{"Content-Type": {"application/json"}},
		body:   []byte(`{"message":"` + http.StatusText(status) + `"}`),
	}
	if status == http.StatusServiceUnavailable { // without it on AWS; kasir's functions send it with every 503
		r.header.Set("Retry-After", "1")
	}
	return r
}

// statusOf returns the status for a request without an answer from a function. The client sees nothing else of the
// error.
func statusOf(err error) int {
	if e, ok := errors.AsType[*lambda.Error](err); ok {
		return statusOfFunction(e)
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge
	}
	_, ofBody := errors.AsType[bodyError](err)
	switch {
	case ofBody && errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout
	case ofBody:
		return http.StatusBadRequest
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, lambda.ErrClosed):
		return http.StatusServiceUnavailable // HTTP APIs answer this after their 30 s
	case errors.Is(err, context.Canceled):
		return clientGone
	}
	return http.StatusInternalServerError
}

// statusOfFunction differs from AWS for a process that exited. AWS answers 500 there too; on a developer's machine a
// 502 separates a binary that crashed from a handler that returned an error.
func statusOfFunction(e *lambda.Error) int {
	switch e.Kind {
	case lambda.TooLarge:
		return http.StatusRequestEntityTooLarge
	case lambda.Throttled:
		return http.StatusServiceUnavailable // 429 is for the API's own rate limit; a 503 can be retried at once
	case lambda.Crashed, lambda.Init:
		return http.StatusBadGateway
	case lambda.Failed:
		if e.Exited { // it panicked
			return http.StatusBadGateway
		}
	}
	return http.StatusInternalServerError // including the function's own timeout, as on AWS
}
