package store

import (
	"strconv"
	"strings"

	"kasir/shared/order"
)

// movedPrefix begins the text that keeps a version that knows no movements from moving the money of an order.
const movedPrefix = "Money moved outside kasir"

// holdForEarlier returns the text for a version that does not know movements and erases them. With it, that version
// moves no money of the order. When this version reads the order again without its movements, the text is a conflict,
// and a person decides.
func holdForEarlier(o order.Order) []string {
	var moved []string
	for _, e := range o.Elsewhere() {
		moved = append(moved, string(e.Kind)+" "+strconv.Itoa(e.Count)+" x "+strconv.FormatInt(e.Amount, 10))
	}
	if rest := o.Unaccounted(); rest > 0 {
		moved = append(moved, "not accounted for "+strconv.FormatInt(rest, 10))
	}
	if len(moved) == 0 {
		return nil
	}
	text := movedPrefix + ": " + strings.Join(moved, ", ")
	return []string{text[:min(len(text), maxHold)]}
}

const maxHold = 200 // bytes, like the detail of a conflict

func toMovements(f order.Facts, out *factsItem) {
	out.MoreMovements = f.MoreMovements
	for _, m := range f.Movements {
		out.Movements = append(out.Movements, movementItem{
			Kind: string(m.Kind), Source: string(m.Source), Ref: m.Ref, Refund: m.Refund, Amount: m.Amount,
			At: millis(m.At), LearnedAt: learnedDelay(m.At, m.LearnedAt), Reference: m.Reference, Act: toAct(&m.Act),
		})
	}
	for _, w := range f.Withdrawn {
		out.Withdrawn = append(out.Withdrawn, withdrawalItem{ID: w.ID, Key: w.Key, Act: toAct(&w.Act)})
	}
	for _, s := range f.Settled {
		out.Settled = append(out.Settled, settledItem{
			Batch: s.Batch, Row: s.Row, Amount: s.Amount, Fee: s.Fee, Discount: s.Discount, Net: s.Net,
			PaidOut: millis(s.PaidOut), LearnedAt: millis(s.LearnedAt),
		})
	}
	if r := f.Restored; r != nil {
		out.Restored = &restoredItem{To: millis(r.To), Sequence: r.Sequence, Authorized: r.Authorized,
			Captured: r.Captured, Back: r.Back, Lost: r.Lost}
	}
	if f.Forgotten != nil {
		out.Forgotten = toAct(f.Forgotten)
	}
}

func fromMovements(f factsItem, out *order.Facts) {
	out.MoreMovements = f.MoreMovements
	for _, m := range f.Movements {
		out.Movements = append(out.Movements, order.Movement{
			Kind: order.MovementKind(m.Kind), Source: order.Source(m.Source), Ref: m.Ref, Refund: m.Refund,
			Amount: m.Amount, At: instant(m.At), LearnedAt: learnedAt(m.At, m.LearnedAt), Reference: m.Reference,
			Act: m.Act.act(),
		})
	}
	for _, w := range f.Withdrawn {
		out.Withdrawn = append(out.Withdrawn, order.Withdrawal{ID: w.ID, Key: w.Key, Act: w.Act.act()})
	}
	for _, s := range f.Settled {
		out.Settled = append(out.Settled, order.Settled{
			Batch: s.Batch, Row: s.Row, Amount: s.Amount, Fee: s.Fee, Discount: s.Discount, Net: s.Net,
			PaidOut: instant(s.PaidOut), LearnedAt: instant(s.LearnedAt),
		})
	}
	if r := f.Restored; r != nil {
		out.Restored = &order.Restored{To: instant(r.To), Sequence: r.Sequence, Authorized: r.Authorized,
			Captured: r.Captured, Back: r.Back, Lost: r.Lost}
	}
	if f.Forgotten != nil {
		act := f.Forgotten.act()
		out.Forgotten = &act
	}
}
