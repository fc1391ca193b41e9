// Package meter counts the requests to DynamoDB and bills them by DynamoDB's published rules. No emulator reports
// capacity as AWS does.
package meter

import (
	"errors"
	"sync"
)

// Meter bills the requests to one table. It is safe for concurrent use.
type Meter struct {
	mu    sync.Mutex
	table table
	bill  Bill
	err   error
}

// Call is one request.
type Call struct {
	Operation string
	Units     Units
	Size      int // bytes of the item that was read or written

	Apart map[string]float64 // write units of each index, by name
}

// Bill lists requests in their order.
type Bill []Call

// Units returns the sum of the units.
func (b Bill) Units() (sum Units) {
	for _, c := range b {
		sum.Reads, sum.Writes = sum.Reads+c.Units.Reads, sum.Writes+c.Units.Writes
	}
	return sum
}

// Apart returns the write units of an index.
func (b Bill) Apart(index string) (sum float64) {
	for _, c := range b {
		sum += c.Apart[index]
	}
	return sum
}

// Writes returns the number of requests that wrote an order. The table's stream has a record of each.
func (b Bill) Writes() (count int) {
	for _, c := range b {
		if c.Operation == "PutItem" {
			count++
		}
	}
	return count
}

// Size returns the size of the largest item that was written, in bytes.
func (b Bill) Size() (largest int) {
	for _, c := range b {
		if c.Operation == "PutItem" {
			largest = max(largest, c.Size)
		}
	}
	return largest
}

// New returns a meter of a table that must be empty, with the name of its partition key.
func New(key string, indexes ...Index) *Meter {
	return &Meter{table: table{key, indexes, map[string]item{}}}
}

// Charge bills a request and its answer.
func (m *Meter) Charge(operation string, sent, received []byte, status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	call, err := m.table.charge(operation, sent, received, status)
	m.bill, m.err = append(m.bill, call), errors.Join(m.err, err)
}

// Bill returns the requests since the last bill. With an error the units are too low: some operations have no rule.
func (m *Meter) Bill() (Bill, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	bill, err := m.bill, m.err
	m.bill, m.err = nil, nil
	return bill, err
}
