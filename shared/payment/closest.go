package payment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Limits of Page.Closest.
const (
	mostClosest  = 5
	mostMistakes = 3 // characters to add, drop or replace; two swapped characters are two
)

// Closest returns those of some invoice numbers that differ the least from an invoice number, the closest first.
// Capitals do not count.
func Closest(invoice string, others []string) []string {
	type candidate struct {
		invoice  string
		mistakes int
	}
	var found []candidate
	for _, other := range others {
		mistakes := levenshtein.ComputeDistance(strings.ToUpper(invoice), strings.ToUpper(other))
		if mistakes <= mostMistakes && mistakes < len(invoice) {
			found = append(found, candidate{other, mistakes})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.mistakes, b.mistakes) })
	var invoices []string
	for _, c := range found[:min(len(found), mostClosest)] {
		invoices = append(invoices, c.invoice)
	}
	return invoices
}
