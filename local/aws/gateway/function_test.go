package gateway

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kasir/local/aws/lambda"

	"github.com/google/go-cmp/cmp"
)

// The event is written by hand after the example of payload format 2.0 in AWS's documentation (Create AWS Lambda proxy
// integrations for HTTP APIs), with that example's time, duplicate headers, duplicate query parameters and cookies.
// rawPath is decoded, as in events captured from the live service.
func TestTheEventAFunctionGets(t *testing.T) {
	server := deploy(t, lambda.Function{})
	got := raw(t, server, `POST /do/echo?parameter1=value1&parameter1=value2&parameter2=a%20b+c&empty= HTTP/1.1
Host: pay.example.com:8080
User-Agent: agent
Header1: value1
Header2: value1
HEADER2: value2
Cookie: cookie1=a; cookie2=b
Cookie: cookie3=c
X-Forwarded-For: 203.0.113.9
X-Amzn-Trace-Id: Root=1-5e5fffde-000000000000000000000000
Content-Type: application/json; charset=utf-8
Content-Length: 29
Connection: close

{"message":"Halo <kasir> λ"}`)
	want := `{
		"version": "2.0",
		"routeKey": "POST /do/{do}",
		"rawPath": "/do/echo",
		"rawQueryString": "parameter1=value1&parameter1=value2&parameter2=a%20b+c&empty=",
		"cookies": ["cookie1=a", "cookie2=b", "cookie3=c"],
		"headers": {
			"content-length": "29",
			"content-type": "application/json; charset=utf-8",
			"header1": "value1",
			"header2": "value1,value2",
			"host": "pay.example.com:8080",
			"user-agent": "agent",
			"x-amzn-trace-id": "Root=1-5e5fffde-000000000000000000000000",
			"x-forwarded-for": "203.0.113.9, 127.0.0.1",
			"x-forwarded-port": "8080",
			"x-forwarded-proto": "http"
		},
		"queryStringParameters": {"parameter1": "value1,value2", "parameter2": "a b c", "empty": ""},
		"requestContext": {
			"accountId": "123456789012",
			"apiId": "local",
			"domainName": "pay.example.com",
			"domainPrefix": "pay",
			"http": {
				"method": "POST",
				"path": "/do/echo",
				"protocol": "HTTP/1.1",
				"sourceIp": "127.0.0.1",
				"userAgent": "agent"
			},
			"requestId": "JKJaXmPLvHcESHA=",
			"routeKey": "POST /do/{do}",
			"stage": "$default",
			"time": "04/Mar/2020:19:03:58 +0000",
			"timeEpoch": 1583348638390
		},
		"pathParameters": {"do": "echo"},
		"body": "{\"message\":\"Halo <kasir> λ\"}",
		"isBase64Encoded": false
	}`
	if got.status != http.StatusOK {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	if diff := cmp.Diff(object(t, want), object(t, got.body)); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	if id := got.header.Get("Apigw-Requestid"); id != "JKJaXmPLvHcESHA=" {
		t.Errorf("the client was given request id %q", id)
	}
}

// The event of a bare request follows the capture of a GET in aws-lambda-go's test data, with a path parameter that
// needs decoding.
func TestTheEventOfABareRequest(t *testing.T) {
	server := deploy(t, lambda.Function{})
	got := raw(t, server, "GET /do/echo/to/INV%2D1%20%C3%A9 HTTP/1.1\nHost: localhost\nX-Amzn-Trace-Id: Root=1\n\n")
	want := `{
		"version": "2.0",
		"routeKey": "GET /do/{do}/to/{whom}",
		"rawPath": "/do/echo/to/INV-1 é",
		"rawQueryString": "",
		"headers": {
			"content-length": "0",
			"host": "localhost",
			"x-amzn-trace-id": "Root=1",
			"x-forwarded-for": "127.0.0.1",
			"x-forwarded-port": "80",
			"x-forwarded-proto": "http"
		},
		"requestContext": {
			"accountId": "123456789012",
			"apiId": "local",
			"domainName": "localhost",
			"domainPrefix": "localhost",
			"http": {"method": "GET", "path": "/do/echo/to/INV-1 é", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""},
			"requestId": "JKJaXmPLvHcESHA=",
			"routeKey": "GET /do/{do}/to/{whom}",
			"stage": "$default",
			"time": "04/Mar/2020:19:03:58 +0000",
			"timeEpoch": 1583348638390
		},
		"pathParameters": {"do": "echo", "whom": "INV-1 é"},
		"isBase64Encoded": false
	}`
	if diff := cmp.Diff(object(t, want), object(t, got.body)); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func object(t *testing.T, text string) (o map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return o
}

func TestTheResponseAFunctionMakes(t *testing.T) {
	server := deploy(t, lambda.Function{})
	got := send(t, server, "POST", "/do/answer", `{
		"statusCode": 201,
		"headers": {"content-type": "application/pdf", "Location": "/do/echo"},
		"multiValueHeaders": {"x-old": ["1.0"]},
		"cookies": ["a=1; Path=/", "b=2"],
		"body": "JVBERg==",
		"isBase64Encoded": true
	}`)
	if got.status != 201 || got.body != "%PDF" {
		t.Errorf("got %d %q", got.status, got.body)
	}
	got.header.Del("Date")
	if diff := cmp.Diff(http.Header{
		"Apigw-Requestid": {"JKJaXmPLvHcESHA="},
		"Content-Length":  {"4"},
		"Content-Type":    {"application/pdf"},
		"Location":        {"/do/echo"},
		"Set-Cookie":      {"a=1; Path=/", "b=2"},
	}, got.header); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestWhenAFunctionFails(t *testing.T) {
	server := deploy(t, lambda.Function{MaxInstances: 1})
	for _, c := range []struct {
		do      string
		status  int
		message string
	}{
		{"exit", 502, "Bad Gateway"},
		{"panic", 502, "Bad Gateway"},
		{"error", 500, "Internal Server Error"},
	} {
		expectOwn(t, send(t, server, "GET", "/do/"+c.do, ""), c.status, c.message)
		if got := send(t, server, "GET", "/do/echo", ""); got.status != http.StatusOK {
			t.Errorf("after %s: got %d %s, want the next request served", c.do, got.status, got.body)
		}
	}
}

func TestWhenAFunctionIsTooSlow(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	server := deploy(t, lambda.Function{Timeout: 300 * time.Millisecond})
	expectOwn(t, send(t, server, "GET", "/do/wait?addr="+url.QueryEscape(l.Addr().String()), ""), 500,
		"Internal Server Error")
}

func TestWhenAllInstancesAreBusy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	server := deploy(t, lambda.Function{MaxInstances: 1})
	first := make(chan response)
	go func() {
		first <- send(t, server, "GET", "/do/wait?addr="+url.QueryEscape(l.Addr().String()), "")
	}()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	expectOwn(t, send(t, server, "GET", "/do/echo", ""), 503, "Service Unavailable")
	conn.Write([]byte{1})
	if got := <-first; got.status != http.StatusOK || got.body != "waited" {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestAnEventOver6MB(t *testing.T) {
	server := deploy(t, lambda.Function{})
	expectOwn(t, send(t, server, "POST", "/do/echo", strings.Repeat("x", 7<<20)), 413, "Request Entity Too Large")
}
