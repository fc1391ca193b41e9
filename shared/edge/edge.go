// Package edge turns API Gateway events into requests and responses into API Gateway's answers. It decodes bodies once
// and their JSON strictly. It answers every failure with a problem+json and writes one log line per request.
package edge

import (
	"cmp"
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/function"
	"kasir/shared/payment"
)

// Request is an HTTP request as a handler sees it.
type Request struct {
	Route  string            // API Gateway's route key, one of the function's in route.All
	Header http.Header       // the headers in knownHeaders; a name that came in two spellings has two values
	Path   map[string]string // path parameters, decoded
	Query  string            // raw, see Parameters
	Who    Principal         // the caller; zero on a route without scope
	Body   []byte            // raw bytes, also if the event carried them in base64
	Log    *Line             // the fields that the handler adds to the request's log line
}

// Response is a handler's answer. Body is encoded as JSON, unless it is Base64.
type Response struct {
	Status int
	Header map[string]string
	Body   any
}

// Base64 is a body of any bytes, in base64. API Gateway decodes it.
type Base64 string

// Limits of an event. The limit of its body is in function.Function.
const (
	maxHeaders       = 100
	maxPathParameter = 1024 // bytes, decoded; the use cases check the form of each parameter
)

// Handler answers one route. An error becomes a problem+json, see rows.go.
type Handler func(ctx context.Context, r Request) (Response, error)

// Function is a Lambda function.
type Function func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// Edge holds the settings that every function needs to answer.
type Edge struct {
	Log      *slog.Logger
	Now      func() time.Time
	Function function.Function // the function whose routes are answered

	Namespace   string // of the metrics in CloudWatch; empty means kasir
	ScopePrefix string // the issuer's prefix of each scope, such as "kasir/"
	Staff       Staff  // whose scopes their roles limit
}

// Serve makes a Lambda function of a handler. It refuses bodies over the function's limit with 413 before it reads
// them.
func (e Edge) Serve(handle Handler) Function {
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		start, line := e.Now(), &Line{}
		ctx = withLine(ctx, line)
		response, err := e.call(ctx, event, line, handle)
		if err != nil {
			response = problem(err)
		}
		answer, unencodable := encode(response)
		err = cmp.Or(err, unencodable)
		e.write(ctx, event, answer.StatusCode, err, e.Now().Sub(start), line)
		return answer, nil
	}
}

// call admits the caller, decodes the event and runs the handler. It turns a panic into an error. The caller then gets
// an answer, and the log holds the place of the panic.
func (e Edge) call(
	ctx context.Context, event events.APIGatewayV2HTTPRequest, line *Line, handle Handler,
) (response Response, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = newPanicError(cause)
		}
	}()
	who, err := e.admit(event)
	if err != nil {
		return Response{}, err
	}
	request, err := decode(event, e.Function.MaxBody)
	if err != nil {
		return Response{}, err
	}
	request.Route, request.Who, request.Log = event.RouteKey, who, line
	return handle(ctx, request)
}

func decode(event events.APIGatewayV2HTTPRequest, maxBody int) (Request, error) {
	if len(event.Headers) > maxHeaders {
		return Request{}, &TooManyHeaders{}
	}
	for name, value := range event.PathParameters { // no resource has a name that is too long or was damaged on the way
		if name == "path" { // the rest of the console's address, which is only looked up
			continue
		}
		if len(value) <= maxPathParameter && !strings.ContainsRune(value, utf8.RuneError) {
			continue
		}
		switch name {
		case "invoice_number":
			return Request{}, payment.ErrNotFound
		case "batch":
			return Request{}, payment.ErrNoBatch
		}
		return Request{}, payment.ErrNotYours
	}
	body := []byte(event.Body)
	if event.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(event.Body)
		if err != nil {
			return Request{}, &BadRequest{Detail: "the event's body is not base64, although isBase64Encoded is true"}
		}
		body = decoded
	}
	if len(body) > maxBody {
		return Request{}, &TooLarge{Limit: maxBody}
	}
	return Request{
		Header: headerOf(event.Headers), Path: event.PathParameters, Query: event.RawQueryString, Body: body,
	}, nil
}

// knownHeaders maps API Gateway's lower-case names to canonical ones. All other headers are dropped.
var knownHeaders = map[string]string{
	"signature": "Signature", "client-id": "Client-Id", "request-id": "Request-Id",
	"request-timestamp": "Request-Timestamp", "idempotency-key": idempotencyHeader,
	"accept-encoding": "Accept-Encoding",
}

// headerOf returns the known headers. All values share one array. A name that came in two spellings has two values.
func headerOf(sent map[string]string) http.Header {
	header, values := make(http.Header, len(knownHeaders)), make([]string, 0, len(knownHeaders))
	for name, value := range sent {
		name = knownHeaders[strings.ToLower(name)]
		switch {
		case name == "":
		case header[name] != nil:
			header[name] = append(header[name], value)
		default:
			values = append(values, value)
			header[name] = values[len(values)-1 : len(values) : len(values)]
		}
	}
	return header
}
