package settlement

import (
	"io"
	"time"

	"kasir/shared/payment"
)

// Result is the outcome of a report. It is the JSON that is written beside the report, and that GET
// /settlements/{batch} shows.
type Result struct {
	BatchView
	DryRun      bool             `json:"dry_run,omitempty"`
	Differences []DifferenceView `json:"differences"`
}

// BatchView is a batch as it is shown. Amounts are in whole rupiah.
type BatchView struct {
	ID        string                         `json:"id"`       // of the batch, in kasir
	Batch     string                         `json:"batch_id"` // in the report
	SHA256    string                         `json:"sha256"`
	State     payment.BatchState             `json:"state,omitempty"`
	Rows      int                            `json:"rows"`
	Applied   int                            `json:"applied_rows"`
	PaidOut   string                         `json:"paid_out,omitempty"` // 2026-05-04, the last date in the report
	StartedAt *time.Time                     `json:"started_at,omitempty"`
	EndedAt   *time.Time                     `json:"ended_at,omitempty"`
	Sums      map[string]SumView             `json:"sums"` // by kind of row; see Kind and Other
	Counts    map[payment.DifferenceKind]int `json:"difference_counts"`
}

// SumView is the sum of the rows of one kind.
type SumView struct {
	Count    int   `json:"count"`
	Amount   int64 `json:"amount"`
	Fee      int64 `json:"fee"`
	Discount int64 `json:"discount"`
	Net      int64 `json:"net"`
}

// DifferenceView is a difference as it is shown.
type DifferenceView struct {
	Kind    payment.DifferenceKind `json:"kind"`
	Line    int                    `json:"line"` // in the report, from 1
	Row     int                    `json:"row"`
	Invoice string                 `json:"invoice_number"`
	Ours    int64                  `json:"ours"`
	Theirs  int64                  `json:"theirs"`
	Note    string                 `json:"note"`
	Do      string                 `json:"do"` // what a person does
}

// View returns a batch as it is shown.
func View(b payment.Batch) BatchView { return BatchView{} }

// WriteJSON writes the result as JSON.
func (r Result) WriteJSON(w io.Writer) error { return nil }

// WriteCSV writes the differences as comma-separated values, one a line. Spreadsheets do not take its texts for
// formulas.
func (r Result) WriteCSV(w io.Writer) error { return nil }
