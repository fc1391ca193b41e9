package report

import "slices"

// Malformation is a way in which a report can be wrong or unusual.
type Malformation struct {
	Name  string `json:"name"`
	About string `json:"about"`

	rows  func(*Report)       // changes rows; the totals follow. May be nil, like the next two.
	cells func(*sheet)        // changes cells
	file  func([]byte) []byte // changes bytes
}

// OtherContent is the malformation of a batch that was sent before with other content.
const OtherContent = "other_content"

// Malformations are all of them.
var Malformations = []Malformation{
	{Name: "wrong_sums", About: "Total Settlement Amount_ is 1000 more than the sum of the rows",
		cells: func(s *sheet) { s.raiseTotal("Total Settlement Amount_", 1000) }},
	{Name: "wrong_count", About: "Total Transactions_ is 1 more than the number of rows",
		cells: func(s *sheet) { s.raiseTotal("Total Transactions_", 1) }},
	{Name: "wrong_row", About: "PAY TO MERCHANT of a row is 1000 more than AMOUNT - FEE - DISCOUNT; the totals follow",
		rows: func(r *Report) { r.first().Net += 1000 }},
	{Name: "differing_amount",
		About: "AMOUNT of a row is 1000 more than the payment; PAY TO MERCHANT and the totals follow",
		rows:  func(r *Report) { r.first().Amount += 1000; r.first().Net += 1000 }},
	{Name: "missing_payment", About: "a payment has no row; the totals follow", rows: dropFirst},
	{Name: "unknown_invoice", About: "one row more, of the invoice UNKNOWN-ORDER-1",
		rows: func(r *Report) { r.add(func(row *Row) { row.Invoice = "UNKNOWN-ORDER-1" }) }},
	{Name: "unknown_kind", About: "one row more, of the TRANSACTION TYPE Adjustment and -5000, of a known invoice",
		rows: func(r *Report) { r.add(makeAdjustment) }},
	{Name: "other_merchant", About: "one row more, of another MERCHANT NAME",
		rows: func(r *Report) { r.add(makeForeign) }},
	{Name: "other_merchant_report", About: "every row has another MERCHANT NAME and an invoice of that merchant",
		rows: makeAllForeign},
	{Name: "repeated_row", About: "a row is there twice, with two values of NO; the totals follow",
		rows: func(r *Report) { r.add(func(*Row) {}) }},
	{Name: OtherContent, About: "the newest batch again; FEE of a row is 1 more, and the totals follow",
		rows: func(r *Report) { r.first().Fee++; r.first().Net-- }},
	{Name: "formulas", About: "CUSTOMER NAME begins like a formula: with = + - @ or a tab", rows: addFormulas},
	{Name: "latin1", About: "CUSTOMER NAME has an e with acute, and the file is Latin-1",
		rows: addAccents, file: toLatin1},
	{Name: "bom", About: "a byte order mark before the first label", file: addMark},
	{Name: "crlf", About: "lines end in CR LF", file: endLinesInCRLF},
	{Name: "no_blank_line", About: "no blank line before the header", cells: func(s *sheet) { s.blanks = 0 }},
	{Name: "doubled_blank_line", About: "two blank lines before the header", cells: func(s *sheet) { s.blanks = 2 }},
	{Name: "padded_cells", About: "a space before and after each cell",
		cells: func(s *sheet) { s.change(func(cell string) string { return " " + cell + " " }) }},
	{Name: "trimmed_cells", About: "rows end at their last cell that is not empty, and are shorter than the header",
		cells: trimRows},
	{Name: "reordered_columns", About: "the columns in the opposite order", cells: reverseColumns},
	{Name: "missing_column", About: "no column AMOUNT", cells: func(s *sheet) { s.dropColumn("AMOUNT") }},
	{Name: "cut_short", About: "the file ends in the middle of the last row", file: cutShort},
	{Name: "html", About: "a page of HTML", file: func([]byte) []byte { return []byte(signInPage) }},
	{Name: "empty", About: "no byte at all", file: func([]byte) []byte { return []byte{} }},
	{Name: "thousands_dots", About: "numbers with dots between thousands", cells: func(s *sheet) { s.group(".") }},
	{Name: "thousands_commas", About: "numbers with commas between thousands", cells: func(s *sheet) { s.group(",") }},
}

// Malformed returns the report as a file with a malformation, or without one if name is "". It returns false for an
// unknown name. The report must have a row.
func (r Report) Malformed(name string) (file []byte, known bool) {
	if name == "" {
		return r.CSV(), true
	}
	i := slices.IndexFunc(Malformations, func(m Malformation) bool { return m.Name == name })
	if i < 0 {
		return nil, false
	}
	m := Malformations[i]
	r.Rows = slices.Clone(r.Rows)
	if m.rows != nil {
		m.rows(&r)
	}
	s := sheetOf(r)
	if m.cells != nil {
		m.cells(&s)
	}
	file = s.write()
	if m.file != nil {
		file = m.file(file)
	}
	return file, true
}
