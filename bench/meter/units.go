package meter

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
)

// Units are request units on demand. A strongly consistent read of 4 KB is one read unit, a write of 1 KB one write
// unit.
type Units struct {
	Reads, Writes float64
}

// Table keeps the items that were written, because the price of a write depends on the item before it.
type Table struct {
	Key string // name of the partition key
	// Partition and Sort are the keys of a sparse index that projects keys only. An item without both is not in it.
	Partition, Sort string

	items map[string]item
}

// item is an item in DynamoDB's JSON.
type item map[string]any

// charge bills one request. An operation without a rule is an error, and so is a failure of the service, which AWS does
// not bill.
func (t *Table) charge(operation string, sent, received []byte, status int) (Call, error) {
	call := Call{Operation: operation}
	var in struct {
		Item           item
		ConsistentRead bool
	}
	var out struct {
		Item  item
		Items []item
		Type  string `json:"__type"`
	}
	if err := errors.Join(json.Unmarshal(sent, &in), json.Unmarshal(received, &out)); err != nil {
		return call, fmt.Errorf("reading a request of %s and its answer: %w", operation, err)
	}
	failed := status != 200
	if failed && !conditionFailed(out.Type) {
		return call, fmt.Errorf("%s answered %d %s: that is not billed", operation, status, out.Type)
	}
	switch operation {
	case "GetItem", "Query": // a query is billed for all its items together
		for _, it := range append(out.Items, out.Item) {
			call.Size += size(it)
		}
		call.Units.Reads = reads(call.Size, in.ConsistentRead)
	case "PutItem":
		call.Units.Writes, call.Size = t.put(in.Item, failed)
	default:
		return call, fmt.Errorf("there is no rule for %s", operation)
	}
	return call, nil
}

// put bills the larger of the old and the new item, and the index. A failed condition bills the stored item.
func (t *Table) put(next item, failed bool) (units float64, bytes int) {
	key := fmt.Sprint(next[t.Key])
	before := t.items[key]
	if failed {
		return writes(size(before)), size(before)
	}
	if t.items == nil {
		t.items = map[string]item{}
	}
	t.items[key] = next
	units = writes(max(size(before), size(next)))
	// An index entry that is added or removed is one write; a changed entry is both.
	if old, fresh := t.entry(before), t.entry(next); !reflect.DeepEqual(old, fresh) {
		for _, entry := range []item{old, fresh} {
			if entry != nil {
				units += writes(size(entry))
			}
		}
	}
	return units, size(next)
}

// entry returns the item's entry in the index, or nil.
func (t *Table) entry(it item) item {
	if it[t.Partition] == nil || it[t.Sort] == nil {
		return nil
	}
	return item{t.Key: it[t.Key], t.Partition: it[t.Partition], t.Sort: it[t.Sort]}
}

func conditionFailed(kind string) bool {
	return strings.HasSuffix(kind, "ConditionalCheckFailedException")
}

// reads rounds up to 4 KB. A read of nothing costs one unit, and an eventually consistent read costs half.
func reads(size int, consistent bool) float64 {
	units := math.Max(1, math.Ceil(float64(size)/4096))
	if !consistent {
		return units / 2
	}
	return units
}

func writes(size int) float64 { return math.Max(1, math.Ceil(float64(size)/1024)) }
