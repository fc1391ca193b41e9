package stream

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/app"
	"kasir/shared/event"
	"kasir/shared/order"
)

// An answer that Lambda would treat as success is returned only for a success.
func TestNoFailureLooksLikeSuccessToLambda(t *testing.T) {
	record := func(sequence string) events.DynamoDBEventRecord {
		return events.DynamoDBEventRecord{Change: events.DynamoDBStreamRecord{SequenceNumber: sequence}}
	}
	for name, c := range map[string]struct {
		records []events.DynamoDBEventRecord
		failed  string
		err     error
		success bool
	}{
		"all are put": {[]events.DynamoDBEventRecord{record("1"), record("2")}, "", nil, true},
		"the second fails": {[]events.DynamoDBEventRecord{record("1"), record("2")}, "2",
			errors.New("no"), false},
		"one without a place fails": {[]events.DynamoDBEventRecord{record("")}, "", errors.New("no"), false},
		"one without a place fails, behind": {[]events.DynamoDBEventRecord{record("1"), record("")}, "",
			errors.New("no"), false},
		"an event without records": {nil, "", nil, false},
	} {
		response, err := report(func(context.Context, []event.Record) (string, error) {
			return c.failed,
				c.err
		})(t.Context(), events.DynamoDBEvent{Records: c.records})
		if success := err == nil && len(response.BatchItemFailures) == 0; success != c.success {
			t.Errorf("%s: %+v, %v", name, response, err)
		}
		for _, failure := range response.BatchItemFailures {
			if failure.ItemIdentifier == "" {
				t.Errorf("%s: a failure without a place", name)
			}
		}
	}
}

// An answer of EventBridge that does not fit the request proves nothing. The events are sent again under the same ids.
func TestOnlyAnEventWithAnIDIsOnTheBus(t *testing.T) {
	const two = `{"FailedEntryCount":0,"Entries":[{"EventId":"a"},{"EventId":"b"}]}`
	for answer, want := range map[string]string{ // for two events: how many are on the bus, and where to go on
		two: "2 published, on from \"\"",
		`{"FailedEntryCount":1,"Entries":[{"EventId":"a"},{"ErrorCode":"InternalFailure"}]}`: "1 published, on from \"1\"",
		`{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure"},{"EventId":"b"}]}`: "0 published, on from \"0\"",
		`{"FailedEntryCount":0,"Entries":[{"EventId":"a"},{}]}`:                              "1 published, on from \"1\"",
		`{"FailedEntryCount":0,"Entries":[{"EventId":"a"},{"EventId":""}]}`:                  "1 published, on from \"1\"",
		`{"FailedEntryCount":0,"Entries":[{"EventId":"a"}]}`:                                 "0 published, on from \"0\"",
		`{"FailedEntryCount":0,"Entries":[{"EventId":"a"},{"EventId":"b"},{"EventId":"c"}]}`: "0 published, on from \"0\"",
		`{"FailedEntryCount":2,"Entries":[]}`:                                                "0 published, on from \"0\"",
		`{"FailedEntryCount":1,"Entries":[{"EventId":"a"},{"EventId":"b"}]}`:                 "0 published, on from \"0\"",
		`{}`:                                    "0 published, on from \"0\"",
		`{"FailedEntryCount":0,"Entries":null}`: "0 published, on from \"0\"",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			io.WriteString(w, answer)
		}))
		b := newBus(app.Settings{Region: "us-east-1", EventsURL: server.URL, AccessKeyID: "local", AccessKey: "local",
			EventBus: "kasir"})
		var changes []event.Record
		for n := range 2 {
			changes = append(changes, event.Record{Sequence: strconv.Itoa(n), After: order.Order{
				Invoice: "INV-" + strconv.Itoa(n), Amount: 1000,
				Facts: order.Facts{Paid: &order.Payment{At: time.Unix(1787826227, 0), Amount: 1000}},
			}})
		}
		published, failed, err := event.Publish(t.Context(), b, changes)
		server.Close()
		if got := strconv.Itoa(published) + " published, on from " + strconv.Quote(failed); got != want ||
			(err == nil) != (answer == two) {
			t.Errorf("%s: %s, %v, want %s", strings.TrimSpace(answer), got, err, want)
		}
	}
}

// A change that can never be published, at any place, is the only one that is given up. Lambda goes on from the
// reported place, and halves a batch that ends with an error.
func TestABadChangeTakesNoneWithIt(t *testing.T) {
	const records, attempts = 25, 3
	for bad := range records {
		var put, lost []string
		handle := report(func(_ context.Context, changes []event.Record) (string, error) {
			for _, c := range changes {
				if c.Sequence == strconv.Itoa(bad) {
					return c.Sequence, errors.New("bad")
				}
				put = append(put, c.Sequence)
			}
			return "", nil
		})
		var all []string
		for n := range records {
			all = append(all, strconv.Itoa(n))
		}
		deliver(t, handle, all, attempts, &lost)
		slices.Sort(put)
		if put = slices.Compact(put); len(put) != records-1 || !slices.Equal(lost, []string{strconv.Itoa(bad)}) {
			t.Errorf("record %d is bad: %d of %d others were put, given up: %v", bad, len(put), records-1, lost)
		}
	}
}

// deliver does what Lambda's documentation describes. The changes before a reported place are done, and the rest comes
// again as one batch until the attempts are used up. An error halves the batch, which uses up no attempt.
func deliver(t *testing.T, handle func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error),
	batch []string, attempts int, lost *[]string) {
	var e events.DynamoDBEvent
	for _, sequence := range batch {
		e.Records = append(e.Records,
			events.DynamoDBEventRecord{Change: events.DynamoDBStreamRecord{SequenceNumber: sequence}})
	}
	response, err := handle(t.Context(), e)
	switch {
	case err == nil && len(response.BatchItemFailures) == 0:
	case attempts == 0:
		*lost = append(*lost, batch...)
	case err != nil && len(batch) > 1:
		deliver(t, handle, batch[:len(batch)/2], attempts, lost)
		deliver(t, handle, batch[len(batch)/2:], attempts, lost)
	case err != nil:
		deliver(t, handle, batch, attempts-1, lost)
	default:
		from := slices.Index(batch, response.BatchItemFailures[0].ItemIdentifier)
		deliver(t, handle, batch[from:], attempts-1, lost)
	}
}
