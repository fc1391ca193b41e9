package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	"kasir/local/aws/eventsource"
	"kasir/shared/order"
)

// The stream passes a write with news to publish. It passes every write of an earlier version.
func TestTheStreamPassesNews(t *testing.T) {
	filters, err := eventsource.ParseFilters(StreamFilters...)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	made := order.New(order.Intent{Invoice: "INV-1", Amount: 90000, Lifetime: time.Hour}, at)
	paged := made
	paged.Facts.Page = &order.Page{URL: "https://sandbox.doku.com/p", At: at, ExpiresAt: at.Add(time.Hour)}
	asked := paged
	asked.Watch = order.Watch{Asks: 2, NextAt: at, AskedAt: at}
	paid := paged
	paid.Facts.Paid = &order.Payment{Amount: 90000, At: at, LearnedAt: at}
	warned := paged
	warned.Watch.Warned = true
	for name, c := range map[string]struct {
		o    order.Order
		want bool
	}{
		"made": {made, false}, "paged": {paged, false}, "asked": {asked, false}, "paid": {paid, true},
		"warned": {warned, true},
	} {
		attributes, err := attributevalue.MarshalMap(toItem(c.o, 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, earlier := range []bool{false, true} {
			if earlier {
				delete(attributes, NewsAttribute)
			}
			image, err := attributevalue.MarshalMapJSON(attributes)
			if err != nil {
				t.Fatal(err)
			}
			const form = `{"eventName":"MODIFY","dynamodb":{"Keys":{"pk":{"S":"order#INV-1"}},"NewImage":%s}}`
			if got := filters.Matches(fmt.Appendf(nil, form, image)); got != (c.want || earlier) {
				t.Errorf("%s, by an earlier version %t: passes %t", name, earlier, got)
			}
		}
	}
	for record, want := range map[string]bool{
		`{"eventName":"MODIFY","dynamodb":{"NewImage":{"pk":{"S":"settlement#1"}}}}`:                        true,
		`{"eventName":"INSERT","dynamodb":{"NewImage":{"pk":{"S":"claim#1"}}}}`:                             false,
		`{"eventName":"REMOVE","dynamodb":{"Keys":{"pk":{"S":"order#1"}},"OldImage":{"q":{"S":"n"}}}}`:      false,
		`{"eventName":"REMOVE","dynamodb":{"Keys":{"pk":{"S":"settlement#1"}},"OldImage":{"pk":{"S":""}}}}`: false,
	} {
		if filters.Matches([]byte(record)) != want {
			t.Errorf("%s: passes %t", record, !want)
		}
	}
}
