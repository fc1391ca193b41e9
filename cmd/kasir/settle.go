package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kasir/shared/settlement"
)

func settleCommand() *cobra.Command {
	var where place
	var dry bool
	c := &cobra.Command{
		Use:   "settle report.csv",
		Short: "Apply a settlement report of DOKU, and find the differences",
		Long: "Reads a settlement report in CSV, checks the whole file, and then adds its rows to the orders. It\n" +
			"prints every row that does not match the orders, with what to do. It writes the result beside the\n" +
			"report, as JSON and as CSV. A file that is wrong applies nothing.\n\n" +
			"It may be stopped at any time, and then continues where it was. The same report again has the same\n" +
			"result, and changes nothing. With --dry-run it only prints what it would find; for a report that\n" +
			"was applied these are the differences of today.\n\n" +
			"It ends with 3 if rows differ, and with 2 if the file is not a report that can be applied.",
		Example: "  kasir settle report.csv --dry-run\n  kasir settle report.csv --stage production",
		Args:    exactArgs("report.csv"),
		RunE: func(c *cobra.Command, args []string) error {
			s := screenOf(c)
			end := s.begin("opening the orders")
			defer end()
			d, err := openDesk(c.Context(), where)
			if err != nil {
				return err
			}
			defer d.close()
			s.update("checking %s", args[0])
			report, err := openReport(args[0], d.settlement)
			if err != nil {
				return err
			}
			result, err := d.settle(c, s, report, dry)
			if err != nil {
				return err
			}
			end()
			return showSettlement(s, d, args[0], result)
		},
	}
	where.flags(c, false)
	where.stageFlags(c)
	c.Flags().BoolVar(&dry, "dry-run", false, "apply nothing, and print what would differ")
	return c
}

// openReport reads and checks a report. A file that is no report is an error in the command line.
func openReport(file string, o settlement.Options) (*settlement.Report, error) {
	report, err := settlement.Open(func() (io.ReadCloser, error) { return os.Open(file) }, o)
	var invalid *settlement.Invalid
	switch {
	case errors.As(err, &invalid):
		return nil, usageError{fmt.Errorf("%s: %w", file, err)}
	case errors.Is(err, os.ErrNotExist):
		return nil, usagef("there is no file %s", file)
	}
	return report, err
}

// settle applies a report, or only compares it.
func (d *desk) settle(c *cobra.Command, s *screen, report *settlement.Report, dry bool) (settlement.Result, error) {
	applied := 0
	settler := settlement.Settler{Service: d.Service, Progress: func(rows, of int) {
		applied = rows
		s.update("%d of %d rows of the report, with the orders of %s", rows, of, d.place)
	}}
	run := settler.Apply
	if dry {
		run = settler.Compare
	}
	result, err := run(c.Context(), report)
	var other *settlement.OtherContent
	switch {
	case errors.As(err, &other):
		return result, usageError{fmt.Errorf("%w; apply the report that DOKU sent, as it is", err)}
	case err != nil && !dry:
		return result, fmt.Errorf("after %d of %d rows: %w; run it again to continue", applied, report.Batch.Rows, err)
	}
	return result, err
}

// settleDocument is the output of kasir settle --json.
type settleDocument struct {
	Place string `json:"place"`
	settlement.Result
	Files []string `json:"files,omitempty"` // that hold the result
}

// differencesError reports that a report was applied, or compared, and has differences.
type differencesError struct{ n int }

func (e differencesError) Error() string {
	if e.n == 1 {
		return "1 row of the report differs from the orders"
	}
	return fmt.Sprintf("%d rows of the report differ from the orders", e.n)
}

// showSettlement writes the files of the result and prints it.
func showSettlement(s *screen, d *desk, file string, result settlement.Result) error {
	doc := settleDocument{Place: d.place, Result: result}
	if !result.DryRun {
		var err error
		if doc.Files, err = writeResults(file, result); err != nil {
			return fmt.Errorf("the report was applied, but its result could not be written: %w; run it again", err)
		}
	}
	printSettlement(s, doc)
	if err := s.document(doc); err != nil {
		return err
	}
	rows := map[int]bool{}
	for _, difference := range result.Differences {
		rows[difference.Line] = true
	}
	if len(rows) > 0 {
		return differencesError{len(rows)}
	}
	return nil
}

// writeResults writes the result beside the report, and returns the names of the files.
func writeResults(report string, result settlement.Result) ([]string, error) {
	base := strings.TrimSuffix(report, filepath.Ext(report)) + ".result"
	var names []string
	for _, form := range []struct {
		extension string
		write     func(io.Writer) error
	}{{".json", result.WriteJSON}, {".csv", result.WriteCSV}} {
		var content strings.Builder
		if err := form.write(&content); err != nil {
			return nil, err
		}
		if err := os.WriteFile(base+form.extension, []byte(content.String()), 0o600); err != nil {
			return nil, err
		}
		names = append(names, base+form.extension)
	}
	return names, nil
}
