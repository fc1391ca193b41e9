package accountant

import (
	"fmt"
	"strings"
	"testing"
)

func TestItemSizes(t *testing.T) {
	for _, test := range []struct {
		name, item string
		want       int
	}{
		{"a string counts its bytes and its name's", `{"ab":{"S":"xyz"}}`, 5},
		{"UTF-8 bytes, not characters", `{"a":{"S":"é"}}`, 3},
		{"two digits a byte, and one", `{"n":{"N":"1234"}}`, 1 + 3},
		{"an odd number of digits rounds up", `{"n":{"N":"12345"}}`, 1 + 4},
		{"zeros at either end are not significant", `{"n":{"N":"90000"}}`, 1 + 2},
		{"nothing but zero", `{"n":{"N":"0"}}`, 1 + 1},
		{"a sign is a byte", `{"n":{"N":"-12"}}`, 1 + 3},
		{"a fraction", `{"n":{"N":"0.25"}}`, 1 + 2},
		{"true, false and null are one byte", `{"b":{"BOOL":true},"c":{"NULL":true}}`, 4},
		{"binary counts what it decodes to", `{"b":{"B":"AAECAw=="}}`, 1 + 4},
		{"an empty list", `{"l":{"L":[]}}`, 1 + 3},
		{"a list's elements cost one more each", `{"l":{"L":[{"S":"a"},{"S":"bc"}]}}`, 1 + 3 + 2 + 3},
		{"a map's pairs too", `{"m":{"M":{"k":{"S":"v"}}}}`, 1 + 3 + 1 + 2},
		{"documents in documents", `{"m":{"M":{"l":{"L":[{"N":"1"}]}}}}`, 1 + 3 + 1 + (1 + 3 + 1 + 2)},
		{"a set has no overhead", `{"s":{"SS":["ab","c"]}}`, 1 + 3},
	} {
		if got, err := ItemSize([]byte(test.item)); err != nil || got != test.want {
			t.Errorf("%s: %s has %d bytes, %v, want %d", test.name, test.item, got, err, test.want)
		}
	}
	if _, err := ItemSize([]byte("{")); err == nil {
		t.Error("half an item was measured")
	}
}

// order is an item of about size bytes; due 0 leaves it out of the index.
func order(size, due int) string {
	index := ""
	if due != 0 {
		index = fmt.Sprintf(`,"s":{"N":"1"},"at":{"N":"%d"}`, due)
	}
	return fmt.Sprintf(`{"pk":{"S":"order#1"},"x":{"S":"%s"}%s}`, strings.Repeat("x", max(0, size-20)), index)
}

const failedCondition = `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}`

func TestCharges(t *testing.T) {
	put := func(item string) string { return `{"TableName":"t","Item":` + item + `}` }
	get := func(item string) string { return `{"Item":` + item + `}` }
	for _, test := range []struct {
		name                  string
		stored                string // put before, free of charge
		operation, sent, back string
		status                int
		want                  Units
	}{
		{"a consistent read of up to 4 KB", "", "GetItem", `{"ConsistentRead":true}`, get(order(4000, 0)), 200, Units{Reads: 1}},
		{"a consistent read of more", "", "GetItem", `{"ConsistentRead":true}`, get(order(4200, 0)), 200, Units{Reads: 2}},
		{"an eventually consistent read is half", "", "GetItem", `{}`, get(order(4200, 0)), 200, Units{Reads: 1}},
		{"a read of nothing", "", "GetItem", `{"ConsistentRead":true}`, `{}`, 200, Units{Reads: 1}},
		{"a query of nothing", "", "Query", `{"IndexName":"due"}`, `{"Items":[]}`, 200, Units{Reads: 0.5}},
		{"a query bills its items together", "", "Query", `{"IndexName":"due"}`, `{"Items":[` + order(3000, 1) + `,` + order(3000, 2) + `]}`, 200, Units{Reads: 1}},
		{"a new item outside the index", "", "PutItem", put(order(900, 0)), `{}`, 200, Units{Writes: 1}},
		{"a new item over 1 KB", "", "PutItem", put(order(1100, 0)), `{}`, 200, Units{Writes: 2}},
		{"a new item with an index entry", "", "PutItem", put(order(900, 5)), `{}`, 200, Units{Writes: 2}},
		{"an unchanged index entry", order(900, 5), "PutItem", put(order(800, 5)), `{}`, 200, Units{Writes: 1}},
		{"a moved index entry is removed and added", order(900, 5), "PutItem", put(order(900, 6)), `{}`, 200, Units{Writes: 3}},
		{"a removed index entry", order(900, 5), "PutItem", put(order(900, 0)), `{}`, 200, Units{Writes: 2}},
		{"the larger of old and new counts", order(2500, 0), "PutItem", put(order(100, 0)), `{}`, 200, Units{Writes: 3}},
		{"a failed condition bills the stored item", order(1500, 5), "PutItem", put(order(100, 0)), failedCondition, 400, Units{Writes: 2}},
		{"a failed condition without an item", "", "PutItem", put(order(1500, 0)), failedCondition, 400, Units{Writes: 1}},
	} {
		table := &Table{Key: "pk", Index: Index{Partition: "s", Sort: "at"}}
		if test.stored != "" {
			if _, err := table.Charge("PutItem", []byte(put(test.stored)), []byte("{}"), 200); err != nil {
				t.Fatal(err)
			}
		}
		call, err := table.Charge(test.operation, []byte(test.sent), []byte(test.back), test.status)
		if err != nil || call.Units != test.want {
			t.Errorf("%s: %+v, %v, want %+v", test.name, call.Units, err, test.want)
		}
	}
}

// A write that failed its condition changed nothing: the next one is billed against what was there before.
func TestAFailedWriteIsNotStored(t *testing.T) {
	table := &Table{Key: "pk", Index: Index{Partition: "s", Sort: "at"}}
	body := func(item string) []byte { return []byte(`{"Item":` + item + `}`) }
	table.Charge("PutItem", body(order(100, 5)), []byte("{}"), 200)
	table.Charge("PutItem", body(order(100, 0)), []byte(failedCondition), 400)
	if call, err := table.Charge("PutItem", body(order(100, 5)), []byte("{}"), 200); err != nil || call.Units.Writes != 1 {
		t.Errorf("%+v, %v", call, err)
	}
}

func TestWhatIsNotBilledIsAnError(t *testing.T) {
	table := &Table{Key: "pk"}
	for _, test := range []struct {
		operation, back string
		status          int
	}{
		{"TransactWriteItems", "{}", 200},
		{"PutItem", `{"__type":"x#ProvisionedThroughputExceededException"}`, 400},
		{"GetItem", "not JSON", 200},
	} {
		if call, err := table.Charge(test.operation, []byte(`{"Item":{"pk":{"S":"a"}}}`), []byte(test.back), test.status); err == nil {
			t.Errorf("%s answered %d %s: %+v", test.operation, test.status, test.back, call)
		}
	}
}
