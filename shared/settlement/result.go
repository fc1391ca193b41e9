package settlement

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"time"

	"kasir/shared/payment"
	"kasir/shared/spreadsheet"
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
func View(b payment.Batch) BatchView {
	v := BatchView{
		ID: b.ID, Batch: b.Name, SHA256: b.SHA256, State: b.State, Rows: b.Rows, Applied: b.Next,
		StartedAt: known(b.StartedAt), EndedAt: known(b.EndedAt), Sums: map[string]SumView{},
		Counts: map[payment.DifferenceKind]int{},
	}
	if !b.PaidOut.IsZero() {
		v.PaidOut = b.PaidOut.In(jakarta).Format(time.DateOnly)
	}
	for _, s := range b.Sums {
		v.Sums[s.Kind] = SumView{s.Count, s.Amount, s.Fee, s.Discount, s.Net}
	}
	for _, c := range b.Counts {
		v.Counts[c.Kind] = c.Count
	}
	return v
}

func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

func newResult(b payment.Batch, all []payment.Difference) Result {
	r := Result{BatchView: View(b), Differences: make([]DifferenceView, len(all))}
	for i, d := range all {
		r.Differences[i] = DifferenceView{d.Kind, d.Line, d.Row, d.Invoice, d.Ours, d.Theirs, d.Note, Find(d.Kind).Do}
	}
	return r
}

// WriteJSON writes the result as JSON.
func (r Result) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// WriteCSV writes the differences as comma-separated values, one a line. Spreadsheets do not take its texts for
// formulas.
func (r Result) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"kind", "line", "row", "invoice_number", "ours", "theirs", "note", "do"})
	for _, d := range r.Differences {
		number := func(n int64) string { return strconv.FormatInt(n, 10) }
		out.Write([]string{
			spreadsheet.Text(string(d.Kind)), number(int64(d.Line)), number(int64(d.Row)), spreadsheet.Text(d.Invoice),
			number(d.Ours), number(d.Theirs), spreadsheet.Text(d.Note), spreadsheet.Text(d.Do),
		})
	}
	out.Flush()
	return out.Error()
}

// DifferenceKind is a row of the table of kinds of differences.
type DifferenceKind struct {
	Kind    payment.DifferenceKind
	Meaning string // the rest of a sentence about the row
	Do      string // what a person does
}

// DifferenceKinds lists the kinds of differences.
var DifferenceKinds = []DifferenceKind{
	{payment.DiffersMissing, "has no order here, or the order is not paid here",
		"run kasir refresh for the order; without an order, ask which system made the payment"},
	{payment.DiffersAmount, "has another amount than was paid",
		"compare the row with the transaction in DOKU's Back Office, and ask DOKU"},
	{payment.DiffersFee, "has another fee than agreed", "compare the fee with your contract, and ask DOKU"},
	{payment.DiffersUnknownKind, "has a kind that is not understood, and was not booked",
		"find out what it is, and record it: kasir record; for later reports, name its word in SETTLE_WORDS"},
	{payment.DiffersRefund, "is a refund or void that kasir did not ask for, and was booked",
		"find out who made it, and correct your books"},
	{payment.DiffersChargeback, "is a chargeback or its reversal, and was booked",
		"answer the dispute in DOKU's Back Office, and correct your books"},
	{payment.DiffersTwice, "settles an order that was settled before",
		"compare both rows with the transactions in DOKU's Back Office, and ask DOKU"},
	{payment.DiffersUnreadable, "has an order that cannot be read", "look at the order: kasir orders --invoice"},
}

// Find returns the row of a kind, or one without texts for a kind that it does not know.
func Find(kind payment.DifferenceKind) DifferenceKind {
	i := slices.IndexFunc(DifferenceKinds, func(k DifferenceKind) bool { return k.Kind == kind })
	if i < 0 {
		return DifferenceKind{Kind: kind}
	}
	return DifferenceKinds[i]
}
