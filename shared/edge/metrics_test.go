package edge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

// Each write of an order, each call of DOKU and each end of a request is counted in the log line.
func TestWhatIsCounted(t *testing.T) {
	at := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	op := func(kind order.Kind, state order.State) order.Order {
		return order.Order{Operations: []order.Operation{{ID: "x", Kind: kind, State: state}}}
	}
	facts := func(f order.Facts) order.Order { return order.Order{Facts: f} }
	one := order.Failure{At: at, Code: "51"}
	remarked := func(details ...string) order.Order {
		var o order.Order
		for _, detail := range details {
			o.Facts.Remarks = append(o.Facts.Remarks, order.Remark{Kind: order.RemarkElsewhere, Detail: detail, At: at})
		}
		return o
	}
	none := order.Order{}
	change := func(before, after order.Order) func(context.Context) {
		return func(ctx context.Context) { CountChange(ctx, before, after) }
	}
	for _, test := range []struct {
		name string
		do   func(context.Context)
		want []string
	}{
		{"nothing new", change(facts(order.Facts{Page: &order.Page{}}), facts(order.Facts{Page: &order.Page{}})), nil},
		{"a page", change(none, facts(order.Facts{Page: &order.Page{}})), []string{"PagesCreated"}},
		{"paid", change(none, facts(order.Facts{Paid: &order.Payment{Amount: 1}})), []string{"PagesPaid", "PaymentsPaid"}},
		{"authorised", change(none, facts(order.Facts{Authorized: &order.Authorization{Amount: 1}})),
			[]string{"PagesPaid", "PaymentsAuthorized"}},
		{"declined", change(none, facts(order.Facts{Failures: []order.Failure{one}})), []string{"PaymentsFailed"}},
		{"declined before", change(facts(order.Facts{Failures: []order.Failure{one}}),
			facts(order.Facts{Failures: []order.Failure{one}})), nil},
		{"a conflict", change(none, facts(order.Facts{Conflicts: []order.Conflict{{ID: "x"}}})),
			[]string{"AttentionOpened", "Conflicts"}},
		{"a case beside another", change(remarked("x"), remarked("x", "y")), []string{"AttentionOpened", "Remarks"}},
		{"a case that is open", change(remarked("x"), remarked("x")), nil},
		{"parked", change(op(order.KindRefund, order.Open), op(order.KindRefund, order.Parked)),
			[]string{"AttentionOpened", "OperationsParked"}},
		{"captured", change(op(order.KindCapture, order.Open), op(order.KindCapture, order.Done)),
			[]string{"Captures"}},
		{"refunded", change(op(order.KindRefund, order.Open), op(order.KindRefund, order.Done)), []string{"Refunds"}},
		{"refunded before", change(op(order.KindRefund, order.Done), op(order.KindRefund, order.Done)), nil},
		{"warned", change(none, order.Order{Watch: order.Watch{Warned: true}}), []string{"AuthorizationsExpiring"}},
		{"DOKU did it", func(ctx context.Context) { Observe(ctx, doku.Call{Outcome: doku.Done}) },
			[]string{"DOKULatency"}},
		{"DOKU refused", func(ctx context.Context) { Observe(ctx, doku.Call{Outcome: doku.Refused}) },
			[]string{"DOKULatency", "Refusals"}},
		{"turned away", func(ctx context.Context) { Observe(ctx, doku.Call{Outcome: doku.Refused, Unprocessed: true}) },
			[]string{"DOKULatency", "TurnedAway"}},
		{"unknown", func(ctx context.Context) { Observe(ctx, doku.Call{Outcome: doku.Unknown}) },
			[]string{"DOKULatency", "UnknownOutcomes"}},
	} {
		_, log := serve(t, events.APIGatewayV2HTTPRequest{}, 10,
			func(ctx context.Context, _ Request) (Response, error) {
				test.do(ctx)
				return Response{Status: 200}, nil
			})
		if got := counted(t, log); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	for failure, want := range map[error][]string{
		doku.ErrSignature: {"BadSignatures", "Notifications"}, payment.ErrStore: {"Notifications", "StoreFailures"},
		doku.ErrMalformed: {"Notifications"},
	} {
		_, log := serve(t, events.APIGatewayV2HTTPRequest{RouteKey: "POST /notifications"}, 10, failing(failure))
		if got := counted(t, log); !slices.Equal(got, want) || !strings.Contains(log, `"Result":"refused"`) {
			t.Errorf("%v: %v, want %v", failure, got, want)
		}
	}
}

// counted lists the metrics of a log line, by name; each must have its value at the top level.
func counted(t *testing.T, log string) []string {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(log), &doc); err != nil {
		t.Fatal(err)
	}
	var line struct {
		AWS struct {
			CloudWatchMetrics []struct{ Metrics []struct{ Name string } }
		} `json:"_aws"`
	}
	if err := json.Unmarshal([]byte(log), &line); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, directive := range line.AWS.CloudWatchMetrics {
		for _, m := range directive.Metrics {
			names = append(names, m.Name)
			if doc[m.Name] == nil {
				t.Errorf("%s has no value in %s", m.Name, log)
			}
		}
	}
	slices.Sort(names)
	return names
}

// awsError is an error like one of AWS's.
type awsError string

func (e awsError) Error() string {
	return "operation error DynamoDB: PutItem, api error ValidationException: " + e.ErrorMessage()
}
func (e awsError) ErrorMessage() string { return "the item of Melati" + string(e) }

// The log says why a request failed in words of ours.
func TestTheLogLineRepeatsNobody(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{&payment.Invalid{Violations: []jsonbody.Violation{{Pointer: "/order/amount", Detail: "Melati"},
			{Pointer: "/melati", Detail: jsonbody.NotAField}}},
			`"error":"invalid","fields":["/order/amount","(unknown field)"]`},
		{&doku.Error{HTTPStatus: 400, Code: "INVALID_PARAMETER", Message: "Melati Kenari", RequestID: "r1"},
			`"error":"refused","doku_code":"INVALID_PARAMETER","doku_http_status":400,"doku_request_id":"r1"`},
		{errors.Join(payment.ErrStore, awsError(""), fmt.Errorf("and %w", awsError(" Kenari"))),
			`"error":"store","cause":"store failed\n` +
				`operation error DynamoDB: PutItem, api error ValidationException: [message]\nand operation error DynamoDB: PutItem, api error ValidationException: [message]"`},
		{&BadRequest{Detail: "Melati"}, `"error":"bad_request"`},
		{errors.New("card 4761349999000039 of \"Melati\""),
			`"error":"internal_server_error","cause":"card [digits] of \"…\""`},
	} {
		_, log := serve(t, events.APIGatewayV2HTTPRequest{}, 10, failing(test.err))
		if !strings.Contains(log, test.want) || strings.Contains(strings.ToLower(log), "melati") ||
			strings.Contains(log, "Kenari") {
			t.Errorf("%s\nwant %s", log, test.want)
		}
	}
}
