package settlement

import (
	"strings"

	"kasir/shared/doku"
)

// parser reads the rows of a report.
type parser struct {
	layout  layout
	options Options
	invalid *Invalid
	count   int // rows that were read
}

// row reads a row. ok is false if it has a fault, which is then added. written are the amounts as the report writes
// them.
func (p *parser) row(cells []string, line int) (r Row, written amounts, ok bool) {
	p.count++
	before := len(p.invalid.Faults) + p.invalid.More
	if p.width(cells, line); len(p.invalid.Faults)+p.invalid.More > before {
		return r, written, false
	}
	text := func(name string) string {
		if i, there := p.layout.place[name]; there && i < len(cells) {
			return clean(cells[i])
		}
		return ""
	}
	r = Row{Line: line, Number: p.count, Merchant: text(ColumnMerchant), Channel: text(ColumnChannel),
		Invoice: text(ColumnInvoice), Kind: p.options.Words.kind(text(ColumnTransaction))}
	if _, numbered := p.layout.place[ColumnNumber]; numbered {
		r.Number = int(p.number(line, ColumnNumber, text(ColumnNumber)))
		if r.Number < 1 || r.Number > maxNumber {
			p.fault(line, ColumnNumber, "must be a number between 1 and 10,000,000")
		}
	}
	written = amounts{
		p.number(line, ColumnAmount, text(ColumnAmount)), p.optional(line, ColumnFee, text(ColumnFee)),
		p.optional(line, ColumnDiscount, text(ColumnDiscount)), p.number(line, ColumnPayout, text(ColumnPayout)),
	}
	if date := text(ColumnDate); date != "" {
		at, problem := day(date)
		if r.TransactionDate = at; problem != "" {
			p.fault(line, ColumnDate, "%s", problem)
		}
	}
	at, problem := day(text(ColumnPayoutDate))
	if r.PaidOut = at; problem != "" {
		p.fault(line, ColumnPayoutDate, "%s", problem)
	}
	if r.Kind != Unknown && r.Invoice == "" {
		p.fault(line, ColumnInvoice, "is empty")
	}
	if len(p.invalid.Faults)+p.invalid.More > before {
		return r, written, false
	}
	return p.balance(r, written)
}

// maxNumber is the highest number of a row.
const maxNumber = 10_000_000

// balance fills in the amounts of a row, and checks them against each other.
func (p *parser) balance(r Row, written amounts) (Row, amounts, bool) {
	r, ok := written.fill(r)
	if !ok {
		p.fault(r.Line, ColumnPayout, "is %d, but %s less %s and %s is %d", written.net,
			p.options.spelled(ColumnAmount), p.options.spelled(ColumnFee), p.options.spelled(ColumnDiscount),
			written.amount-written.fee-written.discount)
	}
	return r, written, ok
}

// width adds a fault for a row with more cells than the header, or with too few.
func (p *parser) width(cells []string, line int) {
	n := len(cells)
	for n > p.layout.width && clean(cells[n-1]) == "" {
		n--
	}
	if n > p.layout.width {
		p.invalid.add(line, "",
			"has %d cells, and the header has %d: a comma may stand in a cell without quotation marks",
			n, p.layout.width)
		return
	}
	for _, c := range columns {
		if i, there := p.layout.place[c.name]; there && i >= n && c.needed {
			p.fault(line, c.name, "is missing: the row has %d cells", n)
			return
		}
	}
}

// number reads a whole number of rupiah. It adds a fault if the cell is none.
func (p *parser) number(line int, column, cell string) int64 {
	n, problem := rupiah(cell)
	if problem != "" {
		p.fault(line, column, "%s", problem)
	}
	return n
}

// optional reads a whole number of rupiah. An empty cell is 0.
func (p *parser) optional(line int, column, cell string) int64 {
	if cell == "" {
		return 0
	}
	return p.number(line, column, cell)
}

func (p *parser) fault(line int, column, text string, args ...any) {
	p.invalid.add(line, p.options.spelled(column), text, args...)
}

// shown returns an invoice number as it may be logged, printed and kept with a difference.
func (r Row) shown() string { return strings.Clone(doku.ScrubInvoice(r.Invoice)) }
