package report

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

const (
	otherMerchant = "Other Merchant"
	signInPage    = "<!doctype html>\n<title>Sign in</title>\n<p>Please sign in.</p>\n"
)

// firstAt returns the index of the first sale, or 0 without one.
func (r *Report) firstAt() int {
	return max(0, slices.IndexFunc(r.Rows, func(row Row) bool { return row.Type == Sale }))
}

func (r *Report) first() *Row { return &r.Rows[r.firstAt()] }

// add adds a changed copy of the first sale.
func (r *Report) add(change func(*Row)) {
	row := *r.first()
	change(&row)
	r.Rows = append(r.Rows, row)
}

func dropFirst(r *Report) { r.Rows = slices.Delete(r.Rows, r.firstAt(), r.firstAt()+1) }

func makeAdjustment(row *Row) {
	row.Type, row.Amount, row.Fee, row.Discount, row.Net = "Adjustment", -5000, 0, 0, -5000
}

func makeForeign(row *Row) { row.Merchant, row.Invoice = otherMerchant, "OTHER-"+row.Invoice }

func makeAllForeign(r *Report) {
	for i := range r.Rows {
		makeForeign(&r.Rows[i])
	}
}

func addFormulas(r *Report) {
	starts := []string{`=HYPERLINK("http://127.0.0.1:9","x")`, "+1+1", "-2+3", "@SUM(1)", "\t=1+1"}
	for i := range r.Rows {
		r.Rows[i].Customer = starts[i%len(starts)]
	}
}

func addAccents(r *Report) {
	for i := range r.Rows {
		r.Rows[i].Customer = "Jos\u00e9"
	}
}

// toLatin1 replaces each character by its byte in Latin-1, and one that Latin-1 does not have by a question mark.
func toLatin1(file []byte) []byte {
	out := make([]byte, 0, len(file))
	for _, c := range string(file) {
		if c > 0xff {
			c = '?'
		}
		out = append(out, byte(c))
	}
	return out
}

func addMark(file []byte) []byte { return append([]byte("\ufeff"), file...) }

func endLinesInCRLF(file []byte) []byte {
	return bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n"))
}

// cutShort ends a file in the middle of its last line.
func cutShort(file []byte) []byte {
	last := bytes.LastIndexByte(bytes.TrimSuffix(file, []byte("\n")), '\n') + 1
	return file[:last+(len(file)-last)/2]
}

func (s *sheet) raiseTotal(label string, by int64) {
	for _, total := range s.totals {
		if total[0] == label {
			n, _ := strconv.ParseInt(total[1], 10, 64)
			total[1] = rupiah(n + by)
		}
	}
}

// change changes every cell, also labels and names of columns.
func (s *sheet) change(cell func(string) string) {
	for _, row := range slices.Concat(s.totals, [][]string{s.columns}, s.rows) {
		for i := range row {
			row[i] = cell(row[i])
		}
	}
}

func trimRows(s *sheet) {
	for i, row := range s.rows {
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		s.rows[i] = row
	}
}

func reverseColumns(s *sheet) {
	for _, row := range append([][]string{s.columns}, s.rows...) {
		slices.Reverse(row)
	}
}

func (s *sheet) dropColumn(name string) {
	at := slices.Index(s.columns, name)
	s.columns = slices.Delete(s.columns, at, at+1)
	for i, row := range s.rows {
		s.rows[i] = slices.Delete(row, at, at+1)
	}
}

// group writes the numbers of rupiah with a separator between thousands.
func (s *sheet) group(separator string) {
	for _, total := range s.totals {
		if strings.Contains(total[0], "Amount") || total[0] == "Total Fee_" || total[0] == "Total Discount_" {
			total[1] = grouped(total[1], separator)
		}
	}
	for _, name := range []string{"AMOUNT", "FEE", "DISCOUNT", "PAY TO MERCHANT"} {
		at := slices.Index(s.columns, name)
		for _, row := range s.rows {
			row[at] = grouped(row[at], separator)
		}
	}
}

func grouped(number, separator string) string {
	digits := strings.TrimPrefix(number, "-")
	sign := number[:len(number)-len(digits)]
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return sign + digits
}
