// Package order holds the rules of an order without any I/O: its facts, the operations that ask DOKU for
// something, and the status that follows from both.
//
// Values are never changed in place: every rule takes an Order and returns another. Amounts are whole rupiah.
package order

import (
	"slices"
	"time"
)

// Order is everything kasir knows of one invoice. It holds no name, e-mail, phone or card number.
type Order struct {
	Invoice   string
	Amount    int64
	Discounts []int64 // promo discounts, at most one of which DOKU takes off what is paid
	Plan      Plan
	Readers   []string // digests of the subjects who may read it, see ReaderOf
	CreatedAt time.Time
	PageEnd   time.Time // when the customer can no longer pay, as far as is known before there is a page

	Operations []Operation    // what DOKU was asked to do, in the order of the first asking
	Facts      Facts          // what is known to have happened
	Watch      Watch          // how far reconciliation has come
	DueAt      time.Time      // when reconciliation must look again; zero: never
	DueMoney   bool           // then money waits for it: an open operation, or an authorisation; else it is a page
	History    []HistoryEntry // oldest first; the latest maxHistory

	Version int64 // of the stored item; the store sets it
	Format  int   // of the stored item: 0 is the first format, see Newer
}

// Plan is how the payment was asked to be processed.
type Plan struct {
	Type        string // SALE, AUTHORIZE, INSTALLMENT, MOTO, RECURRING, or empty: DOKU's default
	AutoCapture bool
	Acquirer    string // of an installment
	Tenor       int64  // months of an installment
}

// Operation finds an operation by its id.
func (o Order) Operation(id string) (Operation, bool) {
	i := slices.IndexFunc(o.Operations, func(op Operation) bool { return op.ID == id })
	if i < 0 {
		return Operation{}, false
	}
	return o.Operations[i], true
}

// with returns the order with op put in place of the operation of the same id, or added.
func (o Order) withOperation(op Operation) Order {
	o.Operations = slices.Clone(o.Operations)
	i := slices.IndexFunc(o.Operations, func(other Operation) bool { return other.ID == op.ID })
	if i < 0 {
		o.Operations = append(o.Operations, op)
	} else {
		o.Operations[i] = op
	}
	return o
}

// Stamp brings a time into the form orders carry: UTC, whole milliseconds, so that what is read from the store
// equals what was written.
func Stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
