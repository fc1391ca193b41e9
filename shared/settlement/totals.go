package settlement

import "slices"

// block sums the rows of a report, to compare them with its totals.
type block struct {
	rows    int
	count   map[Kind]int
	amount  map[Kind]int64
	written amounts // as the report writes them
	filled  amounts // with the signs of Row
	unknown amounts // the part of rows that are not understood
}

func (b *block) add(r Row, written amounts) {
	if b.count == nil {
		b.count, b.amount = map[Kind]int{}, map[Kind]int64{}
	}
	b.rows++
	b.count[r.Kind]++
	b.amount[r.Kind] += r.Amount
	b.written.add(written)
	b.filled.add(of(r))
	if r.Kind == Unknown {
		b.unknown.add(written)
	}
}

// expected returns the sums that a total may have. It returns nil for a total that is not checked. DOKU does not
// document how its totals count rows other than sales, so several sums fit where there are such rows. With rows that
// are not understood, the totals of a kind are not checked.
func (b *block) expected(name string) []int64 {
	understood := b.count[Unknown] == 0
	counts := func(k Kind) int64 { return int64(b.count[k]) }
	other := b.filled // the rows that are not understood may have the other sign, too
	other.add(b.unknown.negated())
	other.add(b.unknown.negated())
	switch name {
	case TotalFee:
		return []int64{b.written.fee, b.filled.fee}
	case TotalDiscount:
		return []int64{b.written.discount, b.filled.discount}
	case TotalSettlement:
		return []int64{b.written.net, b.filled.net, other.net}
	case TotalTransactions:
		return []int64{int64(b.rows)}
	}
	if !understood {
		return nil
	}
	switch name {
	case TotalPurchaseAmount:
		return []int64{b.amount[Sale]}
	case TotalPurchases:
		return []int64{counts(Sale)}
	case TotalRefundAmount:
		return sums(b.amount[Refund], b.amount[Void], b.amount[Chargeback], -b.amount[Reversal])
	case TotalRefunds:
		return sums(counts(Refund), counts(Void), counts(Chargeback), counts(Reversal))
	}
	return nil
}

// sums returns first with and without each of the others.
func sums(first int64, others ...int64) []int64 {
	all := []int64{first}
	for _, n := range others {
		for _, sum := range slices.Clone(all) {
			all = append(all, sum+n)
		}
	}
	return all
}

// check compares the totals of a report with its rows. A total that the report does not have is not checked.
func (b *block) check(o Options, found map[string]total, invalid *Invalid) {
	for _, name := range totals {
		t, there := found[name]
		want := b.expected(name)
		if name == TotalBatch || !there || len(want) == 0 {
			continue
		}
		n, problem := rupiah(t.text)
		switch {
		case problem != "":
			invalid.add(t.line, o.spelled(name), "%s", problem)
		case slices.Contains(want, n), name == TotalRefundAmount && slices.Contains(want, -n):
		default:
			invalid.add(t.line, o.spelled(name), "is %d, but the rows have %d", n, want[0])
		}
	}
}
