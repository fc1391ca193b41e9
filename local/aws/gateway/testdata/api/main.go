// Command api is a function behind the gateway, for the gateway's tests.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() { lambda.Start(handle) }

func handle(_ context.Context, raw json.RawMessage) (any, error) {
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, err
	}
	switch e.PathParameters["do"] {
	case "echo": // the event, as it arrived
		return events.APIGatewayV2HTTPResponse{
			StatusCode: 200, Body: string(raw),
			Headers: map[string]string{"Content-Type": "application/json"},
		}, nil
	case "answer": // the request's body
		return json.RawMessage(e.Body), nil
	case "wait": // until the test lets it go
		conn, err := net.Dial("tcp", e.QueryStringParameters["addr"])
		if err != nil {
			return nil, err
		}
		fmt.Fprintln(conn, os.Getpid())
		io.ReadFull(conn, make([]byte, 1))
		return "waited", nil
	case "error":
		return nil, errors.New("the table is gone: secret-canary")
	case "panic":
		panic("a bug")
	case "exit":
		os.Exit(3)
	}
	return nil, fmt.Errorf("unknown: %s", e.RawPath)
}
