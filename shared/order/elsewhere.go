package order

import (
	"cmp"
	"slices"
	"time"
)

// Elsewhere is money that moved outside kasir: by a person in DOKU's Back Office, by DOKU's own decision, or by the
// customer's bank.
type Elsewhere struct {
	Kind    MovementKind // refund, void, chargeback or chargeback_reversed
	Amount  int64        // of one movement, in whole rupiah
	Count   int          // movements of this amount
	Told    int          // of them, those that DOKU reported; a person recorded the others
	gone    int          // reports of DOKU that a person has withdrawn
	Sources []Source     // of the reports, sorted
	At      time.Time    // when kasir learned of the first
}

// Elsewhere returns the money that moved outside kasir, per kind and amount. Several sources report one movement, so
// the count is the greatest that any one source gives. It leaves out the reports that are about refunds that kasir
// asked for. Refunds and voids of one amount count together: sources may use either word.
func (o Order) Elsewhere() []Elsewhere {
	if len(o.Facts.Movements) == 0 {
		return nil
	}
	all := o.countMovements(func(m Movement) bool { return m.Kind != MovedChargeback || m.Source != FromStatus })
	taken, reversed := chargebackTotals(all)
	// check status may show the sum of the chargebacks; DOKU does not document it
	sum := func(m Movement) bool {
		return m.Kind == MovedChargeback && m.Source == FromStatus && (m.Amount == taken || m.Amount == taken-reversed) &&
			!slices.ContainsFunc(all, func(e Elsewhere) bool { return e.Kind == m.Kind && e.Amount == m.Amount })
	}
	return o.countMovements(func(m Movement) bool { return !sum(m) })
}

// countMovements is Elsewhere of the movements that count.
func (o Order) countMovements(counts func(Movement) bool) []Elsewhere {
	type group struct {
		kind   MovementKind
		amount int64
	}
	groups := map[group][]Movement{}
	for _, m := range o.standing() {
		if !counts(m) {
			continue
		}
		switch m.Kind {
		case MovedRefund, MovedVoid:
			groups[group{MovedRefund, m.Amount}] = append(groups[group{MovedRefund, m.Amount}], m)
		case MovedChargeback, MovedReversal:
			groups[group{m.Kind, m.Amount}] = append(groups[group{m.Kind, m.Amount}], m)
		}
	}
	var all []Elsewhere
	for g, reports := range groups {
		count, told := o.countElsewhere(reports)
		if count == 0 {
			continue
		}
		e := Elsewhere{Kind: g.kind, Amount: g.amount, Count: count, Told: told, At: reports[0].LearnedAt,
			gone: o.countWithdrawn(g.kind, g.amount)}
		for _, m := range reports {
			if m.Kind == MovedVoid {
				e.Kind = MovedVoid
			}
			e.At = earliest(e.At, m.LearnedAt)
			e.Sources = append(e.Sources, m.Source)
		}
		slices.Sort(e.Sources)
		e.Sources = slices.Compact(e.Sources)
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Elsewhere) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Amount, b.Amount))
	})
	return all
}

// countWithdrawn counts the reports of DOKU about one kind and amount that a person has withdrawn.
func (o Order) countWithdrawn(kind MovementKind, amount int64) int {
	n := 0
	for _, m := range o.Facts.Movements {
		same := m.Kind == kind || m.Kind.back() && kind.back()
		if _, withdrawn := o.Withdrawn(m.ID()); withdrawn && same && m.Amount == amount && m.Source != FromRecord {
			n++
		}
	}
	return n
}

// countElsewhere counts the movements in reports of one kind and amount, without those that kasir asked for. told
// leaves out people's records. A person records what has happened, so a notification of a later day is about another
// movement.
func (o Order) countElsewhere(reports []Movement) (count, told int) {
	var names []string // the refunds that reports name by their Request-Ids
	sources := map[Source][]Movement{}
	for _, m := range reports {
		if m.Refund != "" && !o.askedFor(m) {
			names = append(names, m.Refund)
		}
		sources[m.Source] = append(sources[m.Source], m)
	}
	slices.Sort(names)
	told = len(slices.Compact(names))
	for source, own := range sources {
		if n := o.countSource(own); source != FromRecord {
			told = max(told, n)
		} else {
			count = n
		}
	}
	later := slices.DeleteFunc(slices.Clone(sources[FromNotification]), func(m Movement) bool {
		return m.Refund != "" && o.askedFor(m) || slices.ContainsFunc(sources[FromRecord],
			func(r Movement) bool { return !m.At.After(r.At.Add(reportSkew)) })
	})
	if count > 0 && len(later) > 0 {
		count += o.countSource(later)
	}
	return max(count, told), told
}

// countSource counts the movements in the reports of one source. A person records no refund that kasir asked for, and
// kasir asks for no chargeback.
func (o Order) countSource(reports []Movement) int {
	var own []Operation
	if m := reports[0]; m.Kind.back() && m.Source != FromRecord {
		for _, op := range o.Refunds() {
			named := slices.ContainsFunc(reports, func(m Movement) bool { return m.Refund == op.RequestID })
			agreed := op.takenBack() && m.Source != FromSettlement // a report of what was paid out shows more than that
			if op.Amount == m.Amount && (op.State != Refused || agreed) && !named {
				own = append(own, op)
			}
		}
	}
	var unnamed []Movement
	var named []string // refunds that kasir did not ask for
	for _, m := range reports {
		switch {
		case m.Source == FromStatus && m.Refund == "" && m.Amount == o.refundsBegun(m.LearnedAt):
			// check status shows the sum of the refunds, or the only one; DOKU does not document which
		case m.Refund == "":
			unnamed = append(unnamed, m)
		case !o.askedFor(m):
			named = append(named, m.Refund)
		}
	}
	slices.Sort(named)
	count := len(slices.Compact(named))
	slices.SortFunc(unnamed, func(a, b Movement) int { return b.LearnedAt.Compare(a.LearnedAt) })
	for _, m := range unnamed { // the latest report first: each leaves the more operations to those before it
		i := latestExplaining(own, m)
		if i < 0 {
			count++
			continue
		}
		own = slices.Delete(own, i, i+1)
	}
	return count
}

// Asked reports whether kasir asked for the refund with a Request-Id.
func (o Order) Asked(requestID string) bool {
	return slices.ContainsFunc(o.Operations, func(op Operation) bool {
		return op.Kind == KindRefund && op.RequestID == requestID
	})
}

// askedFor reports whether a report names a refund that kasir asked for. After DOKU's people have rejected a refund, a
// report dated later is about another: a person has to look.
func (o Order) askedFor(m Movement) bool {
	return slices.ContainsFunc(o.Operations, func(op Operation) bool {
		return op.Kind == KindRefund && op.RequestID == m.Refund && !(op.takenBack() && m.At.After(op.Resolved.At))
	})
}

// latestExplaining returns the index of the latest refund that a report without a Request-Id can be about, or -1. A
// report that was known before the refund was asked for is about another.
func latestExplaining(own []Operation, m Movement) int {
	found := -1
	for i, op := range own {
		late := op.State == Refused && m.LearnedAt.After(op.Resolved.At)
		if late || m.LearnedAt.Before(op.FirstAt) || !op.mayHaveMovedAt(m) {
			continue
		}
		if found < 0 || own[found].FirstAt.Before(op.FirstAt) {
			found = i
		}
	}
	return found
}

// takenBack reports whether a person found that DOKU's people did not carry out a refund that DOKU had agreed to. A
// report that came before that is about the agreement.
func (op Operation) takenBack() bool {
	return op.Refusal.Code == ByOperator && !op.DoneAt.IsZero() && !op.Resolved.At.IsZero()
}

// reportSkew is how far DOKU's date of a refund may be from its time: a local time may be labelled as UTC.
const reportSkew = 24 * time.Hour

// mayHaveMovedAt reports whether a refund can have the date of a report. DOKU's people carry out a manual refund days
// later, and the time of an open or parked one is not known. Only a notification is sure to have the refund's date.
func (op Operation) mayHaveMovedAt(m Movement) bool {
	if m.Source != FromNotification || op.State != Done || op.Type.Manual() || !op.Resolved.At.IsZero() {
		return true
	}
	return !m.At.Before(op.FirstAt.Add(-reportSkew)) && !m.At.After(latest(op.LastAt, op.DoneAt).Add(reportSkew))
}

// ElsewhereRefunded returns the money that went back outside kasir by refunds and voids, in whole rupiah.
func (o Order) ElsewhereRefunded() int64 {
	total := int64(0)
	for _, e := range o.Elsewhere() {
		if e.Kind.back() {
			total += e.Amount * int64(e.Count)
		}
	}
	return total
}

// ChargedBack returns the money that the customer's bank took back, less what was reversed, in whole rupiah.
func (o Order) ChargedBack() int64 {
	taken, reversed := chargebackTotals(o.Elsewhere())
	return max(0, taken-reversed)
}

// chargebackTotals returns the sums of the chargebacks and of their reversals.
func chargebackTotals(all []Elsewhere) (taken, reversed int64) {
	for _, e := range all {
		switch e.Kind {
		case MovedChargeback:
			taken += e.Amount * int64(e.Count)
		case MovedReversal:
			reversed += e.Amount * int64(e.Count)
		}
	}
	return taken, reversed
}

// Unaccounted returns the money that DOKU states to have gone back and that no known movement accounts for, in whole
// rupiah. It cannot be refunded.
func (o Order) Unaccounted() int64 {
	if len(o.Facts.Movements) == 0 {
		return 0
	}
	captured, elsewhere := o.Captured(), o.ElsewhereRefunded()+o.ChargedBack()
	most := int64(0)
	for _, m := range o.standing() {
		own := o.refundsBegun(m.LearnedAt)
		stated := int64(0)
		switch m.Kind {
		case MovedRest:
			stated = captured - m.Amount
		case MovedTotal:
			stated = captured
			if m.Amount > 0 && m.Amount < captured && slices.ContainsFunc([]int64{own, own + elsewhere},
				func(known int64) bool { return m.Amount == known || m.Amount == captured-known }) {
				stated = 0 // it names one of the movements that are known, or what they left
			}
		}
		most = max(most, stated-own-elsewhere)
	}
	if o.Facts.MoreMovements {
		most = captured
	}
	return most
}

// statedSince reports whether DOKU made a statement about the payment as a whole after a time.
func (o Order) statedSince(at time.Time) bool {
	return slices.ContainsFunc(o.standing(), func(m Movement) bool {
		return (m.Kind == MovedRest || m.Kind == MovedTotal) && m.LearnedAt.After(at)
	})
}

// refundsBegun returns the sum of the refunds that kasir began before a time and that were not refused. A statement
// that DOKU made before a refund was begun is not about that refund.
func (o Order) refundsBegun(before time.Time) int64 {
	total := int64(0)
	for _, op := range o.Refunds() {
		counts := op.State != Refused || op.takenBack() && !before.After(op.Resolved.At)
		if counts && !before.Before(op.FirstAt) {
			total += op.Amount
		}
	}
	return total
}

// overdrawn returns the money that went back beyond what was taken, in whole rupiah. Before a payment is known it is 0.
func (o Order) overdrawn() int64 {
	if o.Captured() == 0 {
		return 0
	}
	return max(0, o.refundTotal(Done)+o.ElsewhereRefunded()+o.ChargedBack()-o.Captured())
}

// voidedElsewhere reports whether the authorisation was taken back outside kasir.
func (o Order) voidedElsewhere() bool {
	return o.Facts.Authorized != nil && o.Captured() == 0 && slices.ContainsFunc(o.Elsewhere(), func(e Elsewhere) bool {
		return e.Kind == MovedVoid && e.Amount >= o.Facts.Authorized.Amount
	})
}
