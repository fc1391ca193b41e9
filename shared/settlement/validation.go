package settlement

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// validation is the first pass over a report.
type validation struct {
	options  Options
	invalid  *Invalid
	batch    string
	block    block
	paidOut  time.Time
	merchant string   // the report's only name
	numbers  []uint64 // a bit for each number of a row that was read
}

// read reads a report to its end. It collects the faults of its content. The error is another one.
func (v *validation) read(r *records) error {
	l, found, err := head(r, v.options, v.invalid)
	if err != nil {
		return v.end(r, err)
	}
	if len(v.invalid.Faults) > 0 && l.place == nil {
		return nil
	}
	v.checkBatch(found)
	if len(v.invalid.Faults) > 0 {
		return nil
	}
	if err := v.rows(r, l); err != nil {
		return v.end(r, err)
	}
	if len(v.invalid.Faults) == 0 { // otherwise rows are missing in the sums
		v.block.check(v.options, found, v.invalid)
	}
	return nil
}

// end adds an error that ends the file as a fault if it is about the content.
func (v *validation) end(r *records, err error) error {
	text := explain(err)
	if text == "" {
		return fmt.Errorf("reading the report: %w", err)
	}
	line := r.line + 1
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		line = wrong.StartLine
	}
	v.invalid.add(line, "", "%s", text)
	return nil
}

// rows reads the rows after the header.
func (v *validation) rows(r *records, l layout) error {
	p := parser{layout: l, options: v.options, invalid: v.invalid}
	for {
		cells, line, err := r.next()
		if errors.Is(err, io.EOF) || v.invalid.More >= manyFaults {
			return nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			v.invalid.add(line, "", "%s", explain(err))
			continue
		}
		if err != nil {
			return err
		}
		if p.count == maxRows {
			v.invalid.add(line, "", "the report has more than %d rows", maxRows)
			return nil
		}
		row, written, ok := p.row(cells, line)
		if !ok {
			continue
		}
		v.unique(row)
		v.checkMerchant(row)
		v.block.add(row, written)
		if row.PaidOut.After(v.paidOut) {
			v.paidOut = row.PaidOut
		}
	}
}

// unique adds a fault if the number of a row was used before.
func (v *validation) unique(r Row) {
	word, bit := r.Number/64, uint64(1)<<(r.Number%64)
	for word >= len(v.numbers) {
		v.numbers = append(v.numbers, make([]uint64, max(64, len(v.numbers)))...)
	}
	if v.numbers[word]&bit != 0 {
		v.invalid.add(r.Line, v.options.spelled(ColumnNumber), "is %d, as in a row before", r.Number)
	}
	v.numbers[word] |= bit
}

// checkMerchant adds a fault for a row of another merchant.
func (v *validation) checkMerchant(r Row) {
	column := v.options.spelled(ColumnMerchant)
	switch {
	case len(v.options.Merchants) > 0:
		if !sameName(v.options.Merchants, r.Merchant) {
			v.invalid.add(r.Line, column, "is not a name in SETTLE_MERCHANT: it is a report of another merchant")
		}
	case v.block.rows == 0:
		v.merchant = strings.Clone(r.Merchant)
	case fold(v.merchant) != fold(r.Merchant):
		v.invalid.add(r.Line, column, "is another name than in the rows before: list all your names in SETTLE_MERCHANT")
	}
}
