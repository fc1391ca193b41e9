package app

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/bearer"
	"kasir/shared/edge"
	"kasir/shared/function"
)

// Local holds the settings of a function that runs on one machine, without AWS. The zero value is for a function on
// AWS.
type Local struct {
	On     bool          // DynamoDB, the secret, the bus and DOKU must all be on this machine
	Ahead  time.Duration // lead of the function's clock over the real one
	Issuer string        // verifies the tokens of events without an authorizer; empty refuses all of them
}

// LocalAudience is the audience of the tokens that a function verifies by itself.
const LocalAudience = "kasir"

// localAccount is the account in the ARNs that count as being on this machine. No account of AWS has this number.
const localAccount = "000000000000"

// local checks the settings for one machine. With KASIR_LOCAL=1 no setting may name a real service, because the
// function then trusts a token issuer that gives any scope to anybody, and a clock that anybody can move.
func (r *reader) local(l Local, f function.Function) Local {
	if strings.TrimSpace(r.getenv("KASIR_LOCAL")) == "" {
		for _, name := range []string{"KASIR_CLOCK_AHEAD", "KASIR_LOCAL_ISSUER"} {
			if r.getenv(name) != "" {
				r.wrong(name, "is set without KASIR_LOCAL=1: it is for one machine only")
			}
		}
		return Local{}
	}
	r.here("AWS_ENDPOINT_URL_DYNAMODB", len(f.TableActions) > 0)
	r.here("AWS_ENDPOINT_URL_SECRETS_MANAGER",
		f.Secret && r.getenv("DOKU_SECRET_ARN") != "" || f.Queue && r.getenv("WEBHOOKS_SECRET_ARN") != "")
	r.here("AWS_ENDPOINT_URL_EVENTBRIDGE", f.Stream)
	r.here("AWS_ENDPOINT_URL_SQS", f.Queue && r.getenv("WEBHOOKS") != "")
	r.here("AWS_ENDPOINT_URL_S3", f.Reports)
	r.here("DOKU_ENVIRONMENT", withDOKU(f))
	r.here("KASIR_LOCAL_ISSUER", false)
	for _, name := range []string{"DOKU_SECRET_ARN", "WEBHOOKS_SECRET_ARN", "TABLE_NAME", "EVENT_BUS"} {
		arn := strings.Split(strings.TrimSpace(r.getenv(name)), ":")
		if arn[0] == "arn" && (len(arn) < 5 || arn[4] != localAccount) {
			r.wrong(name, "is an ARN of an AWS account; with KASIR_LOCAL=1 its account must be "+localAccount)
		}
	}
	return l
}

// here reports a setting that is not an address on this machine. Only a setting that is not needed may be empty.
func (r *reader) here(name string, needed bool) {
	value := r.getenv(name)
	if value == "" && !needed {
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" || u.User != nil || !loopback(u.Hostname()) {
		r.wrong(name, fmt.Sprintf(
			"is %q; with KASIR_LOCAL=1 it must be an http URL on loopback or host.docker.internal", value))
	}
}

// useNoProxy keeps the process from using a proxy, which is no part of this machine. Docker passes its own settings of
// a proxy on to containers, and Go goes around a proxy for loopback only, not for host.docker.internal. It belongs
// before the first request.
func (l Local) useNoProxy() {
	if l.On {
		os.Setenv("NO_PROXY", "*")
	}
}

// Clock returns the function's clock.
func (l Local) Clock() func() time.Time {
	if l.Ahead == 0 {
		return time.Now
	}
	return func() time.Time { return time.Now().Add(l.Ahead) }
}

// shiftedContext is a context whose Deadline is a time of a clock that is ahead. It ends at the real deadline.
type shiftedContext struct {
	context.Context
	ahead time.Duration
}

func (s shiftedContext) Deadline() (time.Time, bool) {
	end, ok := s.Context.Deadline()
	return end.Add(s.ahead), ok
}

// context returns ctx with its deadline as a time of the function's clock. The use cases compare the two.
func (l Local) context(ctx context.Context) context.Context {
	if l.Ahead == 0 {
		return ctx
	}
	return shiftedContext{ctx, l.Ahead}
}

// serve wraps a function of the HTTP API for one machine. It does the work that API Gateway's authorizer does on AWS.
func (l Local) serve(next edge.Function) edge.Function {
	if !l.On {
		return next
	}
	verify := func(context.Context, *events.APIGatewayV2HTTPRequest) {}
	if l.Issuer != "" {
		verify = l.verifier()
	}
	return func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		ctx = l.context(ctx)
		verify(ctx, &e)
		return next(ctx, e)
	}
}

// verifier returns a function that adds the claims of its token to an event without an authorizer. For a token that is
// not valid it adds nothing, and the request is answered like one without a token.
func (l Local) verifier() func(context.Context, *events.APIGatewayV2HTTPRequest) {
	tokens := bearer.New(bearer.Config{
		Issuer: onThisMachine(l.Issuer), Address: l.Issuer, Audience: []string{LocalAudience}, Now: l.Clock(),
	})
	return func(ctx context.Context, e *events.APIGatewayV2HTTPRequest) {
		if e.RequestContext.Authorizer != nil {
			return
		}
		var sent []string
		for name, value := range e.Headers {
			if strings.EqualFold(name, "Authorization") {
				sent = append(sent, value)
			}
		}
		raw := bearer.Of(sent...)
		if raw == "" {
			return
		}
		token, err := tokens.Verify(ctx, raw)
		if err != nil {
			return
		}
		e.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{
				Claims: token.Claims, Scopes: token.Scopes,
			},
		}
	}
}

// onThisMachine returns an address in the form in which kasir local writes its own addresses. A function in a container
// reaches the same server by another name, and must derive the same Request-Ids.
func onThisMachine(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || !loopback(u.Hostname()) {
		return address
	}
	if port := u.Port(); port != "" {
		u.Host = net.JoinHostPort("127.0.0.1", port)
	} else {
		u.Host = "127.0.0.1"
	}
	return u.String()
}

// merchantEnvironment returns DOKU's environment in the form from which Request-Ids are derived.
func (s Settings) merchantEnvironment() string {
	if s.Local.On {
		return onThisMachine(s.Environment)
	}
	return s.Environment
}
