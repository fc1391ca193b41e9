package settlement

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"kasir/shared/payment"
)

// Open reads a whole report and checks it. It applies nothing, and holds no rows in memory. Errors: *Invalid for a file
// that is not a report that can be applied, and the errors of source.
func Open(source Source, o Options) (*Report, error) {
	file, err := source()
	if err != nil {
		return nil, fmt.Errorf("opening the report: %w", err)
	}
	defer file.Close()
	r, err := newRecords(file)
	if err != nil {
		return nil, err
	}
	v := validation{invalid: &Invalid{}, options: o}
	if err := v.read(r); err != nil {
		return nil, err
	}
	if err := v.invalid.err(); err != nil {
		return nil, err
	}
	report := &Report{options: o, source: source, Batch: payment.Batch{
		ID: digest(v.batch), Name: v.batch, Rows: v.block.rows, PaidOut: v.paidOut.UTC(),
	}}
	if v.merchant != "" {
		report.Batch.Merchant, report.line = digest(fold(v.merchant)), v.line
	}
	report.Batch.SHA256, report.Bytes = r.sum()
	return report, nil
}

// digest returns the digest of a batch ID, or of a merchant's name.
func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:6])
}

// batchForm matches a batch ID. The real one has 72 characters.
var batchForm = lazyRegexp(`^[A-Za-z0-9._:-]{1,128}$`)

// checkBatch checks the batch ID of a report.
func (v *validation) checkBatch(found map[string]total) {
	t, there := found[TotalBatch]
	name := v.options.spelled(TotalBatch) + "_"
	switch {
	case !there || t.text == "":
		v.invalid.add(t.line, name,
			"is missing: a report without a batch ID is not applied, since it could not be told "+
				"from a report that was applied before")
	case !batchForm().MatchString(t.text):
		v.invalid.add(t.line, name, "must be at most 128 letters, digits and . _ - : without spaces")
	}
	v.batch = strings.Clone(t.text)
}

// each calls see with each row from the nth on, counted from 0, until see returns an error. The report's content must
// be the one that Open has read.
func (r *Report) each(from int, see func(Row) error) error {
	file, err := r.source()
	if err != nil {
		return fmt.Errorf("opening the report: %w", err)
	}
	defer file.Close()
	in, err := newRecords(file)
	if err != nil {
		return err
	}
	p := parser{options: r.options, invalid: &Invalid{}}
	if p.layout, _, err = head(in, r.options, p.invalid); err != nil {
		return fmt.Errorf("reading the report: %w", err)
	}
	for {
		cells, line, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading the report, line %d: %w", line, err)
		}
		row, _, ok := p.row(cells, line)
		if !ok {
			return p.invalid
		}
		if p.count <= from {
			continue
		}
		if err := see(row); err != nil {
			return err
		}
	}
	if digest, _ := in.sum(); digest != r.Batch.SHA256 {
		return errors.New("the report was changed while it was read")
	}
	return nil
}

// sameName reports whether two names differ only in case and spaces.
func sameName(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return fold(n) == fold(name) })
}
