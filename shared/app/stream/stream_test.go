package stream

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/event"
)

// One change that can never be published, wherever it stands, is the only one given up: Lambda goes on from the place that is
// reported, and halves a batch that ends with an error.
func TestABadChangeTakesNoneWithIt(t *testing.T) {
	const records, attempts = 25, 3
	for bad := range records {
		var put, lost []string
		handle := report(func(_ context.Context, changes []event.Change) string {
			for _, c := range changes {
				if c.Sequence == strconv.Itoa(bad) {
					return c.Sequence
				}
				put = append(put, c.Sequence)
			}
			return ""
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

// deliver is what Lambda does by its documentation: a reported place ends what is done, the rest comes again as one batch until the
// attempts are used up; an error halves the batch, which uses up none.
func deliver(t *testing.T, handle func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error), batch []string, attempts int, lost *[]string) {
	var e events.DynamoDBEvent
	for _, sequence := range batch {
		e.Records = append(e.Records, events.DynamoDBEventRecord{Change: events.DynamoDBStreamRecord{SequenceNumber: sequence}})
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
