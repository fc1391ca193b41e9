package edge

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/function"
)

// A 403 names the missing scope as the issuer writes it. No issuer can grant payments:read if its name is
// kasir/payments:read.
func TestAForbiddenCallNamesTheScopeWithItsPrefix(t *testing.T) {
	row, _ := function.Find("getpayment")
	for prefix, want := range map[string]string{"": `"payments:read"`, "kasir/": `"kasir/payments:read"`} {
		e := Edge{Log: slog.New(slog.DiscardHandler), Now: time.Now, Function: row, ScopePrefix: prefix}
		serve := e.Serve(func(context.Context, Request) (Response, error) { return Response{Status: 200}, nil })
		event := events.APIGatewayV2HTTPRequest{RouteKey: "GET /payments/{invoice_number}"}
		event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: map[string]string{"sub": "CUST-1", "scope": prefix + "payments:refund"}},
		}
		answer, err := serve(t.Context(), event)
		challenge := answer.Headers["www-authenticate"]
		if err != nil || answer.StatusCode != 403 || challenge != "Bearer scope="+want+` error="insufficient_scope"` {
			t.Errorf("prefix %q: %d %q, %v", prefix, answer.StatusCode, challenge, err)
		}
		if !strings.Contains(answer.Body, "the scope "+strings.Trim(want, `"`)+".") {
			t.Errorf("prefix %q: %s", prefix, answer.Body)
		}
	}
}
