package store

import (
	"cmp"
	"slices"
	"strings"

	"kasir/shared/payment"
)

func toBatch(b payment.Batch) batchItem {
	it := batchItem{
		Key: batchKey(b.ID), Version: b.Version, Name: b.Name, SHA256: b.SHA256, State: string(b.State), Rows: b.Rows,
		Next: b.Next, Parts: b.Parts, PaidOut: millis(b.PaidOut), StartedAt: millis(b.StartedAt),
		EndedAt: millis(b.EndedAt),
	}
	for _, s := range b.Sums {
		it.Sums = append(it.Sums, sumItem(s))
	}
	for _, c := range b.Counts {
		it.Counts = append(it.Counts, countItem{string(c.Kind), c.Count})
	}
	return it
}

func fromBatch(it batchItem) payment.Batch {
	b := payment.Batch{
		ID: strings.TrimPrefix(it.Key, batchPrefix), Version: it.Version, Name: it.Name, SHA256: it.SHA256,
		State: payment.BatchState(it.State), Rows: it.Rows, Next: it.Next, Parts: it.Parts,
		PaidOut: instant(it.PaidOut), StartedAt: instant(it.StartedAt), EndedAt: instant(it.EndedAt),
	}
	for _, s := range it.Sums {
		b.Sums = append(b.Sums, payment.Sum(s))
	}
	for _, c := range it.Counts {
		b.Counts = append(b.Counts, payment.DifferenceCount{Kind: payment.DifferenceKind(c.Kind), Count: c.Count})
	}
	return b
}

func toDifference(d payment.Difference) differenceItem {
	return differenceItem{string(d.Kind), d.Line, d.Row, d.Invoice, d.Ours, d.Theirs, d.Note}
}

func (d differenceItem) difference() payment.Difference {
	return payment.Difference{Kind: payment.DifferenceKind(d.Kind), Line: d.Line, Row: d.Row, Invoice: d.Invoice,
		Ours: d.Ours, Theirs: d.Theirs, Note: d.Note}
}

// sortBatches sorts batches, the newest first.
func sortBatches(all []payment.Batch) {
	slices.SortFunc(all, func(a, b payment.Batch) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(a.ID, b.ID))
	})
}
