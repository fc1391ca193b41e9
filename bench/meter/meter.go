// Package meter counts the requests to DynamoDB and bills them by DynamoDB's published rules. No emulator reports
// capacity as AWS does.
package meter

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
)

// Call is one request, or the sum of some.
type Call struct {
	Operation     string
	Reads, Writes float64 // units on demand: a strongly consistent read of 4 KB, a write of 1 KB
	Written       int     // orders; the table's stream has a record of each
	Size          int     // bytes of the item that was written, or of the largest

	Apart map[string]float64 // write units of each index, by name
}

// Bill lists requests in their order.
type Bill []Call

// Sum adds all requests up.
func (b Bill) Sum() Call {
	sum := Call{Apart: map[string]float64{}}
	for _, c := range b {
		sum.Reads, sum.Writes = sum.Reads+c.Reads, sum.Writes+c.Writes
		sum.Written, sum.Size = sum.Written+c.Written, max(sum.Size, c.Size)
		for index, units := range c.Apart {
			sum.Apart[index] += units
		}
	}
	return sum
}

// Index is a sparse index that projects keys only. An item without both attributes is not in it.
type Index struct {
	Name            string // only one may have none; its writes are billed with the table's, see Call.Apart
	Partition, Sort string
}

// item is an item in DynamoDB's JSON.
type item map[string]any

// Meter bills the requests to one table. It is safe for concurrent use.
type Meter struct {
	key     string // name of the partition key
	indexes []Index

	mu    sync.Mutex
	items map[string]item // the price of a write depends on the item before it
	bill  Bill
	err   error
}

// New returns a meter of a table that must be empty, with the name of its partition key.
func New(key string, indexes ...Index) *Meter {
	return &Meter{key: key, indexes: indexes, items: map[string]item{}}
}

// Bill returns the requests since the last bill. With an error the units are too low: some operations have no rule.
func (m *Meter) Bill() (Bill, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	bill, err := m.bill, m.err
	m.bill, m.err = nil, nil
	return bill, err
}

// Charge bills a request and its answer.
func (m *Meter) Charge(operation string, sent, received []byte, status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	call, err := m.charge(operation, sent, received, status)
	m.bill, m.err = append(m.bill, call), errors.Join(m.err, err)
}

// charge bills one request. An operation without a rule is an error, and so is a failure of the service, which AWS does
// not bill.
func (m *Meter) charge(operation string, sent, received []byte, status int) (Call, error) {
	type request struct {
		Item           item
		Keys           []item
		ConsistentRead bool
		RequestItems   map[string]request
	}
	var in request
	var out struct {
		Item      item
		Items     []item
		Responses map[string][]item
		Type      string `json:"__type"`
	}
	call := Call{Operation: operation}
	if err := errors.Join(json.Unmarshal(sent, &in), json.Unmarshal(received, &out)); err != nil {
		return call, fmt.Errorf("reading a request of %s and its answer: %w", operation, err)
	}
	failed := status != 200
	if failed && !strings.HasSuffix(out.Type, "ConditionalCheckFailedException") {
		return call, fmt.Errorf("%s answered %d %s: that is not billed", operation, status, out.Type)
	}
	switch operation {
	case "GetItem", "Query": // a query is billed for all its items together
		call.Reads = reads(in.ConsistentRead, append(out.Items, out.Item)...)
	case "BatchGetItem": // each item is billed by itself, also one that is not there
		for table, asked := range in.RequestItems {
			found := out.Responses[table]
			for _, it := range append(found, make([]item, len(asked.Keys)-len(found))...) {
				call.Reads += reads(asked.ConsistentRead, it)
			}
		}
	case "PutItem":
		m.put(in.Item, failed, &call)
	default:
		return call, fmt.Errorf("there is no rule for %s", operation)
	}
	return call, nil
}

// put bills the larger of the old and the new item, and the indexes. A failed condition bills the stored item.
func (m *Meter) put(next item, failed bool, call *Call) {
	key := fmt.Sprint(next[m.key])
	before := m.items[key]
	if failed {
		call.Writes, call.Size = writes(before), size(before)
		return
	}
	m.items[key] = next
	call.Writes, call.Written, call.Size = max(writes(before), writes(next)), 1, size(next)
	call.Apart = map[string]float64{}
	for _, index := range m.indexes {
		call.Apart[index.Name] = index.change(m.key, before, next)
	}
	call.Writes += call.Apart[""]
}

// change bills the change of an entry. An entry that is added or removed is one write, and a changed one is both.
func (x Index) change(key string, before, next item) (units float64) {
	var entries [2]item
	for i, it := range []item{before, next} {
		if it[x.Partition] != nil && it[x.Sort] != nil {
			entries[i] = item{key: it[key], x.Partition: it[x.Partition], x.Sort: it[x.Sort]}
			units += writes(entries[i])
		}
	}
	if reflect.DeepEqual(entries[0], entries[1]) {
		return 0
	}
	return units
}

// reads rounds up to 4 KB. A read of nothing costs one unit, and an eventually consistent read costs half.
func reads(consistent bool, items ...item) float64 {
	bytes := 0
	for _, it := range items {
		bytes += size(it)
	}
	units := math.Max(1, math.Ceil(float64(bytes)/4096))
	if !consistent {
		return units / 2
	}
	return units
}

func writes(it item) float64 { return math.Max(1, math.Ceil(float64(size(it))/1024)) }

// size returns the bytes of an item by "DynamoDB item sizes and formats" in the developer guide, for the types that
// kasir and its peers write. Names count as well as values.
func size(it item) (bytes int) {
	for name, value := range it {
		bytes += len(name) + valueSize(value)
	}
	return bytes
}

// valueSize returns the size of a value, which is a map of one type letter to the content. A list and a map are 3 bytes
// and one for each element. A number is one byte, one for each two significant digits, and one for its sign.
func valueSize(value any) (bytes int) {
	typed, _ := value.(map[string]any)
	for kind, content := range typed {
		switch content := content.(type) {
		case bool: // BOOL and NULL
			bytes = 1
		case string:
			bytes = len(content)
			if kind == "N" {
				digits := strings.Trim(strings.NewReplacer("-", "", ".", "").Replace(content), "0")
				bytes = 1 + (len(digits)+1)/2 + strings.Count(content, "-")
			}
		case map[string]any:
			bytes = 3 + len(content) + size(content)
		case []any:
			bytes = 3 + len(content)
			for _, element := range content {
				bytes += valueSize(element)
			}
		}
	}
	return bytes
}
