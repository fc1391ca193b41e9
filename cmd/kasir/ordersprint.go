package main

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"kasir/shared/spreadsheet"
)

// writer returns the writer of the orders: as lines for people, or as comma-separated values.
func (l *listing) writer(s *screen, attention bool) rowsWriter {
	if l.csv {
		return l.csvWriter(s)
	}
	return func(rows []listedRow) error {
		table := tabwriter.NewWriter(s.text, 0, 4, 2, ' ', 0)
		for _, row := range rows {
			status := s.paint(statusColour(row.Status), string(row.Status))
			if row.Closed != nil {
				status += ", closed"
			}
			fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", row.Invoice, status, row.Amount, formatTime(row.CreatedAt))
			if attention || row.newer {
				writeReasons(table, s, row.Attention)
			}
		}
		return table.Flush()
	}
}

var csvHead = []string{
	"invoice_number", "status", "amount", "created_at", "captured", "refunded", "card", "closed_at", "attention",
}

// csvWriter writes a head and then a line for each order.
func (l *listing) csvWriter(s *screen) rowsWriter {
	out, begun := csv.NewWriter(s.out), false
	return func(rows []listedRow) error {
		if !begun {
			out.Write(csvHead)
			begun = true
		}
		for _, row := range rows {
			closed, kinds := "", []string(nil)
			if row.Closed != nil {
				closed = formatTime(row.Closed.At)
			}
			for _, r := range row.Attention {
				kinds = append(kinds, string(r.Kind))
			}
			out.Write([]string{
				l.cell(row.Invoice), l.cell(string(row.Status)), number(row.Amount), formatTime(row.CreatedAt),
				number(row.Captured), number(row.Refunded), l.cell(row.Card), closed, l.cell(strings.Join(kinds, " ")),
			})
		}
		out.Flush()
		return out.Error()
	}
}

// cell returns a text for a spreadsheet; see spreadsheet.Text.
func (l *listing) cell(text string) string {
	if l.raw {
		return text
	}
	return spreadsheet.Text(text)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
