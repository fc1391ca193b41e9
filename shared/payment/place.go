package payment

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Index names a list of orders that a Store keeps.
type Index string

// The lists. Every order is in ByDay, and in ByCustomer under one customer. ByAttention has the orders with an open
// case; see order.Order.Cases.
const (
	ByDay       Index = "day"
	ByCustomer  Index = "customer"
	ByAttention Index = "attention"
)

// Indexes lists every Index, in the order in which a deployment creates them.
var Indexes = []Index{ByDay, ByCustomer, ByAttention}

// ListShards is the number of partitions over which a Store spreads ByDay. It may be raised, but not lowered: lists do
// not read partitions beyond it.
const ListShards = 4

// Place is the place of an order in every list: its time of creation in milliseconds and its invoice number. Places
// sort as text, by time.
type Place string

const placeDigits = 13 // of the milliseconds, enough until the year 2286

// PlaceOf returns the place of an order. A time before 1970 counts as 1970.
func PlaceOf(created time.Time, invoice string) Place {
	return timePlace(created) + Place("#"+invoice)
}

// timePlace returns the text with which the places of a time begin.
func timePlace(at time.Time) Place {
	ms := int64(0)
	if !at.IsZero() {
		ms = max(at.UnixMilli(), 0)
	}
	return Place(fmt.Sprintf("%0*d", placeDigits, ms))
}

// Millis returns the time of a place, or 0 if p has not the form of a place.
func (p Place) Millis() int64 {
	digits, _, _ := strings.Cut(string(p), "#")
	ms, _ := strconv.ParseInt(digits, 10, 64)
	return ms
}

// Invoice returns the invoice number of a place.
func (p Place) Invoice() string {
	_, invoice, _ := strings.Cut(string(p), "#")
	return invoice
}

// valid reports whether p has the form of PlaceOf, or of timePlace.
func (p Place) valid() bool {
	digits, invoice, named := strings.Cut(string(p), "#")
	_, err := strconv.ParseUint(digits, 10, 63)
	return err == nil && len(digits) == placeDigits && (!named || doku.ValidInvoiceNumber(invoice))
}

// Range is a part of a list.
type Range struct {
	Index    Index
	Customer string // digest of the customer, of ByCustomer; see order.ReaderOf
	From, To Place  // the first place, and the one after the last
}

// Stored is an order as a Store read it. Err is set instead of Order if the item cannot be read.
type Stored struct {
	Invoice string
	Order   order.Order
	Err     error
}
