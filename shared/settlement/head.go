package settlement

import (
	"errors"
	"io"
	"strings"
)

// layout is the place of each column in the rows of a report.
type layout struct {
	place map[string]int // by DOKU's name; a column that the report does not have is missing
	width int            // cells of the header
	line  int            // of the header
}

// total is a total of a report.
type total struct {
	line int
	text string
}

// maxHead is the number of lines that may stand before the header.
const maxHead = 100

// head reads a report up to the header. Lines that are neither a known total nor the header are ignored. Errors: those
// of records.next that end the file.
func head(r *records, o Options, invalid *Invalid) (layout, map[string]total, error) {
	found := map[string]total{}
	separated := ""
	for range maxHead {
		cells, line, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return layout{}, nil, err
		}
		if l, ok := o.header(cells); ok {
			l.line = line
			l.check(o, line, cells, invalid)
			return l, found, nil
		}
		if len(cells) == 1 && strings.ContainsAny(cells[0], ";\t") {
			separated = ": its cells are separated by other characters than commas"
		}
		name := o.total(cells)
		if name == "" || len(cells) < 2 {
			continue
		}
		t := total{line, clean(cells[1])}
		if before, there := found[name]; there && before.text != t.text {
			invalid.add(line, o.spelled(name), "is there twice, with another value in line %d", before.line)
		}
		found[name] = t
	}
	invalid.add(0, "",
		"the file is no settlement report%s: none of its first %d lines is the header, with columns such "+
			"as %s and %s; SETTLE_COLUMNS names columns that are called otherwise", separated, maxHead,
		o.spelled(ColumnInvoice), o.spelled(ColumnAmount))
	return layout{}, nil, nil
}

// header returns the layout of a row that has at least two needed columns.
func (o Options) header(cells []string) (layout, bool) {
	l := layout{place: map[string]int{}, width: len(cells)}
	for l.width > 0 && clean(cells[l.width-1]) == "" {
		l.width--
	}
	names, needed := foldAll(cells), 0
	for _, c := range columns {
		wanted := o.Columns.name(c.name)
		for i, name := range names {
			if name == wanted {
				if _, there := l.place[c.name]; !there && c.needed {
					needed++
				}
				l.place[c.name] = i
			}
		}
	}
	return l, needed >= 2
}

// check adds a fault for each column that is missing or there twice.
func (l layout) check(o Options, line int, cells []string, invalid *Invalid) {
	names := foldAll(cells)
	for _, c := range columns {
		wanted, count := o.Columns.name(c.name), 0
		for _, name := range names {
			if name == wanted {
				count++
			}
		}
		switch {
		case count > 1:
			invalid.add(line, o.spelled(c.name), "is the name of %d columns", count)
		case count == 0 && c.needed, count == 0 && c.name == ColumnMerchant && len(o.Merchants) > 0:
			invalid.add(line, o.spelled(c.name), "is not among the columns; SETTLE_COLUMNS names it if it is called "+
				"otherwise")
		}
	}
}

// foldAll returns the cells in the form of fold.
func foldAll(cells []string) []string {
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = fold(clean(cell))
	}
	return names
}

// total returns DOKU's name of the total in a row, or "".
func (o Options) total(cells []string) string {
	label := fold(clean(cells[0]))
	if label == "" {
		return ""
	}
	for _, name := range totals {
		if label == o.Columns.name(name) {
			return name
		}
	}
	return ""
}

// spelled returns the name of a column or total in the report.
func (o Options) spelled(name string) string {
	if theirs := strings.TrimSpace(o.Columns[name]); theirs != "" {
		return theirs
	}
	return name
}
