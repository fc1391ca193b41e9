// Package gateway is an API Gateway HTTP API on one machine. It routes requests to functions, checks the token against
// the route's scope, passes requests on in payload format 2.0 and turns the functions' answers into responses, as AWS
// does.
//
// Where AWS's documentation is silent, this gateway follows the measurements that others made on the live service: the
// content types that stay text, the decoded rawPath, the meaning of an answer without statusCode. A comment marks every
// intended difference. Only one is visible to a client: a function that crashed is answered with 502, where AWS answers
// 500.
package gateway

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"kasir/shared/route"
)

const (
	// integrationLimit is the time limit of a function, and maxBody the size limit of a request. Both are quotas of
	// HTTP APIs that cannot be raised.
	integrationLimit = 30 * time.Second
	maxBody          = 10 << 20
	// clientLimit is the time limit for a client to send its body, and again to read the response.
	clientLimit = 30 * time.Second
)

// Invoker sends an event to a function and returns its answer, as lambda.Runtime.Invoke does. Each kind of
// *lambda.Error has its own status; any other error becomes a 500.
type Invoker func(ctx context.Context, function string, event []byte) ([]byte, error)

// Config configures the API.
type Config struct {
	Routes     []route.Route
	Invoke     Invoker
	Authorizer *Authorizer      // checks routes with a scope; may be nil only if there are none
	CORS       CORS             // zero leaves preflights to the functions
	Now        func() time.Time // time.Now when nil
	NewID      func() string    // makes request ids; if nil, random ones in AWS's form
	Log        *slog.Logger     // gets one line per request; nil discards
}

// New checks the routes and returns the API as a handler, to be served by Server or any http.Server. The error names
// the route and its mistake.
func New(c Config) (http.Handler, error) {
	if c.Invoke == nil {
		return nil, errors.New("gateway: Config.Invoke is missing")
	}
	routes, err := newRouter(c.Routes)
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	if err := c.Authorizer.check(c.Routes); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	if err := c.CORS.check(); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = newID
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	g := &gateway{Config: c, routes: routes}
	if c.Authorizer != nil {
		g.guard = newGuard(*c.Authorizer, c.Now)
	}
	return g, nil
}

type gateway struct {
	Config
	routes router
	guard  *guard // nil if no route needs a token
}

// ServeHTTP answers one request: match, admit, read, invoke, write and log, in this order.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Deadlines use the network's clock, also if g.Now is another. A recorder in tests has none, so the error is
	// ignored.
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(clientLimit))
	x := exchange{id: g.NewID(), received: g.Now(), path: decodedPath(r)}
	if g.CORS.enabled() && r.Method == http.MethodOptions {
		x.match, _ = g.routes.match(r.Header.Get("Access-Control-Request-Method"), x.path) // for the log
		x.reply = reply{status: http.StatusNoContent, header: g.CORS.preflight(r)}
	} else {
		g.integrate(w, r, &x)
		g.CORS.decorate(x.reply.header, r)
	}
	x.reply.header.Set("Apigw-Requestid", x.id)
	x.reply.write(w)
	g.log(r, x)
}

// exchange is one request and its result so far.
type exchange struct {
	id         string
	received   time.Time
	path       string // decoded
	match      match
	authorizer *eventAuthorizer // nil for an open route
	reply      reply
	err        error // why the gateway answers instead of the function
}

// integrate finds the function, invokes it and stores its reply.
func (g *gateway) integrate(w http.ResponseWriter, r *http.Request, x *exchange) {
	var found bool
	if x.match, found = g.routes.match(r.Method, x.path); !found {
		x.reply = errorReply(http.StatusNotFound)
		return
	}
	if x.match.route.Scope != "" {
		authorizer, err := g.guard.admit(r, x.match.route)
		if err != nil {
			x.fail(err)
			return
		}
		x.authorizer = authorizer
	}
	body, err := readBody(w, r)
	if err != nil {
		x.fail(err)
		return
	}
	event, err := newEvent(r, x, body)
	if err != nil {
		x.fail(err)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), integrationLimit)
	defer cancel()
	answer, err := g.Invoke(ctx, x.match.route.Function, event)
	if err != nil {
		x.fail(err)
		return
	}
	if x.reply, err = parseReply(answer); err != nil {
		x.fail(err)
	}
}

func (x *exchange) fail(err error) {
	x.err, x.reply = err, errorReply(statusOf(err))
	if d, ok := errors.AsType[*denial](err); ok {
		x.reply = d.reply()
	}
}

// readBody reads the whole body, because on AWS a function starts only after the whole body has arrived.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, &http.MaxBytesError{Limit: maxBody}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, bodyError{err}
	}
	http.NewResponseController(w).SetReadDeadline(time.Time{}) // otherwise it would end the wait for the function
	return body, nil
}

// log writes the log line of one request.
func (g *gateway) log(r *http.Request, x exchange) {
	attrs := []slog.Attr{slog.String("requestId", x.id), slog.String("method", r.Method)}
	if x.match.route.Function == "" {
		attrs = append(attrs, slog.String("path", firstSegment(x.path)))
	} else {
		attrs = append(attrs, slog.String("route", x.match.route.Path), slog.String("function", x.match.route.Function))
	}
	attrs = append(attrs,
		slog.Int("status", x.reply.status),
		slog.Int("bytes", len(x.reply.body)),
		slog.Int64("ms", g.Now().Sub(x.received).Milliseconds()),
	)
	if x.err != nil {
		attrs = append(attrs, slog.String("error", x.err.Error()))
	}
	level := slog.LevelInfo
	if x.reply.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	g.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

// firstSegment returns the first segment of a path without a route. It is enough to see a typing mistake, and leaves
// out the ids and tokens that may follow.
func firstSegment(path string) string {
	if end := strings.IndexByte(strings.TrimPrefix(path, "/"), '/'); end >= 0 {
		return path[:end+1] + "/…"
	}
	return path
}

// newID returns 11 random bytes in the form of AWS's request ids, which end in one "=".
func newID() string {
	var b [11]byte
	rand.Read(b[:])
	return base64.URLEncoding.EncodeToString(b[:])
}
