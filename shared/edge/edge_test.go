package edge

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"kasir/shared/function"
	"kasir/shared/route"
)

// serve runs a handler on an event and returns the answer and the log. The caller may do everything, unless the event
// has another.
func serve(t *testing.T, event events.APIGatewayV2HTTPRequest, maxBody int, h Handler) (events.APIGatewayV2HTTPResponse,
	string) {
	t.Helper()
	if event.RouteKey == "" {
		event = as(event, "createpage", everyScope())
	}
	r, _ := route.Find(event.RouteKey)
	var log bytes.Buffer
	e := Edge{Log: slog.New(slog.NewJSONHandler(&log, nil)), Now: time.Now,
		Function: function.Function{Name: r.Function, MaxBody: maxBody}}
	sent, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := lambda.NewHandler(e.Serve(h).Handler()).Invoke(t.Context(), sent)
	if err != nil {
		t.Fatalf("a function must answer, not fail: %v", err)
	}
	var answer events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(reply, &answer); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(log.String(), "\n"); lines != 1 {
		t.Errorf("%d log lines for one request:\n%s", lines, log.String())
	}
	return answer, log.String()
}

func failing(err error) Handler {
	return func(context.Context, Request) (Response, error) { return Response{}, err }
}

func TestTheBodyIsTheRawBytesInEitherForm(t *testing.T) {
	raw := "{\"name\":\"Jos\u00e9\"}\r\n"
	for name, event := range map[string]events.APIGatewayV2HTTPRequest{
		"plain":  {Body: raw},
		"base64": {Body: base64.StdEncoding.EncodeToString([]byte(raw)), IsBase64Encoded: true},
	} {
		serve(t, event, 100, func(_ context.Context, r Request) (Response, error) {
			if string(r.Body) != raw {
				t.Errorf("%s: %q", name, r.Body)
			}
			return Response{Status: 200}, nil
		})
	}
	answer, _ := serve(t, events.APIGatewayV2HTTPRequest{Body: "%%%", IsBase64Encoded: true}, 100, failing(nil))
	if answer.StatusCode != 400 {
		t.Errorf("a body that only claims to be base64: %d", answer.StatusCode)
	}
}

func TestTheLimitIsOnTheDecodedBody(t *testing.T) {
	reached := false
	h := func(context.Context, Request) (Response, error) { reached = true; return Response{Status: 200}, nil }
	encode := func(n int) events.APIGatewayV2HTTPRequest {
		return events.APIGatewayV2HTTPRequest{Body: base64.StdEncoding.EncodeToString(make([]byte, n)),
			IsBase64Encoded: true}
	}
	if answer, _ := serve(t, encode(11), 10, h); answer.StatusCode != 413 || reached {
		t.Errorf("11 of 10 bytes: %d, handler reached: %t", answer.StatusCode, reached)
	}
	if answer, _ := serve(t, encode(10), 10, h); answer.StatusCode != 200 || !reached {
		t.Errorf("10 of 10 bytes: %d", answer.StatusCode)
	}
}

func TestAHeaderInTwoSpellingsHasTwoValues(t *testing.T) {
	event := events.APIGatewayV2HTTPRequest{Headers: map[string]string{"Signature": "a", "signature": "b",
		"client-id": "c"}}
	serve(t, event, 10, func(_ context.Context, r Request) (Response, error) {
		if len(r.Header.Values("Signature")) != 2 || r.Header.Get("Client-Id") != "c" {
			t.Errorf("%v", r.Header)
		}
		return Response{Status: 200}, nil
	})
}

func TestAPanicIsAnAnswerAndItsPlaceIsInTheLog(t *testing.T) {
	answer, log := serve(t, events.APIGatewayV2HTTPRequest{}, 10,
		func(context.Context, Request) (Response, error) { panic("hush") })
	if answer.StatusCode != 500 || strings.Contains(answer.Body, "hush") {
		t.Errorf("%d %s", answer.StatusCode, answer.Body)
	}
	if strings.Contains(log, "hush") || !strings.Contains(log, "panic: string") ||
		!strings.Contains(log, "edge_test.go") {
		t.Errorf("log %s", log)
	}
}

func TestTheLogLineNamesOnlyInvoiceNumbersOfOurs(t *testing.T) {
	for number, shown := range map[string]bool{"INV-1": true, "4761349999000039 <script>": false} {
		_, log := serve(t, events.APIGatewayV2HTTPRequest{}, 10, func(_ context.Context, r Request) (Response, error) {
			r.Log.SetInvoice(number)
			return Response{Status: 200}, nil
		})
		if strings.Contains(log, "invoice_number") != shown {
			t.Errorf("%s: %s", number, log)
		}
	}
}

func TestIdempotencyKey(t *testing.T) {
	for value, want := range map[string]string{
		"1234567890abcdef": "1234567890abcdef", `"1234567890abcdef"`: "1234567890abcdef",
		" 1234567890 abcdef ": "1234567890 abcdef",
		"too short":           "", "": "", `"1234567890abcde"`: "", strings.Repeat("a", 129): "",
		strings.Repeat("a", 128):            strings.Repeat("a", 128),
		"1234567890abcdef,1234567890abcdef": "", "1234567890abcdef\u00e9": "", `1234567890"abcdef`: "",
	} {
		got, err := Request{Header: http.Header{"Idempotency-Key": {value}}}.IdempotencyKey()
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", value, got, err, want)
		}
	}
	for _, header := range []http.Header{{}, {"Idempotency-Key": {"1234567890abcdef", "1234567890abcdeg"}}} {
		var bad *BadRequest
		if _, err := (Request{Header: header}).IdempotencyKey(); !errors.As(err, &bad) {
			t.Errorf("%v: %v", header, err)
		}
	}
}

// An answer that cannot be encoded is our failure: it is logged as an error, with its cause.
func TestBelieve1AnAnswerThatCannotBeEncodedIsLogged(t *testing.T) {
	never := time.Date(10001, 1, 1, 0, 0, 0, 0, time.UTC) // JSON has no year of five digits
	answer, log := serve(t, events.APIGatewayV2HTTPRequest{}, 10, func(context.Context, Request) (Response, error) {
		return Response{Status: 200, Body: PageView{ExpiresAt: never}}, nil
	})
	for _, want := range []string{`"level":"ERROR"`, `"http_status":500`, `"blame":"us"`,
		`"cause":"encoding the answer:`} {
		if answer.StatusCode != 500 || !strings.Contains(log, want) {
			t.Errorf("%d, logged without %s: %s", answer.StatusCode, want, log)
		}
	}
}
