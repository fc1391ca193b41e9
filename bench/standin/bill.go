package standin

import (
	"encoding/json"
	"strings"
)

// Call is one request to DynamoDB, or the sum of some, by DynamoDB's published rules. No emulator reports capacity as
// AWS does.
type Call struct {
	Operation     string
	Reads, Writes float64 // units on demand: a strongly consistent read of 4 KB, a write of 1 KB
	Written       int     // orders; the table's stream has a record of each
	Size          int     // bytes of the item that was written, or of the largest

	Apart map[string]float64 // write units of each index that has a name
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
	Name            string // the writes of one without a name are billed with the table's
	Partition, Sort string
}

// Bill returns the requests to the table since the last bill.
func (a *AWS) Bill() Bill {
	a.mu.Lock()
	defer a.mu.Unlock()
	bill := a.bill
	a.bill = nil
	return bill
}

// billRead bills reads of the same size, each of some items together. A read rounds up to 4 KB, one of nothing costs
// one unit, and an eventually consistent one costs half.
func (a *AWS) billRead(operation string, consistent bool, count int, items ...string) {
	if a.indexes == nil {
		return
	}
	bytes := 0
	for _, item := range items {
		bytes += size(item)
	}
	units := float64(max(1, (bytes+4095)/4096))
	if !consistent {
		units /= 2
	}
	a.bill = append(a.bill, Call{Operation: operation, Reads: float64(count) * units})
}

// billPut bills the larger of the old and the new item, and the indexes: an entry that is added or removed is one
// write, and a changed one is both. A failed condition bills the old item.
func (a *AWS) billPut(before, next string, failed bool) {
	if a.indexes == nil {
		return
	}
	c := Call{Operation: "PutItem", Writes: writes(before), Size: size(before), Apart: map[string]float64{}}
	if !failed {
		c.Writes, c.Written, c.Size = max(c.Writes, writes(next)), 1, size(next)
		for _, x := range a.indexes {
			old, fresh := x.entry(before), x.entry(next)
			for _, entry := range []string{old, fresh} {
				if entry != "" && old != fresh {
					c.Apart[x.Name] += writes(entry)
				}
			}
		}
		c.Writes += c.Apart[""]
	}
	a.bill = append(a.bill, c)
}

// entry returns the item's entry in the index, or nothing.
func (x Index) entry(text string) string {
	var it map[string]json.RawMessage
	json.Unmarshal([]byte(text), &it)
	if it[x.Partition] == nil || it[x.Sort] == nil {
		return ""
	}
	entry, _ := json.Marshal(map[string]any{"pk": it["pk"], x.Partition: it[x.Partition], x.Sort: it[x.Sort]})
	return string(entry)
}

// writes rounds up to 1 KB. A write of nothing costs one unit.
func writes(item string) float64 { return float64(max(1, (size(item)+1023)/1024)) }

// size returns the bytes of an item by "DynamoDB item sizes and formats" in the developer guide, for the types that
// kasir and its peers write.
func size(item string) int {
	var it map[string]any
	json.Unmarshal([]byte(item), &it) // an item that does not exist has no bytes
	return sizeOf(it)
}

// sizeOf counts names as well as values.
func sizeOf(it map[string]any) (bytes int) {
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
			bytes = 3 + len(content) + sizeOf(content)
		case []any:
			bytes = 3 + len(content)
			for _, element := range content {
				bytes += valueSize(element)
			}
		}
	}
	return bytes
}
