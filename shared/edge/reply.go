package edge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/aws/aws-lambda-go/events"
)

// encode turns a response into API Gateway's form. No cache may keep an answer of kasir. For a body that cannot be
// encoded, encode returns an error and the answer to that error.
func encode(r Response) (events.APIGatewayV2HTTPResponse, error) {
	header := map[string]string{
		"content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff",
		"strict-transport-security": "max-age=31536000", "referrer-policy": "no-referrer",
		"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
	}
	maps.Copy(header, r.Header)
	if content, ok := r.Body.(Base64); ok {
		return events.APIGatewayV2HTTPResponse{
			StatusCode: r.Status, Headers: header, Body: string(content), IsBase64Encoded: true,
		}, nil
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r.Body); err != nil {
		err = fmt.Errorf("encoding the answer: %w", err)
		answer, _ := encode(problem(err)) // its body is plain
		return answer, err
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: r.Status, Headers: header, Body: body.String()}, nil
}
