package edge

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/doku"
	"kasir/shared/jsonbody"
	"kasir/shared/order"
	"kasir/shared/payment"
)

var update = flag.Bool("update", false, "write testdata/problems.txt anew")

// waits is an error of DOKU's client that asks to wait.
func waits() error { return &doku.Error{HTTPStatus: 429, RequestID: "r1", RetryAfter: 7 * time.Second} }

// failures are errors of every kind that a request may end in.
func failures() []error {
	refused := func(status int, code string, unprocessed bool) error {
		return &doku.Error{
			HTTPStatus: status, Code: code, Message: "Not like this", RequestID: "r1", Unprocessed: unprocessed,
		}
	}
	invalid := &payment.Invalid{Violations: []jsonbody.Violation{
		{Pointer: "/a/0", Detail: "is bad"}, {Pointer: "/melati", Detail: "is not a field of this request"},
	}}
	many := &payment.Invalid{}
	for i := range 60 {
		many.Violations = append(many.Violations, jsonbody.Violation{Pointer: fmt.Sprintf("/%d", i), Detail: "is bad"})
	}
	notSent := fmt.Errorf("%w: calling: %w: %w", doku.ErrNotSent, doku.ErrUnknown,
		&net.OpError{Op: "dial", Err: errors.New("refused")})
	return []error{
		ErrUnauthenticated, &Forbidden{Scope: "payments:refund"}, &NoRoute{}, payment.ErrNotYours,
		&BadRequest{Detail: "The body is empty."}, &jsonbody.Malformed{Detail: "The body is not UTF-8."},
		payment.ErrCursor, &TooLarge{Limit: 32768}, &TooManyHeaders{}, invalid, many,
		&payment.Busy{RetryAfter: 34100 * time.Millisecond}, &TooSoon{RetryAfter: 41200 * time.Millisecond},
		&order.NotAllowed{Detail: "The order is PENDING."}, &order.Mismatched{Detail: "The key was used before."},
		&order.NotAllowed{Pointer: "/refund/amount", Detail: "is too much"},
		&payment.Mismatch{Asked: order.Operation{Kind: order.KindCapture, Amount: 60000}},
		&payment.Mismatch{Asked: order.Operation{Kind: order.KindRefund, Amount: 1}},
		payment.ErrMismatch, payment.ErrInReview, payment.ErrNotFound, payment.ErrNoBatch,
		fmt.Errorf("%w: header", doku.ErrMalformed), doku.ErrSignature,
		refused(200, "05", false), refused(400, "INVALID_PARAMETER", false),
		refused(400, "invalid_signature", true), refused(401, "invalid_signature", false),
		refused(400, "request_time_out_of_range", true),
		refused(404, "TRANSACTION_NOT_FOUND", false), refused(412, "MERCHANT_NOT_CONFIGURED", false),
		refused(422, "", false), refused(429, "", true), refused(429, "invalid_signature", false),
		waits(), notSent, doku.ErrUnknown,
		fmt.Errorf("asking: %w", errors.Join(refused(400, "invalid_signature", true), doku.ErrUnknown)),
		fmt.Errorf("asking: %w", doku.ErrUnknown),
		fmt.Errorf("%w: reading: %w", payment.ErrStore,
			errors.New("ProvisionedThroughputExceededException: table kasir")),
		errors.Join(payment.ErrStore, payment.ErrNewerFormat), errors.New("SK-secret in a message"),
		newPanicError("hush"),
	}
}

// varying are the parts of a log line that differ each time.
var varying = regexp.MustCompile(`"time":"[^"]*",|"stack":"(?:[^"\\]|\\.)*"|,"ms":[0-9]+|"Timestamp":[0-9]+`)

// Every row of the table is the first that matches some error, and each error is answered and logged, byte for byte, as
// testdata/problems.txt says.
func TestEveryProblem(t *testing.T) {
	var got bytes.Buffer
	used := map[int]bool{}
	for _, failure := range failures() {
		used[slices.IndexFunc(rows, func(r row) bool { return r.match(failure) })] = true
		answer, log := serve(t, events.APIGatewayV2HTTPRequest{}, 10, failing(failure))
		for _, inside := range []string{"SK-secret", "Throughput", "goroutine"} {
			if strings.Contains(answer.Body, inside) {
				t.Errorf("the caller sees %q: %s", inside, answer.Body)
			}
		}
		text := strings.ReplaceAll(failure.Error(), "\n", "; ")
		fmt.Fprintf(&got, "%T %s\n%d %s", failure, text[:min(len(text), 100)], answer.StatusCode, answer.Body)
		for _, name := range slices.Sorted(maps.Keys(answer.Headers)) {
			if name == "retry-after" || name == "www-authenticate" {
				fmt.Fprintf(&got, "%s: %s\n", name, answer.Headers[name])
			}
		}
		fmt.Fprintf(&got, "%s\n", varying.ReplaceAllLiteralString(log, ""))
	}
	for i, r := range rows {
		if !used[i] {
			t.Errorf("row %d, of status %d and code %s, is the first for no error of this test", i, r.status, r.code)
		}
	}
	const file = "testdata/problems.txt"
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wants, gots := strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")
	for i := range min(len(wants), len(gots)) {
		if wants[i] != gots[i] {
			t.Fatalf("%s, line %d:\n got %s\nwant %s", file, i+1, gots[i], wants[i])
		}
	}
	if len(wants) != len(gots) {
		t.Errorf("%s has %d lines, not %d", file, len(wants), len(gots))
	}
}
