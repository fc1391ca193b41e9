package settlement

// amounts are the amounts of a row as the report writes them, or sums of them.
type amounts struct{ amount, fee, discount, net int64 }

func (a *amounts) add(b amounts) {
	a.amount, a.fee, a.discount, a.net = a.amount+b.amount, a.fee+b.fee, a.discount+b.discount, a.net+b.net
}

func (a amounts) negated() amounts { return amounts{-a.amount, -a.fee, -a.discount, -a.net} }

// of returns the amounts of a row that was filled in.
func of(r Row) amounts { return amounts{r.Amount, r.Fee, r.Discount, r.Net} }

// fill writes the amounts into a row. It reports whether they fit each other. A sale is paid to the merchant less fee
// and discount. DOKU does not document the signs of other rows, so these may have either; a row of money that was taken
// back has a net amount below 0 then. A row of a known kind without an amount, or a negative sale, is not understood.
func (a amounts) fill(r Row) (Row, bool) {
	if r.Kind == Sale && a.amount <= 0 || a.amount == 0 {
		r.Kind = Unknown
	}
	r.Amount, r.Fee, r.Discount, r.Net = a.amount, a.fee, a.discount, a.net
	costs := a.fee + a.discount
	switch {
	case r.Kind == Sale:
		return r, a.amount-costs == a.net
	case r.Kind == Unknown:
		return r, magnitude(a.amount-costs) == magnitude(a.net) || magnitude(a.amount+costs) == magnitude(a.net)
	}
	r.Amount, r.Net = magnitude(a.amount), magnitude(a.net)
	moved := r.Amount
	if r.Kind != Reversal {
		moved, r.Net = -moved, -r.Net
	}
	if moved-costs == r.Net {
		return r, true
	}
	r.Fee, r.Discount = -a.fee, -a.discount
	return r, moved+costs == r.Net
}

func magnitude(n int64) int64 { return max(n, -n) }
