package meter

import (
	"encoding/json"
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
		{"zero", `{"n":{"N":"0"}}`, 1 + 1},
		{"a sign is a byte", `{"n":{"N":"-12"}}`, 1 + 3},
		{"a fraction", `{"n":{"N":"0.25"}}`, 1 + 2},
		{"true, false and null are one byte", `{"b":{"BOOL":true},"c":{"NULL":true}}`, 4},
		{"an empty list", `{"l":{"L":[]}}`, 1 + 3},
		{"a list's elements cost one more each", `{"l":{"L":[{"S":"a"},{"S":"bc"}]}}`, 1 + 3 + 2 + 3},
		{"a map's pairs too", `{"m":{"M":{"k":{"S":"v"}}}}`, 1 + 3 + 1 + 2},
		{"documents in documents", `{"m":{"M":{"l":{"L":[{"N":"1"}]}}}}`, 1 + 3 + 1 + (1 + 3 + 1 + 2)},
	} {
		var it item
		if err := json.Unmarshal([]byte(test.item), &it); err != nil {
			t.Fatal(err)
		}
		if got := size(it); got != test.want {
			t.Errorf("%s: %s has %d bytes, want %d", test.name, test.item, got, test.want)
		}
	}
}

// order returns an item of size bytes and a few. With due 0 it is not in the index.
func order(size, due int) string {
	index := ""
	if due != 0 {
		index = fmt.Sprintf(`,"s":{"N":"1"},"at":{"N":"%d"}`, due)
	}
	return fmt.Sprintf(`{"pk":{"S":"order#1"},"x":{"S":"%s"}%s}`, strings.Repeat("x", max(0, size-20)), index)
}

const failure = `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}`

func TestCharges(t *testing.T) {
	put := func(item string) string { return `{"TableName":"t","Item":` + item + `}` }
	get := func(item string) string { return `{"Item":` + item + `}` }
	two := `{"Items":[` + order(3000, 1) + `,` + order(3000, 2) + `]}`
	strong := `{"ConsistentRead":true}`
	for _, test := range []struct {
		name                  string
		stored                string // put before, free of charge
		operation, sent, back string
		want                  Units
	}{
		{"a consistent read of up to 4 KB", "", "GetItem", strong, get(order(4000, 0)), Units{Reads: 1}},
		{"a consistent read of more", "", "GetItem", strong, get(order(4200, 0)), Units{Reads: 2}},
		{"an eventually consistent read is half", "", "GetItem", `{}`, get(order(4200, 0)), Units{Reads: 1}},
		{"a read of nothing", "", "GetItem", strong, `{}`, Units{Reads: 1}},
		{"a batch bills each item by itself", "", "BatchGetItem",
			`{"RequestItems":{"t":{"Keys":[{},{},{}],"ConsistentRead":true}}}`,
			`{"Responses":{"t":[` + order(3000, 1) + `,` + order(4200, 2) + `]}}`, Units{Reads: 4}},
		{"a query of nothing", "", "Query", `{}`, `{"Items":[]}`, Units{Reads: 0.5}},
		{"a query bills its items together", "", "Query", `{}`, two, Units{Reads: 1}},
		{"a new item outside the index", "", "PutItem", put(order(900, 0)), `{}`, Units{Writes: 1}},
		{"a new item over 1 KB", "", "PutItem", put(order(1100, 0)), `{}`, Units{Writes: 2}},
		{"a new item with an index entry", "", "PutItem", put(order(900, 5)), `{}`, Units{Writes: 2}},
		{"an unchanged index entry", order(900, 5), "PutItem", put(order(800, 5)), `{}`, Units{Writes: 1}},
		{"a moved index entry is two writes", order(900, 5), "PutItem", put(order(900, 6)), `{}`, Units{Writes: 3}},
		{"a removed index entry", order(900, 5), "PutItem", put(order(900, 0)), `{}`, Units{Writes: 2}},
		{"the larger of old and new counts", order(2500, 0), "PutItem", put(order(100, 0)), `{}`, Units{Writes: 3}},
		{"a failed condition", order(1500, 5), "PutItem", put(order(100, 0)), failure, Units{Writes: 2}},
		{"a failed condition, no item", "", "PutItem", put(order(1500, 0)), failure, Units{Writes: 1}},
	} {
		table := New("pk", Index{"", "s", "at"}, Index{"list", "l", "at"}).table
		if test.stored != "" {
			table.charge("PutItem", []byte(put(test.stored)), []byte("{}"), 200)
		}
		status := 200
		if test.back == failure {
			status = 400
		}
		call, err := table.charge(test.operation, []byte(test.sent), []byte(test.back), status)
		if err != nil || call.Units != test.want {
			t.Errorf("%s: %+v, %v, want %+v", test.name, call.Units, err, test.want)
		}
		if test.stored != "" && status == 400 { // the failed write changed nothing
			call, err = table.charge("PutItem", []byte(put(test.stored)), []byte("{}"), 200)
			if err != nil || call.Units != test.want {
				t.Errorf("after %s: %+v, %v, want %+v", test.name, call.Units, err, test.want)
			}
		}
	}
}

func TestChargeRefusesUnknownAnswers(t *testing.T) {
	const throttled = `{"__type":"x#ProvisionedThroughputExceededException"}`
	for operation, back := range map[string]string{"TransactGetItems": failure, "PutItem": throttled, "GetItem": "{"} {
		table := New("pk").table
		if call, err := table.charge(operation, []byte(`{"Item":{"pk":{"S":"a"}}}`), []byte(back), 400); err == nil {
			t.Errorf("%s answered %s: %+v", operation, back, call)
		}
	}
}

// An index with a name is billed apart: one write for a new entry, none for an unchanged one, two for a changed one.
func TestAnIndexWithANameIsBilledApart(t *testing.T) {
	table := New("pk", Index{"list", "l", "at"}).table
	var bill Bill
	for _, entry := range []string{`,"l":{"S":"a"},"at":{"S":"1"}`, `,"l":{"S":"a"},"at":{"S":"1"},"x":{"S":"y"}`,
		`,"l":{"S":"b"},"at":{"S":"1"}`, ``} {
		call, err := table.charge("PutItem", []byte(`{"Item":{"pk":{"S":"order#1"}`+entry+`}}`), []byte("{}"), 200)
		if err != nil || call.Units.Writes != 1 {
			t.Errorf("%s: %+v, %v", entry, call, err)
		}
		bill = append(bill, call)
	}
	if got := bill.Apart("list"); got != 1+0+2+1 || bill.Apart("other") != 0 {
		t.Errorf("%g write units", got)
	}
}
