package main

import (
	"fmt"
	"slices"
	"text/tabwriter"

	"kasir/shared/payment"
	"kasir/shared/settlement"
)

// maxPrinted is the number of differences that are printed for people. All are in the files and in the document.
const maxPrinted = 100

// printSettlement prints the sums and the differences of a report.
func printSettlement(s *screen, doc settleDocument) {
	verb := "applied"
	if doc.DryRun {
		verb = "read, and not applied,"
	}
	fmt.Fprintf(s.text, "batch %s (%s): %d rows %s with the orders of %s\n", doc.Batch, doc.ID, doc.Applied, verb,
		doc.Place)
	table := tabwriter.NewWriter(s.text, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "\trows\tamount\tfee\tdiscount\tpaid to you\t\n")
	for _, kind := range sumKinds(doc.Sums) {
		sum := doc.Sums[kind]
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t\n", kind, sum.Count, sum.Amount, sum.Fee, sum.Discount, sum.Net)
	}
	table.Flush()
	if doc.Rows > 0 && doc.Sums[string(settlement.Other)].Count == doc.Rows {
		s.note("no row is of a card channel, so none was compared: name your card channels in SETTLE_CHANNELS")
	}
	printDifferences(s, doc)
	for _, file := range doc.Files {
		fmt.Fprintf(s.text, "written to %s\n", file)
	}
}

// sumKinds returns the kinds of the sums, sales first and other channels last.
func sumKinds(sums map[string]settlement.SumView) []string {
	order := []settlement.Kind{settlement.Sale, settlement.Refund, settlement.Void, settlement.Chargeback,
		settlement.Reversal, settlement.Unknown, settlement.Other}
	var kinds []string
	for _, kind := range order {
		if _, there := sums[string(kind)]; there {
			kinds = append(kinds, string(kind))
		}
	}
	return kinds
}

// printDifferences prints the differences by kind, with what a person does about each kind.
func printDifferences(s *screen, doc settleDocument) {
	if len(doc.Differences) == 0 {
		fmt.Fprintln(s.text, "every row matches the orders")
		return
	}
	all := slices.Clone(doc.Differences)
	rank := func(kind payment.DifferenceKind) int {
		return slices.IndexFunc(settlement.DifferenceKinds,
			func(k settlement.DifferenceKind) bool { return k.Kind == kind })
	}
	slices.SortStableFunc(all, func(a, b settlement.DifferenceView) int { return rank(a.Kind) - rank(b.Kind) })
	for i, d := range all[:min(len(all), maxPrinted)] {
		if i == 0 || all[i-1].Kind != d.Kind {
			kind := settlement.Find(d.Kind)
			fmt.Fprintf(s.text, "%s (%d): the row %s\n  do  %s\n", d.Kind, doc.Counts[d.Kind], kind.Meaning, kind.Do)
		}
		fmt.Fprintf(s.text, "  line %d  %s  ours %d  theirs %d: %s\n", d.Line, d.Invoice, d.Ours, d.Theirs, d.Note)
	}
	if n := len(all) - maxPrinted; n > 0 {
		fmt.Fprintf(s.text, "  and %d more\n", n)
	}
}
