package store_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/payment"
	"kasir/shared/store"
)

// An old version must not publish events about an order that it may misread.
func TestAStreamRecordOfANewerFormatIsAnError(t *testing.T) {
	image := func(format string) map[string]events.DynamoDBAttributeValue {
		m := map[string]events.DynamoDBAttributeValue{
			store.KeyAttribute: events.NewStringAttribute("order#INV-1"), "a": events.NewNumberAttribute("90000"),
			"v": events.NewNumberAttribute("1"),
		}
		if format != "" {
			m[store.FormatAttribute] = events.NewNumberAttribute(format)
		}
		return m
	}
	for _, test := range []struct {
		before, after string
		refused       bool
	}{
		{"", "", false}, {"1", "1", false}, {"", "2", true}, {"2", "", true}, {"", "2.5", true},
	} {
		_, after, err := store.FromStream(events.DynamoDBEventRecord{Change: events.DynamoDBStreamRecord{
			OldImage: image(test.before), NewImage: image(test.after),
		}})
		if test.refused != errors.Is(err, payment.ErrNewerFormat) || !test.refused &&
			(err != nil || after.Amount != 90000) {
			t.Errorf("from format %q to %q: %+v, %v", test.before, test.after, after, err)
		}
	}
}
