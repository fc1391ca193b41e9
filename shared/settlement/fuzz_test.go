package settlement

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// FuzzOpen reads any file. A file that is accepted has the rows that were counted, and amounts that fit each other.
func FuzzOpen(f *testing.F) {
	content, err := os.ReadFile("testdata/seen.csv")
	if err != nil {
		f.Fatal(err)
	}
	seen := string(content)
	for _, change := range [][2]string{
		{"", ""}, {"\n", "\r\n"}, {",", ";"}, {"Anton Budiman", `"An""ton, B"`}, {"205000", `"205,000.00"`},
		{"Purchase", "Refund"}, {"Anton", "Ren\xe9"}, {"205000", "-205000"}, {"NO,", "\ufeffNO,"}, {"\n", "\n\n"},
	} {
		f.Add(strings.ReplaceAll(seen, change[0], change[1]))
	}
	f.Fuzz(func(t *testing.T, content string) {
		r, err := Open(text(content), Options{})
		var invalid *Invalid
		if err != nil {
			if !errors.As(err, &invalid) || len(invalid.Faults) == 0 || len(invalid.Faults) > maxFaults {
				t.Fatalf("%v", err)
			}
			return
		}
		rows := 0
		if err := r.each(0, func(row Row) error {
			rows++
			out := row.Kind == Refund || row.Kind == Void || row.Kind == Chargeback
			moved := row.Amount
			if out {
				moved = -moved
			}
			if row.Kind != Unknown && (row.Amount <= 0 || moved-row.Fee-row.Discount != row.Net || row.Invoice == "") {
				t.Errorf("%+v", row)
			}
			return nil
		}); err != nil || rows != r.Batch.Rows {
			t.Fatalf("%d rows of %d, %v", rows, r.Batch.Rows, err)
		}
	})
}
