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

// table keeps the items that were written, because the price of a write depends on the item before it.
type table struct {
	key     string // name of the partition key
	indexes []Index
	items   map[string]item
}

// Index is a sparse index that projects keys only. An item without both attributes is not in it.
type Index struct {
	Name            string // only one may have none; its writes are billed with the table's, see Call.Apart
	Partition, Sort string
}

// item is an item in DynamoDB's JSON.
type item map[string]any

// charge bills one request. An operation without a rule is an error, and so is a failure of the service, which AWS does
// not bill.
func (t *table) charge(operation string, sent, received []byte, status int) (Call, error) {
	call := Call{Operation: operation}
	var in struct {
		Item           item
		ConsistentRead bool
		RequestItems   map[string]struct {
			Keys           []item
			ConsistentRead bool
		}
	}
	var out struct {
		Item      item
		Items     []item
		Responses map[string][]item
		Type      string `json:"__type"`
	}
	if err := errors.Join(json.Unmarshal(sent, &in), json.Unmarshal(received, &out)); err != nil {
		return call, fmt.Errorf("reading a request of %s and its answer: %w", operation, err)
	}
	failed := status != 200
	if failed && !strings.HasSuffix(out.Type, "ConditionalCheckFailedException") {
		return call, fmt.Errorf("%s answered %d %s: that is not billed", operation, status, out.Type)
	}
	switch operation {
	case "GetItem", "Query": // a query is billed for all its items together
		for _, it := range append(out.Items, out.Item) {
			call.Size += size(it)
		}
		call.Units.Reads = reads(call.Size, in.ConsistentRead)
	case "BatchGetItem": // each item is billed by itself, also one that is not there
		for name, asked := range in.RequestItems {
			found := out.Responses[name]
			for _, it := range found {
				call.Size += size(it)
				call.Units.Reads += reads(size(it), asked.ConsistentRead)
			}
			call.Units.Reads += float64(len(asked.Keys)-len(found)) * reads(0, asked.ConsistentRead)
		}
	case "PutItem":
		t.put(in.Item, failed, &call)
	default:
		return call, fmt.Errorf("there is no rule for %s", operation)
	}
	return call, nil
}

// put bills the larger of the old and the new item, and the indexes. A failed condition bills the stored item.
func (t *table) put(next item, failed bool, call *Call) {
	key := fmt.Sprint(next[t.key])
	before := t.items[key]
	if failed {
		call.Units.Writes, call.Size = writes(size(before)), size(before)
		return
	}
	t.items[key] = next
	call.Units.Writes, call.Size = writes(max(size(before), size(next))), size(next)
	call.Apart = map[string]float64{}
	for _, index := range t.indexes {
		call.Apart[index.Name] = index.change(t.key, before, next)
	}
	call.Units.Writes += call.Apart[""]
}

// change bills the change of an entry. An entry that is added or removed is one write, and a changed one is both.
func (x Index) change(key string, before, next item) (units float64) {
	old, fresh := x.entry(key, before), x.entry(key, next)
	if reflect.DeepEqual(old, fresh) {
		return 0
	}
	for _, entry := range []item{old, fresh} {
		if entry != nil {
			units += writes(size(entry))
		}
	}
	return units
}

// entry returns the item's entry in the index, or nil.
func (x Index) entry(key string, it item) item {
	if it[x.Partition] == nil || it[x.Sort] == nil {
		return nil
	}
	return item{key: it[key], x.Partition: it[x.Partition], x.Sort: it[x.Sort]}
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
