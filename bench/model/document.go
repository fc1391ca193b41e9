package model

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Row is a row of a table in docs/scale.md. The document has its texts, and this package its figures.
type Row struct {
	Words   string // of the row, and of no other
	Leads   bool   // the figure is the first cell; otherwise the figures are the last cells
	Figures []string
}

// Fill returns a document with the figures of the rows, and the lines that have changed by that. It returns an error
// for each row whose words are not in exactly one line of a table.
func Fill(document string, rows []Row) (filled string, changed []string, err error) {
	lines := strings.Split(document, "\n")
	for _, r := range rows {
		found := 0
		for i, line := range lines {
			if !strings.HasPrefix(line, "|") || !strings.Contains(line, r.Words) {
				continue
			}
			found++
			cells := strings.Split(line, "|") // the first and the last are empty
			from := len(cells) - 1 - len(r.Figures)
			if r.Leads {
				from = 1
			}
			for n, figure := range r.Figures {
				cells[from+n] = " " + figure + " "
			}
			if lines[i] = strings.Join(cells, "|"); lines[i] != line {
				changed = append(changed, lines[i])
			}
		}
		if found != 1 {
			err = errors.Join(err, fmt.Errorf("%d rows have the words %q", found, r.Words))
		}
	}
	return strings.Join(lines, "\n"), changed, err
}

// thousands writes a whole number with separators.
func thousands(n float64) string {
	text := fmt.Sprintf("%.0f", math.Floor(n))
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func dollars(price float64) string { return fmt.Sprintf("%.2f", price) }
