package payment

import (
	"context"
	"errors"
	"time"
)

// BatchStore keeps the batches that were read from settlement reports. Reads see every acknowledged write.
type BatchStore interface {
	// Batch reads a batch by its ID. It returns ErrNoBatch if there is none.
	Batch(ctx context.Context, id string) (Batch, error)
	// PutBatch writes a batch if its stored version is still b.Version, and raises the version by one. A version of 0
	// creates the batch. It returns ErrConflict if another write was faster.
	PutBatch(ctx context.Context, b Batch) error
	// Batches returns the batches whose reports were first read in a year, the newest first. Years begin in Jakarta.
	Batches(ctx context.Context, year int) ([]Batch, error)
	// FirstBatch returns the time at which the first report of a year was first read. It is zero if none was.
	FirstBatch(ctx context.Context, year int) (time.Time, error)
	// PutDifferences keeps the differences of a part of a batch, and returns those that are kept. The first write of a
	// part stands.
	PutDifferences(ctx context.Context, id string, part int, all []Difference) ([]Difference, error)
	// Differences reads the differences of the first parts of a batch, in their order.
	Differences(ctx context.Context, id string, parts int) ([]Difference, error)
}

// ErrNoBatch means that no report of the batch was read.
var ErrNoBatch = errors.New("no such batch")

// BatchState is the state of a batch.
type BatchState string

// The states of a batch.
const (
	BatchApplying BatchState = "applying" // its rows are being applied, or a run has died and another continues it
	BatchDone     BatchState = "done"     // all its rows were applied
)

// Batch is one settlement of DOKU, as its report describes it, and how far the report was applied. Amounts are in whole
// rupiah.
type Batch struct {
	ID     string // digest of Name, 12 hexadecimal digits
	Name   string // the batch ID in the report
	SHA256 string // of the report, hexadecimal
	State  BatchState
	Rows   int // in the report
	Next   int // the number of rows that were applied; a run that died is continued here
	Parts  int // the number of parts whose differences are kept

	PaidOut   time.Time // the last pay-out date in the report
	StartedAt time.Time // when the report was first read
	EndedAt   time.Time // when its last row was applied

	Sums    []Sum // of the applied rows, by kind
	Counts  []DifferenceCount
	Version int64
}

// Sum is the sum of the rows of one kind.
type Sum struct {
	Kind     string // see settlement.Kind; other for rows of other channels
	Count    int
	Amount   int64
	Fee      int64
	Discount int64
	Net      int64 // paid to the merchant; negative for money that was taken back
}

// DifferenceCount is the number of differences of one kind.
type DifferenceCount struct {
	Kind  DifferenceKind
	Count int
}

// DifferenceKind is the kind of a difference between a settlement report and the orders.
type DifferenceKind string

// The kinds of differences. Package settlement has the meaning of each.
const (
	DiffersMissing     DifferenceKind = "missing_here"
	DiffersAmount      DifferenceKind = "amount"
	DiffersFee         DifferenceKind = "fee"
	DiffersUnknownKind DifferenceKind = "unknown_kind"
	DiffersRefund      DifferenceKind = "refund_not_ours"
	DiffersChargeback  DifferenceKind = "charged_back"
	DiffersTwice       DifferenceKind = "settled_twice"
	DiffersUnreadable  DifferenceKind = "unreadable"
)

// Difference is a row of a settlement report that does not match the orders.
type Difference struct {
	Kind    DifferenceKind
	Line    int    // in the report, from 1
	Row     int    // the report's number of the row
	Invoice string // with what may be a card number masked, see doku.ScrubInvoice
	Ours    int64  // whole rupiah; the note explains it
	Theirs  int64
	Note    string // for a person
}
