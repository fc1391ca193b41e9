package edge

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
)

// event has the fields of an event that kasir reads. Decoding the others takes longer than anything else that is done
// to an event.
type event struct {
	RouteKey       string            `json:"routeKey"`
	RawQueryString string            `json:"rawQueryString"`
	Headers        map[string]string `json:"headers"`
	PathParameters map[string]string `json:"pathParameters"`
	RequestContext struct {
		RequestID  string                                                      `json:"requestId"`
		Authorizer *events.APIGatewayV2HTTPRequestContextAuthorizerDescription `json:"authorizer"`
	} `json:"requestContext"`
	Body            string `json:"body"`
	IsBase64Encoded bool   `json:"isBase64Encoded"`
}

func (e event) whole() events.APIGatewayV2HTTPRequest {
	return events.APIGatewayV2HTTPRequest{
		RouteKey: e.RouteKey, RawQueryString: e.RawQueryString, Headers: e.Headers, PathParameters: e.PathParameters,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RequestID: e.RequestContext.RequestID, Authorizer: e.RequestContext.Authorizer,
		},
		Body: e.Body, IsBase64Encoded: e.IsBase64Encoded,
	}
}

// Handler returns the handler for Lambda's library.
func (f Function) Handler() any {
	return func(ctx context.Context, e event) (events.APIGatewayV2HTTPResponse, error) { return f(ctx, e.whole()) }
}
