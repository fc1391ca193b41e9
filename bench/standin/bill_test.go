package standin

import (
	"fmt"
	"strings"
	"testing"
)

func TestItemSizes(t *testing.T) {
	for item, want := range map[string]int{
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
		if size(item) != want {
			t.Errorf("%s has %d bytes, want %d", item, size(item), want)
		}
	}
}

// put returns a request to put an item of size bytes and a few. With due 0 it is not in the index of due orders, and
// without a list in no list.
func put(size, due int, list string) string {
	entries := ""
	if due != 0 {
		entries = fmt.Sprintf(`,"due_shard":{"N":"1"},"due_at":{"N":"%d"}`, due)
	}
	if list != "" {
		entries += fmt.Sprintf(`,"l":{"S":%q},"made":{"N":"1"}`, list)
	}
	x := strings.Repeat("x", max(0, size-20))
	return fmt.Sprintf(`{"Item":{"pk":{"S":"order#1"},"x":{"S":%q}%s}}`, x, entries)
}

func TestBill(t *testing.T) {
	const get, strong = `{"Key":{"pk":{"S":"order#1"}}}`, `{"Key":{"pk":{"S":"order#1"}},"ConsistentRead":true}`
	const batch = `{"RequestItems":{"kasir":{"Keys":[{},{},{}],"ConsistentRead":true}}}`
	const due = `{"IndexName":"due","Limit":9,"ExpressionAttributeValues":{":0":{"N":"1"},":1":{"N":"7"}}}`
	create := func(size int) string {
		return strings.Replace(put(size, 0, ""), "{", `{"ConditionExpression":"attribute_not_exists(pk)",`, 1)
	}
	for name, test := range map[string]struct {
		stored, operation, sent string // stored is put before
		reads, writes, list     float64
	}{
		"a consistent read of up to 4 KB":       {put(4000, 0, ""), "GetItem", strong, 1, 0, 0},
		"a consistent read of more":             {put(4200, 0, ""), "GetItem", strong, 2, 0, 0},
		"an eventually consistent read is half": {put(4200, 0, ""), "GetItem", get, 1, 0, 0},
		"a read of nothing":                     {"", "GetItem", strong, 1, 0, 0},
		"a batch bills each item by itself":     {"", "BatchGetItem", batch, 3, 0, 0},
		"a query of nothing":                    {"", "Query", due, 0.5, 0, 0},
		"a query bills entries, not items":      {put(9000, 5, ""), "Query", due, 0.5, 0, 0},
		"a new item outside the index":          {"", "PutItem", put(900, 0, ""), 0, 1, 0},
		"a new item over 1 KB":                  {"", "PutItem", put(1100, 0, ""), 0, 2, 0},
		"a new item with an index entry":        {"", "PutItem", put(900, 5, ""), 0, 2, 0},
		"an unchanged index entry":              {put(900, 5, ""), "PutItem", put(800, 5, ""), 0, 1, 0},
		"a moved index entry is two writes":     {put(900, 5, ""), "PutItem", put(900, 6, ""), 0, 3, 0},
		"a removed index entry":                 {put(900, 5, ""), "PutItem", put(900, 0, ""), 0, 2, 0},
		"the larger of old and new counts":      {put(2500, 0, ""), "PutItem", put(100, 0, ""), 0, 3, 0},
		"a failed condition bills the stored":   {put(1500, 5, ""), "PutItem", create(100), 0, 2, 0},
		"a list is billed apart":                {"", "PutItem", put(900, 0, "a"), 0, 1, 1},
		"an unchanged entry of a list":          {put(900, 0, "a"), "PutItem", put(800, 0, "a"), 0, 1, 0},
		"a moved entry of a list":               {put(900, 0, "a"), "PutItem", put(900, 0, "b"), 0, 1, 2},
	} {
		a := AWS{indexes: []Index{{"", "due_shard", "due_at"}, {"list", "l", "made"}}}
		if test.stored != "" {
			a.answer("PutItem", []byte(test.stored))
			a.Bill()
		}
		a.answer(test.operation, []byte(test.sent))
		sum := a.Bill().Sum()
		if sum.Reads != test.reads || sum.Writes != test.writes || sum.Apart["list"] != test.list {
			t.Errorf("%s: %+v", name, sum)
		}
	}
}
