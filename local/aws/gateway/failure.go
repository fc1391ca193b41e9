package gateway

import (
	"context"
	"errors"
	"net/http"
	"os"

	"kasir/local/aws/lambda"
)

// clientGone is for the log; nobody receives it. nginx's number, which people know.
const clientGone = 499

// bodyError is a request whose body did not arrive.
type bodyError struct{ error }

func (e bodyError) Unwrap() error { return e.error }

// failure is a response of the gateway's own, in API Gateway's form: {"message":"Not Found"}.
func failure(status int) reply {
	r := reply{
		status: status,
		header: http.Header{"Content-Type": {"application/json"}},
		body:   []byte(`{"message":"` + http.StatusText(status) + `"}`),
	}
	if status == http.StatusServiceUnavailable { // API Gateway leaves it out; every 503 of kasir's functions has one
		r.header.Set("Retry-After", "1")
	}
	return r
}

// statusOf says what a client is told when there is no answer of a function to pass on. Nothing else of the error
// reaches it.
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
		return http.StatusServiceUnavailable // what HTTP APIs answer after their 30 s
	case errors.Is(err, context.Canceled):
		return clientGone
	}
	return http.StatusInternalServerError
}

// statusOfFunction differs from AWS where a process ended: AWS answers 500 there too, but on a developer's machine a
// binary that died and a handler that returned an error are two different searches.
func statusOfFunction(e *lambda.Error) int {
	switch e.Kind {
	case lambda.TooLarge:
		return http.StatusRequestEntityTooLarge
	case lambda.Throttled:
		return http.StatusServiceUnavailable // 429 is for the API's own rate limit; this client may simply try again
	case lambda.Crashed, lambda.Init:
		return http.StatusBadGateway
	case lambda.Failed:
		if e.Exited { // it panicked
			return http.StatusBadGateway
		}
	}
	return http.StatusInternalServerError // among them the function's own timeout, as on AWS
}
