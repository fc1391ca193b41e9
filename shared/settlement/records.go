package settlement

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// Limits of a file. A report of 100,000 rows has about 20 MB.
const (
	maxBytes  = 100 << 20
	maxRecord = 64 << 10 // bytes of one row, with the empty lines before it
	maxRows   = 1_000_000
)

var (
	errTooLarge = fmt.Errorf("the file has more than %d MB; no settlement report is that large", maxBytes>>20)
	errLongLine = fmt.Errorf("a line has more than %d kB, or a quotation mark is not closed", maxRecord>>10)
)

// records reads the rows of a file. It holds one of them in memory.
type records struct {
	csv   *csv.Reader
	limit *limit
	line  int // of the row that was read last
}

// limit passes a file on, up to the end that a row may have. It keeps the digest of what it has passed.
type limit struct {
	from   io.Reader
	digest hash.Hash
	passed int64
	until  int64
}

func (l *limit) Read(to []byte) (int, error) {
	switch {
	case l.passed >= maxBytes:
		return 0, errTooLarge
	case l.passed >= l.until:
		return 0, errLongLine
	}
	n, err := l.from.Read(to[:min(int64(len(to)), l.until-l.passed, maxBytes-l.passed)])
	l.digest.Write(to[:n])
	l.passed += int64(n)
	return n, err
}

// notReports are the beginnings of files that people take for the report.
var notReports = []struct{ begin, text string }{
	{"PK\x03\x04", "the file is a spreadsheet (XLSX): choose CSV in DOKU's Back Office"},
	{"%PDF", "the file is a PDF: choose CSV in DOKU's Back Office"},
	{"\xff\xfe", "the file is in UTF-16: save it as CSV in UTF-8"},
	{"\xfe\xff", "the file is in UTF-16: save it as CSV in UTF-8"},
	{"\xd0\xcf\x11\xe0", "the file is a spreadsheet (XLS): choose CSV in DOKU's Back Office"},
	{"\x1f\x8b", "the file is compressed: unpack it"},
}

const byteOrderMark = "\ufeff"

// newRecords begins to read a file. Errors: *Invalid.
func newRecords(file io.Reader) (*records, error) {
	l := &limit{from: file, digest: sha256.New(), until: maxRecord}
	in := bufio.NewReader(l)
	begin, err := in.Peek(len(byteOrderMark) + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	invalid := &Invalid{}
	for _, n := range notReports {
		if bytes.HasPrefix(begin, []byte(n.begin)) {
			invalid.add(0, "", "%s", n.text)
			return nil, invalid
		}
	}
	if bytes.HasPrefix(begin, []byte(byteOrderMark)) {
		in.Discard(len(byteOrderMark))
	}
	r := &records{csv: csv.NewReader(in), limit: l}
	r.csv.FieldsPerRecord, r.csv.ReuseRecord = -1, true
	return r, nil
}

// next returns the cells of the next row that has any, and its line. They are valid until the next call. The error is
// io.EOF at the end, a *csv.ParseError after which the next row can be read, or one that ends the file.
func (r *records) next() (cells []string, line int, err error) {
	for {
		r.limit.until = r.limit.passed + maxRecord
		cells, err = r.csv.Read()
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return nil, wrong.StartLine, err
		}
		if err != nil {
			return nil, r.line, err
		}
		r.line, _ = r.csv.FieldPos(0)
		for _, cell := range cells {
			if clean(cell) != "" {
				return cells, r.line, nil
			}
		}
	}
}

// sum returns the digest of the file, after its end, and its size.
func (r *records) sum() (digest string, size int64) {
	return hex.EncodeToString(r.limit.digest.Sum(nil)), r.limit.passed
}

// explain returns the sentence for an error of next that is about the file's content, and "" for another error.
func explain(err error) string {
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		return "a quotation mark is inside a cell that has none around it"
	case errors.Is(err, csv.ErrQuote):
		return "a quotation mark inside a cell must be doubled, and each cell that begins with one must end with one"
	case errors.Is(err, errTooLarge), errors.Is(err, errLongLine):
		return strings.TrimSpace(err.Error())
	}
	return ""
}
