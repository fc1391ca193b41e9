package meter

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestItemSizes(t *testing.T) {
	for text, want := range map[string]int{
		`{"ab":{"S":"xyz"}}`:                    2 + 3, // a string counts its bytes and its name's
		`{"a":{"S":"é"}}`:                       1 + 2, // bytes of UTF-8, not characters
		`{"n":{"N":"1234"}}`:                    1 + 3, // two digits a byte, and one
		`{"n":{"N":"12345"}}`:                   1 + 4, // an odd number of digits rounds up
		`{"n":{"N":"90000"}}`:                   1 + 2, // zeros at either end are not significant
		`{"n":{"N":"0"}}`:                       1 + 1,
		`{"n":{"N":"-12"}}`:                     1 + 3, // a sign is a byte
		`{"n":{"N":"0.25"}}`:                    1 + 2,
		`{"b":{"BOOL":true},"c":{"NULL":true}}`: 1 + 1 + 1 + 1,
		`{"l":{"L":[]}}`:                        1 + 3,
		`{"l":{"L":[{"S":"a"},{"S":"bc"}]}}`:    1 + 3 + 2 + 3, // an element costs one more
		`{"m":{"M":{"k":{"S":"v"}}}}`:           1 + 3 + 1 + 2, // and so does a pair
		`{"m":{"M":{"l":{"L":[{"N":"1"}]}}}}`:   1 + 3 + 1 + (1 + 3 + 1 + 2),
	} {
		var it item
		if err := json.Unmarshal([]byte(text), &it); err != nil || size(it) != want {
			t.Errorf("%s has %d bytes (%v), want %d", text, size(it), err, want)
		}
	}
}

const failure = `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}`

// order returns an item of size bytes and a few. With due 0 it is not in the index, and without a list in no list.
func order(size, due int, list string) string {
	entries := ""
	if due != 0 {
		entries = fmt.Sprintf(`,"s":{"N":"1"},"at":{"N":"%d"}`, due)
	}
	if list != "" {
		entries += fmt.Sprintf(`,"l":{"S":%q},"made":{"N":"1"}`, list)
	}
	return fmt.Sprintf(`"Item":{"pk":{"S":"order#1"},"x":{"S":"%s"}%s}`, strings.Repeat("x", max(0, size-20)), entries)
}

func TestCharges(t *testing.T) {
	const strong = `"ConsistentRead":true`
	items := func(all ...string) string {
		return "[" + strings.ReplaceAll(strings.Join(all, ","), `"Item":`, "") + "]"
	}
	two := items(order(3000, 1, ""), order(4200, 2, ""))
	for name, test := range map[string]struct {
		stored, operation, sent, back string // stored is put before, free of charge
		reads, writes, apart          float64
	}{
		"a consistent read of up to 4 KB":       {"", "GetItem", strong, order(4000, 0, ""), 1, 0, 0},
		"a consistent read of more":             {"", "GetItem", strong, order(4200, 0, ""), 2, 0, 0},
		"an eventually consistent read is half": {"", "GetItem", "", order(4200, 0, ""), 1, 0, 0},
		"a read of nothing":                     {"", "GetItem", strong, "", 1, 0, 0},
		"a batch bills each item by itself": {"", "BatchGetItem", `"RequestItems":{"t":{"Keys":[{},{},{}],` + strong +
			`}}`, `"Responses":{"t":` + two + `}`, 1 + 2 + 1, 0, 0},
		"a query of nothing":                {"", "Query", "", `"Items":[]`, 0.5, 0, 0},
		"a query bills its items together":  {"", "Query", "", `"Items":` + two, 1, 0, 0},
		"a new item outside the index":      {"", "PutItem", order(900, 0, ""), "", 0, 1, 0},
		"a new item over 1 KB":              {"", "PutItem", order(1100, 0, ""), "", 0, 2, 0},
		"a new item with an index entry":    {"", "PutItem", order(900, 5, ""), "", 0, 2, 0},
		"an unchanged index entry":          {order(900, 5, ""), "PutItem", order(800, 5, ""), "", 0, 1, 0},
		"a moved index entry is two writes": {order(900, 5, ""), "PutItem", order(900, 6, ""), "", 0, 3, 0},
		"a removed index entry":             {order(900, 5, ""), "PutItem", order(900, 0, ""), "", 0, 2, 0},
		"the larger of old and new counts":  {order(2500, 0, ""), "PutItem", order(100, 0, ""), "", 0, 3, 0},
		"a failed condition":                {order(1500, 5, ""), "PutItem", order(100, 0, ""), failure, 0, 2, 0},
		"a failed condition, no item":       {"", "PutItem", order(1500, 0, ""), failure, 0, 1, 0},
		"a list is billed apart":            {"", "PutItem", order(900, 0, "a"), "", 0, 1, 1},
		"an unchanged entry of a list":      {order(900, 0, "a"), "PutItem", order(800, 0, "a"), "", 0, 1, 0},
		"a moved entry of a list":           {order(900, 0, "a"), "PutItem", order(900, 0, "b"), "", 0, 1, 2},
	} {
		m := New("pk", Index{"", "s", "at"}, Index{"list", "l", "made"})
		charge := func(operation, sent, back string) {
			if back == failure {
				m.Charge(operation, []byte("{"+sent+"}"), []byte(back), 400)
			} else {
				m.Charge(operation, []byte("{"+sent+"}"), []byte("{"+back+"}"), 200)
			}
		}
		if test.stored != "" {
			charge("PutItem", test.stored, "")
			m.Bill()
		}
		charge(test.operation, test.sent, test.back)
		if test.stored != "" && test.back == failure { // the failed write changed nothing
			charge("PutItem", test.stored, "")
			test.writes *= 2
		}
		bill, err := m.Bill()
		if sum := bill.Sum(); err != nil || sum.Reads != test.reads || sum.Writes != test.writes ||
			sum.Apart["list"] != test.apart {
			t.Errorf("%s: %+v, %v", name, sum, err)
		}
	}
}

func TestUnknownAnswersAreNotBilled(t *testing.T) {
	const throttled = `{"__type":"x#ProvisionedThroughputExceededException"}`
	for operation, back := range map[string]string{"TransactGetItems": failure, "PutItem": throttled, "GetItem": "{"} {
		m := New("pk")
		m.Charge(operation, []byte(`{"Item":{"pk":{"S":"a"}}}`), []byte(back), 400)
		if bill, err := m.Bill(); err == nil {
			t.Errorf("%s answered %s: %+v", operation, back, bill)
		}
	}
}
