package order

import (
	"cmp"
	"iter"
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
	gone    int          // further movements that DOKU reported and a person has withdrawn
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
	shown := func(m *Movement) bool { return m.Kind == MovedChargeback && m.Source == FromStatus }
	all := o.countMovements(func(m *Movement) bool { return !shown(m) })
	if !slices.ContainsFunc(o.Facts.Movements, func(m Movement) bool { return shown(&m) }) {
		return all
	}
	taken, reversed := chargebackTotals(all)
	// check status may show the sum of the chargebacks; DOKU does not document it
	sum := func(m *Movement) bool {
		return shown(m) &&
			(m.Amount == taken || m.Amount == taken-reversed) &&
			!slices.ContainsFunc(all, func(e Elsewhere) bool { return e.Kind == m.Kind && e.Amount == m.Amount })
	}
	return o.countMovements(func(m *Movement) bool { return !sum(m) })
}

// each yields the elements without a copy of each.
func each[E any](all []E) iter.Seq[*E] {
	return func(yield func(*E) bool) {
		for i := range all {
			if !yield(&all[i]) {
				return
			}
		}
	}
}

// countMovements is Elsewhere of the movements that count.
func (o Order) countMovements(counts func(*Movement) bool) []Elsewhere {
	type group struct {
		kind   MovementKind
		amount int64
	}
	groups := map[group][]*Movement{}
	for m := range each(o.standing()) {
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
			gone: o.countWithdrawn(g.kind, g.amount, told)}
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

// countWithdrawn returns how many more movements of one kind and amount DOKU would have reported without the reports
// that people have withdrawn.
func (o Order) countWithdrawn(kind MovementKind, amount int64, told int) int {
	if len(o.Facts.Withdrawn) == 0 {
		return 0
	}
	var reports []*Movement
	for m := range each(o.Facts.Movements) {
		if (m.Kind == kind || m.Kind.back() && kind.back()) && m.Amount == amount {
			reports = append(reports, m)
		}
	}
	_, all := o.countElsewhere(reports)
	return max(0, all-told)
}

// countElsewhere counts the movements in reports of one kind and amount, without those that kasir asked for. told
// leaves out people's records. A person records what has happened, so a notification of a later day is about another
// movement.
func (o Order) countElsewhere(reports []*Movement) (count, told int) {
	var names []string // the refunds that reports name by their Request-Ids
	for _, m := range reports {
		if m.Refund != "" && !o.askedFor(m) {
			names = append(names, m.Refund)
		}
	}
	slices.Sort(names)
	notified, recorded := from(reports, FromNotification), from(reports, FromRecord)
	told = max(len(slices.Compact(names)), o.countSource(notified),
		o.countSource(from(reports, FromStatus)), o.countSource(from(reports, FromSettlement)))
	later := slices.DeleteFunc(notified, func(m *Movement) bool {
		return m.Refund != "" && o.askedFor(m) ||
			slices.ContainsFunc(recorded, func(r *Movement) bool { return !m.At.After(r.At.Add(reportSkew)) })
	})
	if count = o.countSource(recorded); count > 0 {
		count += o.countSource(later)
	}
	return max(count, told), told
}

// from returns the reports of one source.
func from(reports []*Movement, source Source) []*Movement {
	var own []*Movement
	for _, m := range reports {
		if m.Source == source {
			own = append(own, m)
		}
	}
	return own
}

// countSource counts the movements in the reports of one source.
func (o Order) countSource(reports []*Movement) int {
	if len(reports) == 0 {
		return 0
	}
	return len(o.unexplained(reports))
}

// unexplained returns those of the reports of one source, about one kind and amount, that are about no refund that
// kasir asked for. Of several reports that name one refund it returns the first. A person records no refund that kasir
// asked for, and kasir asks for no chargeback.
func (o Order) unexplained(reports []*Movement) []*Movement {
	var own []*Operation
	if m := reports[0]; m.Kind.back() && m.Source != FromRecord {
		for op := range o.refunds() {
			named := slices.ContainsFunc(reports,
				func(m *Movement) bool { return m.Refund != "" && m.Refund == op.RequestID })
			agreed := op.takenBack() && m.Source != FromSettlement // a report of what was paid out shows more than that
			if op.Amount == m.Amount && (op.State != Refused || agreed) && !named {
				own = append(own, op)
			}
		}
	}
	var unnamed, counted []*Movement
	for _, m := range reports {
		switch {
		case m.Source == FromStatus && m.Refund == "" && m.Amount == o.refundsBegun(m.LearnedAt):
			// check status shows the sum of the refunds, or the only one; DOKU does not document which
		case m.Refund == "":
			unnamed = append(unnamed, m)
		case !o.askedFor(m) && !slices.ContainsFunc(counted, func(c *Movement) bool { return c.Refund == m.Refund }):
			counted = append(counted, m)
		}
	}
	slices.SortFunc(unnamed, func(a, b *Movement) int { // rows of a report by their numbers
		return cmp.Or(a.LearnedAt.Compare(b.LearnedAt), cmp.Compare(len(a.Ref), len(b.Ref)), cmp.Compare(a.Ref, b.Ref))
	})
	for _, m := range unnamed { // the earliest report first: of two reports of one refund, the later one counts
		i := latestExplaining(own, m)
		if i < 0 {
			counted = append(counted, m)
			continue
		}
		own = slices.Delete(own, i, i+1)
	}
	return counted
}

// Counts reports whether a movement is about money that moved outside kasir, as far as its source shows. Another source
// may report the same movement.
func (o Order) Counts(m Movement) bool {
	if _, withdrawn := o.Withdrawn(m.ID()); withdrawn || m.Kind == MovedTotal || m.Kind == MovedRest {
		return false
	}
	var reports []*Movement
	for other := range each(o.standing()) {
		same := other.Kind == m.Kind || other.Kind.back() && m.Kind.back()
		if same && other.Amount == m.Amount && other.Source == m.Source {
			reports = append(reports, other)
		}
	}
	return slices.ContainsFunc(o.unexplained(reports), func(c *Movement) bool { return c.ID() == m.ID() })
}

// Asked reports whether kasir asked for the refund with a Request-Id.
func (o Order) Asked(requestID string) bool {
	return slices.ContainsFunc(o.Operations, func(op Operation) bool {
		return op.Kind == KindRefund && op.RequestID == requestID
	})
}

// askedFor reports whether a report names a refund that kasir asked for. After DOKU's people have rejected a refund, a
// report dated later is about another: a person has to look.
func (o Order) askedFor(m *Movement) bool {
	return slices.ContainsFunc(o.Operations, func(op Operation) bool {
		return op.Kind == KindRefund && op.RequestID == m.Refund && !(op.takenBack() && m.At.After(op.Resolved.At))
	})
}

// latestExplaining returns the index of the latest refund that a report without a Request-Id can be about, or -1. A
// report that was known before the refund was asked for is about another.
func latestExplaining(own []*Operation, m *Movement) int {
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
// report that came before that is about the agreement. A version that does not know Resolved erases when that was; then
// every report may be about another refund, and a person has to look.
func (op Operation) takenBack() bool {
	return op.Refusal.Code == ByOperator && !op.DoneAt.IsZero()
}

// reportSkew is how far DOKU's date of a refund may be from its time: a local time may be labelled as UTC.
const reportSkew = 24 * time.Hour

// mayHaveMovedAt reports whether a refund can have the date of a report. DOKU's people carry out a manual refund days
// later, and the time of an open or parked one is not known. Only a notification is sure to have the refund's date.
func (op *Operation) mayHaveMovedAt(m *Movement) bool {
	if m.Source != FromNotification || op.State != Done || op.Type.Manual() || !op.Resolved.At.IsZero() {
		return true
	}
	return !m.At.Before(op.FirstAt.Add(-reportSkew)) && !m.At.After(latest(op.LastAt, op.DoneAt).Add(reportSkew))
}
