// Package accountant turns requests to DynamoDB into the capacity that DynamoDB bills for them on demand. No emulator reports
// capacity as AWS does, so what is billed follows from the requests, the items and DynamoDB's published rules.
package accountant

import (
	"encoding/json"
	"fmt"
	"math"
)

// Units are request units on demand: a strongly consistent read of 4 KB is one read unit, a write of 1 KB one write unit.
type Units struct {
	Reads, Writes float64
}

// Plus adds two bills.
func (u Units) Plus(v Units) Units { return Units{u.Reads + v.Reads, u.Writes + v.Writes} }

// Call is one request as it is billed.
type Call struct {
	Operation string // GetItem, PutItem, Query
	Units     Units
	Size      int // bytes of the item read or written, by DynamoDB's rules
}

// Table follows one table: what a write costs depends on what was there.
type Table struct {
	Key   string // name of the partition key
	Index Index

	items map[string]item
}

// Index is a sparse index that projects keys only: an item without both key attributes is not in it.
type Index struct {
	Partition, Sort string
}

type item map[string]value

// request has the fields of GetItem, PutItem and Query that decide what they cost.
type request struct {
	Key            item
	Item           item
	ConsistentRead bool
	IndexName      string
}

type response struct {
	Item  item
	Items []item
	Type  string `json:"__type"`
}

// Charge bills one exchange: the operation's name, both bodies and the HTTP status. It returns an error for an operation it has no
// rule for, and for an answer that is a failure of the service, which AWS does not bill.
func (t *Table) Charge(operation string, sent, received []byte, status int) (Call, error) {
	var in request
	if err := json.Unmarshal(sent, &in); err != nil {
		return Call{}, fmt.Errorf("reading the request of %s: %w", operation, err)
	}
	var out response
	if err := json.Unmarshal(received, &out); err != nil {
		return Call{}, fmt.Errorf("reading the answer of %s: %w", operation, err)
	}
	failed := status != 200
	if failed && !conditionFailed(out.Type) {
		return Call{}, fmt.Errorf("%s answered %d %s: that is not billed", operation, status, out.Type)
	}
	switch operation {
	case "GetItem":
		return Call{operation, Units{Reads: reads(out.Item.size(), in.ConsistentRead)}, out.Item.size()}, nil
	case "Query":
		return t.query(in, out), nil
	case "PutItem":
		return t.put(in.Item, failed), nil
	}
	return Call{}, fmt.Errorf("there is no rule for %s", operation)
}

// query bills what was read together, not item by item.
func (t *Table) query(in request, out response) Call {
	size := 0
	for _, it := range out.Items {
		size += it.size()
	}
	return Call{"Query", Units{Reads: reads(size, in.ConsistentRead)}, size}
}

// put bills the larger of the old and the new item, and the index. A failed condition bills the item that made it fail.
func (t *Table) put(next item, failed bool) Call {
	if t.items == nil {
		t.items = map[string]item{}
	}
	key := next[t.Key].text()
	before := t.items[key]
	if failed {
		return Call{"PutItem", Units{Writes: writes(before.size())}, before.size()}
	}
	t.items[key] = next
	billed := writes(max(before.size(), next.size())) + t.Index.writes(t.Key, before, next)
	return Call{"PutItem", Units{Writes: billed}, next.size()}
}

// writes is what a change of the item costs in the index: an entry added or removed is one write, a changed key both.
func (x Index) writes(key string, before, after item) float64 {
	old, fresh := x.entry(key, before), x.entry(key, after)
	if old.equal(fresh) {
		return 0
	}
	total := 0.0
	for _, entry := range []item{old, fresh} {
		if entry != nil {
			total += writes(entry.size())
		}
	}
	return total
}

// entry is the item's entry in the index, nil when it has none.
func (x Index) entry(key string, it item) item {
	partition, sort := it[x.Partition], it[x.Sort]
	if partition == nil || sort == nil {
		return nil
	}
	return item{key: it[key], x.Partition: partition, x.Sort: sort}
}

func conditionFailed(kind string) bool {
	const name = "ConditionalCheckFailedException"
	return len(kind) >= len(name) && kind[len(kind)-len(name):] == name
}

// reads rounds up to 4 KB; a read of nothing costs the least there is, and an eventually consistent one half.
func reads(size int, consistent bool) float64 {
	units := math.Max(1, math.Ceil(float64(size)/4096))
	if !consistent {
		return units / 2
	}
	return units
}

func writes(size int) float64 { return math.Max(1, math.Ceil(float64(size)/1024)) }
