package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"kasir/shared/settlement"
	"kasir/shared/spreadsheet"
)

// refusal is the result of a file that is no report, or a wrong one. Nothing of it was booked.
type refusal struct {
	Report string  `json:"report"` // the object's key
	State  string  `json:"state"`  // refused
	Error  string  `json:"error"`
	Faults []fault `json:"faults"`
	More   int     `json:"more,omitempty"` // further faults
}

// fault is a place that is wrong.
type fault struct {
	Line    int    `json:"line,omitempty"` // from 1; absent for the whole file
	Column  string `json:"column,omitempty"`
	Problem string `json:"problem"`
}

// refuses reports whether an error is about the file, so that another run would not help.
func refuses(err error) bool {
	_, invalid := errors.AsType[*settlement.Invalid](err)
	return invalid || errors.Is(err, settlement.ErrOtherContent)
}

func newRefusal(key string, err error) refusal {
	r := refusal{Report: key, State: "refused", Error: err.Error(), Faults: []fault{}}
	if wrong, ok := errors.AsType[*settlement.Invalid](err); ok {
		r.More = wrong.More
		for _, f := range wrong.Faults {
			r.Faults = append(r.Faults, fault{f.Line, f.Column, f.Text})
		}
	}
	return r
}

// WriteJSON writes the refusal as JSON.
func (r refusal) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// WriteCSV writes the faults, one a line.
func (r refusal) WriteCSV(w io.Writer) error {
	lines := csv.NewWriter(w)
	lines.Write([]string{"line", "column", "problem"})
	if len(r.Faults) == 0 {
		lines.Write([]string{"", "", spreadsheet.Text(r.Error)})
	}
	for _, f := range r.Faults {
		lines.Write([]string{strconv.Itoa(f.Line), spreadsheet.Text(f.Column), spreadsheet.Text(f.Problem)})
	}
	lines.Flush()
	return lines.Error()
}
