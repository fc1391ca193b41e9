package edge

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/doku"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/route"
)

// serve runs a handler on an event, of a caller who may do everything unless it says otherwise, and returns the answer and
// the log.
func serve(t *testing.T, event events.APIGatewayV2HTTPRequest, maxBody int, h Handler) (events.APIGatewayV2HTTPResponse, string) {
	t.Helper()
	if event.RouteKey == "" {
		event = as(event, "createpage", everyScope())
	}
	r, _ := route.Find(event.RouteKey)
	var log bytes.Buffer
	e := Edge{Log: slog.New(slog.NewJSONHandler(&log, nil)), Now: time.Now, Function: function.Function{Name: r.Function, MaxBody: maxBody}}
	answer, err := e.Serve(h)(t.Context(), event)
	if err != nil {
		t.Fatalf("a function must answer, not fail: %v", err)
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
		return events.APIGatewayV2HTTPRequest{Body: base64.StdEncoding.EncodeToString(make([]byte, n)), IsBase64Encoded: true}
	}
	if answer, _ := serve(t, encode(11), 10, h); answer.StatusCode != 413 || reached {
		t.Errorf("11 of 10 bytes: %d, handler reached: %t", answer.StatusCode, reached)
	}
	if answer, _ := serve(t, encode(10), 10, h); answer.StatusCode != 200 || !reached {
		t.Errorf("10 of 10 bytes: %d", answer.StatusCode)
	}
}

func TestAHeaderInTwoSpellingsHasTwoValues(t *testing.T) {
	event := events.APIGatewayV2HTTPRequest{Headers: map[string]string{"Signature": "a", "signature": "b", "client-id": "c"}}
	serve(t, event, 10, func(_ context.Context, r Request) (Response, error) {
		if len(r.Header.Values("Signature")) != 2 || r.Header.Get("Client-Id") != "c" {
			t.Errorf("%v", r.Header)
		}
		return Response{Status: 200}, nil
	})
}

// The one table of errors: what callers see of each, and whom the log blames.
func TestProblems(t *testing.T) {
	refused := func(status int, code string, unprocessed bool) error {
		return &doku.Error{HTTPStatus: status, Code: code, Message: "Not like this", RequestID: "r1", Unprocessed: unprocessed}
	}
	for _, test := range []struct {
		name       string
		err        error
		status     int
		blame      Blame
		retryAfter string
		body       string // a piece
	}{
		{"unreadable", &BadRequest{Detail: "The body is empty."}, 400, Caller, "", "The body is empty."},
		{"too large", &TooLarge{Limit: 32768}, 413, Caller, "", "over 32768 bytes"},
		{"invalid", &payment.Invalid{Violations: []doku.Violation{{Pointer: "/a/0", Detail: "is bad"}, {Pointer: "/b", Detail: "too"}}}, 422, Caller, "",
			`"errors":[{"pointer":"/a/0","detail":"is bad"},{"pointer":"/b","detail":"too"}]`},
		{"invalid in more ways than are shown", &payment.Invalid{Violations: make([]doku.Violation, 43_000)}, 422, Caller, "", "and 42950 more."},
		{"busy", &payment.Busy{RetryAfter: 34100 * time.Millisecond}, 409, Caller, "35", "still running"},
		{"mismatch", payment.ErrMismatch, 422, Caller, "", "a repeat must bring the same"},
		{"not allowed by the order's state", &order.NotAllowed{Detail: "The order is PENDING."}, 409, Caller, "", "The order is PENDING."},
		{"not allowed with this field", &order.NotAllowed{Pointer: "/refund/amount", Detail: "is too much"}, 422, Caller, "", `{"pointer":"/refund/amount","detail":"is too much"}`},
		{"DOKU says FAILED under 200", refused(200, "05", false), 422, Caller, "", `"doku":{"code":"05"`},
		{"DOKU knows no such thing", refused(404, "TRANSACTION_NOT_FOUND", false), 422, Caller, "", "TRANSACTION_NOT_FOUND"},
		{"a reading call of DOKU without answer", fmt.Errorf("x: %w", doku.ErrUnknown), 503, DOKU, "5", "send the same request again"},
		{"in review", payment.ErrInReview, 409, DOKU, "", "a person is looking into it"},
		{"not found", payment.ErrNotFound, 404, Caller, "", "no payment"},
		{"busy after an outcome that is not known", &payment.Busy{RetryAfter: 90 * time.Second}, 409, Caller, "90", "or its outcome is not known yet; send it again after"},
		{"mismatch of a refund", &payment.Mismatch{Asked: order.Operation{Kind: order.KindRefund, Amount: 1}}, 422, Caller, "", "or idempotency key: a repeat must bring the same"},
		{"mismatch of a capture", &payment.Mismatch{Asked: order.Operation{Kind: order.KindCapture, Amount: 60000}}, 422, Caller, "", "asked for before, for 60000: an order is captured once"},
		{"malformed", fmt.Errorf("%w: header", doku.ErrMalformed), 400, Caller, "", "not a notification"},
		{"signature", doku.ErrSignature, 401, Caller, "", "signature"},
		{"DOKU refuses the request", refused(400, "INVALID_PARAMETER", false), 422, Caller, "", `"doku":{"code":"INVALID_PARAMETER","message":"Not like this","request_id":"r1"}`},
		{"DOKU refuses the key", refused(400, "invalid_signature", true), 503, Us, "30", "does not accept this installation's key at the moment"},
		{"DOKU refuses the clock", refused(400, "request_time_out_of_range", true), 503, Us, "30", "client id, headers or clock"},
		{"DOKU is not set up", refused(412, "MERCHANT_NOT_CONFIGURED", false), 502, DOKU, "", "MERCHANT_NOT_CONFIGURED"},
		{"DOKU is busy", refused(429, "", true), 503, DOKU, "5", "slow down"},
		{"store", fmt.Errorf("%w: reading: %w", payment.ErrStore, errors.New("ProvisionedThroughputExceededException: table kasir")), 503, Us, "1", "Nothing is lost"},
		{"unforeseen", errors.New("SK-secret in a message"), 500, Us, "", "Something went wrong"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer, log := serve(t, events.APIGatewayV2HTTPRequest{}, 10, failing(test.err))
			var p Problem
			if err := json.Unmarshal([]byte(answer.Body), &p); err != nil {
				t.Fatalf("%v in %s", err, answer.Body)
			}
			if answer.StatusCode != test.status || p.Status != test.status || p.Title != http.StatusText(test.status) || p.Type != "about:blank" {
				t.Errorf("%d %+v, want %d", answer.StatusCode, p, test.status)
			}
			if answer.Headers["content-type"] != "application/problem+json" || answer.Headers["retry-after"] != test.retryAfter {
				t.Errorf("headers %v, want retry-after %q", answer.Headers, test.retryAfter)
			}
			if !strings.Contains(answer.Body, test.body) {
				t.Errorf("body %s, want %q in it", answer.Body, test.body)
			}
			for _, inside := range []string{"SK-secret", "Throughput", "goroutine"} {
				if strings.Contains(answer.Body, inside) {
					t.Errorf("the caller sees %q: %s", inside, answer.Body)
				}
			}
			if !strings.Contains(log, fmt.Sprintf(`"blame":%q`, test.blame)) {
				t.Errorf("log %s, want blame %s", log, test.blame)
			}
		})
	}
}

func TestAPanicIsAnAnswerAndItsPlaceIsInTheLog(t *testing.T) {
	answer, log := serve(t, events.APIGatewayV2HTTPRequest{}, 10, func(context.Context, Request) (Response, error) { panic("hush") })
	if answer.StatusCode != 500 || strings.Contains(answer.Body, "hush") {
		t.Errorf("%d %s", answer.StatusCode, answer.Body)
	}
	if strings.Contains(log, "hush") || !strings.Contains(log, "panic: string") || !strings.Contains(log, "edge_test.go") {
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
		"1234567890abcdef": "1234567890abcdef", `"1234567890abcdef"`: "1234567890abcdef", " 1234567890 abcdef ": "1234567890 abcdef",
		"too short": "", "": "", `"1234567890abcde"`: "", strings.Repeat("a", 129): "", strings.Repeat("a", 128): strings.Repeat("a", 128),
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
	for _, want := range []string{`"level":"ERROR"`, `"http_status":500`, `"blame":"us"`, `"cause":"encoding the answer:`} {
		if answer.StatusCode != 500 || !strings.Contains(log, want) {
			t.Errorf("%d, logged without %s: %s", answer.StatusCode, want, log)
		}
	}
}
