// Package order implements the rules of an order without any I/O. An order has facts and operations, and its status is
// derived from both.
//
// Values are never changed in place: every rule takes an Order and returns a new one. Amounts are whole rupiah.
package order

import (
	"slices"
	"time"
)

// Order holds everything kasir knows about one invoice. It holds no name, e-mail address, phone number or full card
// number, unless the merchant writes a name into its metadata.
type Order struct {
	Invoice   string
	Amount    int64
	Discounts []int64 // promo discounts; DOKU takes off at most one of them
	Plan      Plan
	Readers   []string // digests of the subjects who may read it; see ReaderOf
	Metadata  Metadata // the merchant's own texts; nil if there are none
	CreatedAt time.Time
	PageEnd   time.Time // last moment to pay, as estimated until there is a page

	Operations []Operation    // requests to DOKU, in the order of the first attempt
	Facts      Facts          // reported events
	Watch      Watch          // progress of reconciliation
	DueAt      time.Time      // when reconciliation must look again; zero: never
	DueMoney   bool           // an open operation or an authorisation is due, rather than a page
	History    []HistoryEntry // oldest first; the latest maxHistory

	Version int64 // of the stored item; set by the store
	Format  int   // of the stored item; 0 is the first format, see Newer
}

// Plan is the requested way of payment.
type Plan struct {
	Type        string // SALE, AUTHORIZE, INSTALLMENT, MOTO, RECURRING, or empty for DOKU's default
	AutoCapture bool
	Acquirer    string // of an installment
	Tenor       int64  // of an installment, in months
}

// Operation returns the operation with an ID.
func (o Order) Operation(id string) (Operation, bool) {
	i := slices.IndexFunc(o.Operations, func(op Operation) bool { return op.ID == id })
	if i < 0 {
		return Operation{}, false
	}
	return o.Operations[i], true
}

// withOperation returns the order with op added, or in place of the operation with the same ID.
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

// Stamp returns t in UTC and whole milliseconds. All times of an order have this form, so that an order reads back
// from the store as it was written.
func Stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
