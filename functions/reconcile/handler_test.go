package main

import (
	"encoding/json"
	"strings"
	"testing"

	"kasir/shared/payment"
)

// A schedule with a mistake is named, and does nothing.
func TestWrongEventsAreNamed(t *testing.T) {
	for event, named := range map[string]string{
		`[]`: "JSON object", `{"part":"cards"}`: "part", `{"part":"pages","from":-1}`: "from",
		`{"from":256}`: "from", `{"from":8,"to":7}`: "to", `{"to":256}`: "to", `{"from":"8"}`: "shards as numbers",
	} {
		if _, err := handler(nil)(t.Context(), json.RawMessage(event)); err == nil ||
			!strings.Contains(err.Error(), named) {
			t.Errorf("%s: %v", event, err)
		}
	}
}

// The last shard is named in the event, and the one after it in the share.
func TestTheRangeOfAnEvent(t *testing.T) {
	for event, want := range map[string]payment.Share{
		`{}`: {}, `{"part":"money"}`: {Part: payment.Money}, `{"part":"pages","to":0}`: {Part: payment.Pages, End: 1},
		`{"part":"pages","from":8,"to":15}`: {Part: payment.Pages, From: 8, End: 16},
	} {
		var in request
		if err := json.Unmarshal([]byte(event), &in); err != nil {
			t.Fatal(err)
		}
		if got, err := in.share(); got != want || err != nil {
			t.Errorf("%s: %+v, %v", event, got, err)
		}
	}
}
