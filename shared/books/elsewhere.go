package books

import (
	"slices"
	"strings"
	"time"

	"kasir/shared/order"
)

// addElsewhere adds the refunds, voids and chargebacks that were made outside kasir. A void of an authorisation moves
// no money that was taken.
func (l *ledger) addElsewhere() {
	o, left := l.order, int64(0)
	all := o.Elsewhere()
	for _, e := range all {
		if e.Kind == order.MovedChargeback {
			left += e.Amount * int64(e.Count)
		}
	}
	for _, e := range all {
		dates := l.elsewhereDates(e)
		for _, at := range dates {
			switch e.Kind {
			case order.MovedChargeback:
				l.add(Chargebacks, at, e.Amount, "chargeback, by "+sources(e))
			case order.MovedReversal: // no more is reversed than was charged back
				amount := min(e.Amount, left)
				left -= amount
				l.add(Chargebacks, at, -amount, "chargeback reversed, by "+sources(e))
			default:
				if o.Captured() > 0 || o.Facts.Authorized == nil {
					l.add(Refunded, at, e.Amount, string(e.Kind)+" outside kasir, by "+sources(e))
				}
			}
		}
	}
}

func sources(e order.Elsewhere) string {
	var all []string
	for _, s := range e.Sources {
		all = append(all, string(s))
	}
	return strings.Join(all, ", ")
}

// elsewhereDates returns the date of each movement that e counts: the dates that the source with the most reports gives
// them, without those that are nearest to the refunds that kasir asked for.
func (l *ledger) elsewhereDates(e order.Elsewhere) []time.Time {
	o := l.order
	bySource := map[order.Source][]time.Time{}
	for _, m := range o.Facts.Movements {
		if _, withdrawn := o.Withdrawn(m.ID()); !withdrawn && m.Amount == e.Amount && sameKind(m.Kind, e.Kind) {
			bySource[m.Source] = append(bySource[m.Source], l.dateOf(m))
		}
	}
	var dates []time.Time
	for _, source := range []order.Source{ // the most exact dates first
		order.FromNotification, order.FromRecord, order.FromStatus, order.FromSettlement,
	} {
		if found := bySource[source]; len(found) > len(dates) {
			dates = found
		}
	}
	slices.SortFunc(dates, time.Time.Compare)
	if e.Kind == order.MovedRefund || e.Kind == order.MovedVoid {
		dates = withoutOwn(dates, o, e)
	}
	for len(dates) < e.Count { // the others were reported by several sources
		dates = append(dates, e.At)
	}
	return dates[:e.Count]
}

// withoutOwn removes, for each refund that kasir asked for, the date that is nearest to it, until as many are left as e
// counts.
func withoutOwn(dates []time.Time, o order.Order, e order.Elsewhere) []time.Time {
	for _, op := range o.Refunds() {
		if op.Amount != e.Amount || op.State == order.Refused || len(dates) <= e.Count {
			continue
		}
		at := op.DoneAt
		if at.IsZero() {
			at = op.LastAt
		}
		nearest := 0
		for i, date := range dates {
			if date.Sub(at).Abs() < dates[nearest].Sub(at).Abs() {
				nearest = i
			}
		}
		dates = slices.Delete(dates, nearest, nearest+1)
	}
	return dates
}

// sameKind reports whether reports of both kinds count together.
func sameKind(a, b order.MovementKind) bool {
	back := func(k order.MovementKind) bool { return k == order.MovedRefund || k == order.MovedVoid }
	return a == b || back(a) && back(b)
}
