// Package settlement reads DOKU's settlement reports and applies them to the orders. A report is validated whole before
// any of its rows is applied.
package settlement

import (
	"io"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// Kind is the kind of a row: Sale, Unknown, or one of order.MovementKind.
type Kind string

// The kinds of rows.
const (
	Sale       Kind = "sale"
	Refund     Kind = Kind(order.MovedRefund)
	Void       Kind = Kind(order.MovedVoid)
	Chargeback Kind = Kind(order.MovedChargeback)
	Reversal   Kind = Kind(order.MovedReversal)
	Unknown    Kind = "unknown" // its word is not in Options.Words; it is never booked

	// Other is the kind of payment.Sum under which the rows of other channels are summed.
	Other Kind = "other"
)

// Row is one row of a report. Amounts are in whole rupiah. The customer's name is not read.
type Row struct {
	Line     int // in the file, from 1
	Number   int // the report's, or the row's place if the report has no numbers; unique in the report
	Merchant string
	Channel  string
	Invoice  string
	Kind     Kind

	Amount   int64 // above 0, except for Unknown
	Fee      int64
	Discount int64
	Net      int64 // paid to the merchant; negative if money was taken back

	TransactionDate time.Time // midnight in Jakarta; zero if the report has none
	PaidOut         time.Time // likewise
}

// Source opens a report at its beginning. It is called once for each pass over the report.
type Source func() (io.ReadCloser, error)

// Report is a report whose whole file is valid.
type Report struct {
	Batch   payment.Batch // not applied: without state, sums and counts
	Bytes   int64
	options Options
	source  Source
}
