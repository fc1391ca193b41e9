package edge

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// Problem is an error answer as RFC 9457 defines it.
type Problem struct {
	Type   string       `json:"type"` // "about:blank": the status says it all
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail,omitempty"`
	Errors []FieldError `json:"errors,omitempty"` // every bad field at once, up to maxErrors
	DOKU   *DOKUReason  `json:"doku,omitempty"`
}

// FieldError is one bad field of the request's body.
type FieldError struct {
	Pointer string `json:"pointer"` // JSON pointer, /order/line_items/0/price
	Detail  string `json:"detail"`
}

// DOKUReason is why DOKU refused, in its own words.
type DOKUReason struct {
	Code      string `json:"code,omitempty"`
	Message   string `json:"message,omitempty"`
	RequestID string `json:"request_id"` // to quote to DOKU's support
}

// BadRequest is a request that cannot be read at all.
type BadRequest struct {
	Detail string
}

func (e *BadRequest) Error() string { return e.Detail }

// TooLarge is a body over the route's limit.
type TooLarge struct {
	Limit int // bytes
}

func (e *TooLarge) Error() string { return fmt.Sprintf("the body is over %d bytes", e.Limit) }

// TooManyHeaders is a request with more headers than anybody needs.
type TooManyHeaders struct{}

func (e *TooManyHeaders) Error() string {
	return fmt.Sprintf("the request has more than %d headers", maxHeaders)
}

// Blame says whose fault a failed request was; it is logged.
type Blame string

const (
	Caller Blame = "caller"
	DOKU   Blame = "doku"
	Us     Blame = "us"
)

// outcome is how an error is answered and whom it is blamed on.
type outcome struct {
	problem    Problem
	retryAfter time.Duration
	header     map[string]string // more headers
	blame      Blame
}

// judge is the one mapping from errors to answers. What is not listed is our fault, and its text stays in the
// log: nothing of DynamoDB or a stack trace may reach a caller.
func judge(err error) outcome {
	var (
		bad     *BadRequest
		large   *TooLarge
		crowd   *TooManyHeaders
		invalid *payment.Invalid
		busy    *payment.Busy
		denied  *order.NotAllowed
		differs *payment.Mismatch
		refused *doku.Error
		lacks   *Forbidden
		astray  *NoRoute
	)
	switch {
	case errors.Is(err, ErrUnauthenticated):
		return outcome{problem: Problem{Status: http.StatusUnauthorized, Detail: "The header Authorization must bring a token: Bearer, a space, and a JWT of the issuer that this API trusts."},
			header: map[string]string{"www-authenticate": "Bearer"}, blame: Caller}
	case errors.As(err, &lacks):
		return outcome{problem: Problem{Status: http.StatusForbidden, Detail: "The token does not have the scope " + string(lacks.Scope) + "."},
			header: map[string]string{"www-authenticate": `Bearer scope="` + string(lacks.Scope) + `" error="insufficient_scope"`}, blame: Caller}
	case errors.As(err, &astray):
		return outcome{problem: Problem{Status: http.StatusNotFound, Detail: "There is nothing at this address."}, blame: Us}
	case errors.Is(err, payment.ErrNotYours):
		return outcome{problem: Problem{Status: http.StatusNotFound, Detail: "There is no such customer or saved card."}, blame: Caller}
	case errors.As(err, &bad):
		return outcome{problem: Problem{Status: http.StatusBadRequest, Detail: bad.Detail}, blame: Caller}
	case errors.As(err, &large):
		return outcome{problem: Problem{Status: http.StatusRequestEntityTooLarge, Detail: large.Error()}, blame: Caller}
	case errors.As(err, &crowd):
		return outcome{problem: Problem{Status: http.StatusRequestHeaderFieldsTooLarge, Detail: crowd.Error()}, blame: Caller}
	case errors.As(err, &invalid):
		return outcome{problem: invalidProblem(invalid), blame: Caller}
	case errors.As(err, &busy):
		return outcome{problem: Problem{Status: http.StatusConflict,
			Detail: "The same request is still running, or its outcome is not known yet; send it again after the seconds of the header Retry-After."},
			retryAfter: busy.RetryAfter, blame: Caller}
	case errors.As(err, &denied):
		return outcome{problem: deniedProblem(denied), blame: Caller}
	case errors.As(err, &differs) && differs.Asked.Kind == order.KindCapture:
		return outcome{problem: Problem{Status: http.StatusUnprocessableEntity,
			Detail: fmt.Sprintf("A capture of this order was asked for before, for %d: an order is captured once, and a repeat must bring the same amount.", differs.Asked.Amount)}, blame: Caller}
	case errors.Is(err, payment.ErrMismatch):
		return outcome{problem: Problem{Status: http.StatusUnprocessableEntity,
			Detail: "This was asked before with another body, under the same invoice number or idempotency key: a repeat must bring the same."}, blame: Caller}
	case errors.Is(err, payment.ErrInReview):
		return outcome{problem: Problem{Status: http.StatusConflict,
			Detail: "Whether DOKU did this could not be learned in time; a person is looking into it. Nothing more is sent until then."}, blame: DOKU}
	case errors.Is(err, payment.ErrNotFound):
		return outcome{problem: Problem{Status: http.StatusNotFound, Detail: "There is no payment with this invoice number."}, blame: Caller}
	case errors.Is(err, doku.ErrMalformed):
		return outcome{problem: Problem{Status: http.StatusBadRequest, Detail: "This is not a notification of DOKU's form."}, blame: Caller}
	case errors.Is(err, doku.ErrSignature):
		return outcome{problem: Problem{Status: http.StatusUnauthorized, Detail: "The signature is not DOKU's for this merchant."}, blame: Caller}
	case errors.As(err, &refused):
		return refusal(refused)
	case errors.Is(err, doku.ErrNotSent):
		return outcome{problem: Problem{Status: http.StatusServiceUnavailable,
			Detail: "DOKU cannot be reached. Nothing was sent; send the same request again, under the same key."},
			retryAfter: retryAfter(err, 5*time.Second), blame: DOKU}
	case errors.Is(err, doku.ErrUnknown):
		return outcome{problem: Problem{Status: http.StatusServiceUnavailable, Detail: "DOKU did not answer in a way that can be trusted; send the same request again."},
			retryAfter: retryAfter(err, 5*time.Second), blame: DOKU}
	case errors.Is(err, payment.ErrStore):
		return outcome{problem: Problem{Status: http.StatusServiceUnavailable, Detail: "Nothing is lost; send the same request again."},
			retryAfter: time.Second, blame: Us}
	default:
		return outcome{problem: Problem{Status: http.StatusInternalServerError, Detail: "Something went wrong here; the log says what."}, blame: Us}
	}
}

// deniedProblem: a bad field is 422, a state of the order that forbids what is asked is 409.
func deniedProblem(denied *order.NotAllowed) Problem {
	if denied.Pointer == "" {
		return Problem{Status: http.StatusConflict, Detail: denied.Detail}
	}
	return invalidProblem(&payment.Invalid{Violations: []doku.Violation{{Pointer: denied.Pointer, Detail: denied.Detail}}})
}

// maxErrors keeps the answer small: each few bytes of a body can break several rules, and Lambda takes 6 MB.
const maxErrors = 50

func invalidProblem(invalid *payment.Invalid) Problem {
	p := Problem{Status: http.StatusUnprocessableEntity, Detail: "The request breaks the rules listed under errors."}
	all := invalid.Violations
	if more := len(all) - maxErrors; more > 0 {
		p.Detail = fmt.Sprintf("The request breaks the rules listed under errors, and %d more.", more)
		all = all[:maxErrors]
	}
	for _, v := range all {
		p.Errors = append(p.Errors, FieldError{Pointer: v.Pointer, Detail: v.Detail})
	}
	return p
}

// refusal tells DOKU's judgement of the request (the caller's fault) from its judgement of our credentials,
// clock or set-up.
func refusal(e *doku.Error) outcome {
	reason := &DOKUReason{Code: e.Code, Message: e.Message, RequestID: e.RequestID}
	switch {
	case e.Retryable():
		return outcome{problem: Problem{Status: http.StatusServiceUnavailable, Detail: "DOKU asks to slow down.", DOKU: reason},
			retryAfter: retryAfter(e, 5*time.Second), blame: DOKU}
	case e.WrongSignature(): // most likely a key is being rotated, and a repeat finds the new one
		return outcome{problem: Problem{Status: http.StatusServiceUnavailable, DOKU: reason,
			Detail: "DOKU does not accept this installation's key at the moment; send the same request again, under the same key."},
			retryAfter: retryAfter(e, 30*time.Second), blame: Us}
	case e.Unprocessed:
		return outcome{problem: Problem{Status: http.StatusServiceUnavailable, DOKU: reason,
			Detail: "DOKU does not accept this installation's client id, headers or clock. Nothing was done; send the same request again, under the same key."},
			retryAfter: retryAfter(e, 30*time.Second), blame: Us}
	case e.HTTPStatus < 300 || e.HTTPStatus == http.StatusBadRequest || // DOKU says FAILED under HTTP 200
		e.HTTPStatus == http.StatusNotFound || e.HTTPStatus == http.StatusUnprocessableEntity:
		return outcome{problem: Problem{Status: http.StatusUnprocessableEntity, Detail: "DOKU refused the request.", DOKU: reason}, blame: Caller}
	default:
		return outcome{problem: Problem{Status: http.StatusBadGateway, Detail: "DOKU refused the request.", DOKU: reason}, blame: DOKU}
	}
}

// retryAfter is the wait that DOKU asked for, or otherwise.
func retryAfter(err error, otherwise time.Duration) time.Duration {
	if asked := doku.RetryAfter(err); asked > 0 {
		return asked
	}
	return otherwise
}

// problem answers an error.
func problem(err error) Response {
	o := judge(err)
	o.problem.Type, o.problem.Title = "about:blank", http.StatusText(o.problem.Status)
	header := map[string]string{"content-type": "application/problem+json"}
	maps.Copy(header, o.header)
	if o.retryAfter > 0 {
		header["retry-after"] = Seconds(o.retryAfter)
	}
	return Response{Status: o.problem.Status, Header: header, Body: o.problem}
}

// Seconds is a duration as the Retry-After header wants it: whole seconds, at least one.
func Seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(d.Seconds()))))
}
