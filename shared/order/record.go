package order

import (
	"slices"
	"time"
)

// Record is a person's statement that money moved outside kasir, or that a reported movement did not happen.
type Record struct {
	Key       string // the caller's idempotency key: one record per key
	Kind      MovementKind
	Amount    int64  // whole rupiah
	Reference string // the number in DOKU's Back Office; may be empty
	Withdraws string // the ID of a movement that did not happen; Kind and Amount are then empty
	Act       Act
}

// RecordKinds are the kinds of movements that a person may record.
var RecordKinds = []MovementKind{MovedRefund, MovedVoid, MovedCapture, MovedChargeback, MovedReversal}

// RecordRef returns the Ref of a record. The key itself is not kept, since the caller may put anything into it.
func RecordRef(key string) string { return shortDigest(key) }

// Recorded returns the movement that was recorded under a key.
func (o Order) Recorded(key string) (Movement, bool) {
	ref := RecordRef(key)
	i := slices.IndexFunc(o.Facts.Movements, func(m Movement) bool { return m.Source == FromRecord && m.Ref == ref })
	if i < 0 {
		return Movement{}, false
	}
	return o.Facts.Movements[i], true
}

// Record adds a person's record. It is never erased: a further record withdraws it. unchanged is true if the same
// record was made under the key before. Errors: *Mismatched, if another one was; *NotAllowed.
func (o Order) Record(r Record) (next Order, unchanged bool, err error) {
	if r.Withdraws != "" {
		return o.withdraw(r)
	}
	if made, ok := o.Recorded(r.Key); ok {
		if made.Kind != r.Kind || made.Amount != r.Amount || made.Reference != r.Reference ||
			made.Act.Note != r.Act.stamped().Note {
			return o, true, &Mismatched{Detail: "The key was used for another record of this order."}
		}
		return o, true, nil
	}
	if o.withdrewUnder(r.Key) {
		return o, true, &Mismatched{Detail: "The key was used for another record of this order."}
	}
	if err := o.checkRecord(r); err != nil {
		return o, true, err
	}
	act := r.Act.stamped()
	news := Facts{Movements: []Movement{{Kind: r.Kind, Source: FromRecord, Ref: RecordRef(r.Key), Amount: r.Amount,
		At: act.At, LearnedAt: act.At, Reference: r.Reference, Act: act}}}
	if r.Kind == MovedCapture {
		news.Captured = &Capture{At: act.At, LearnedAt: act.At, Amount: r.Amount}
		for _, c := range o.OpenConflicts() { // the record says how much it was
			if c.Kind == ConflictCaptureElsewhere {
				news.Decisions = append(news.Decisions, Decision{ID: c.ID, Act: act})
			}
		}
	}
	next = o.join(news)
	if err := o.checkRecorded(next, r); err != nil {
		return o, true, err
	}
	return next.note(act.At, "recorded", string(r.Kind), act.By), false, nil
}

// Mismatched means that an idempotency key was used for another request.
type Mismatched struct{ Detail string }

func (e *Mismatched) Error() string { return e.Detail }

// checkRecord returns an error for a record that the order's state does not allow.
func (o Order) checkRecord(r Record) error {
	capture, asked := o.Operation(string(KindCapture))
	held := o.Amount
	if o.Facts.Authorized != nil {
		held = o.Facts.Authorized.Amount
	}
	captured := slices.ContainsFunc(o.OpenConflicts(),
		func(c Conflict) bool { return c.Kind == ConflictCaptureElsewhere })
	switch {
	case len(o.Facts.Movements) >= maxMovements:
		return notAllowed("", "The order has %d reports and records of movements, and keeps no more of them.",
			maxMovements)
	case !slices.Contains(RecordKinds, r.Kind):
		return notAllowed("/kind", "must be refund, void, capture, chargeback, chargeback_reversed or withdrawal")
	case r.Amount <= 0:
		return notAllowed("/amount", "must be a whole number of rupiah, 1 or more")
	case r.Kind == MovedCapture && (o.Facts.Authorized == nil && !captured || o.Captured() > 0):
		return notAllowed("/kind", "is capture, and the order is %s: only an authorisation can be captured, and once",
			o.Status())
	case r.Kind == MovedCapture && asked && capture.State != Refused:
		return notAllowed("/kind", "is capture, and kasir asked for one itself: settle that operation")
	case r.Kind == MovedCapture && r.Amount > held:
		return notAllowed("/amount", "must be between 1 and the authorised amount, %d", held)
	case r.Kind == MovedVoid && o.Captured() == 0 && o.Facts.Authorized != nil:
		if r.Amount > o.Facts.Authorized.Amount || !o.isWhole(r.Amount) {
			return notAllowed("/amount", "must be the authorised amount, %d", o.Facts.Authorized.Amount)
		}
	case r.Kind != MovedCapture && o.Captured() == 0:
		return notAllowed("/kind", "is %s, and the order is %s: no money was taken", r.Kind, o.Status())
	}
	return nil
}

// checkRecorded returns an error if a record raises the money that moved beyond what was taken. A record of a movement
// that another source has reported raises nothing.
func (o Order) checkRecorded(next Order, r Record) error {
	var was, is, most int64
	switch r.Kind {
	case MovedRefund, MovedVoid:
		if next.Captured() == 0 {
			return nil
		}
		was, is, most = o.ElsewhereRefunded(), next.ElsewhereRefunded(), next.Captured()-next.refundTotal(Done)
	case MovedChargeback:
		was, is, most = o.ChargedBack(), next.ChargedBack(), next.Captured()
	case MovedReversal:
		was, is = o.movedTotal(MovedReversal), next.movedTotal(MovedReversal)
		most = next.movedTotal(MovedChargeback)
	default:
		return nil
	}
	if is > was && is > most {
		return notAllowed("/amount", "is more than was taken and is still with the merchant, %d", max(0, most-was))
	}
	return nil
}

// movedTotal returns the sum of the movements of a kind outside kasir.
func (o Order) movedTotal(kind MovementKind) int64 {
	total := int64(0)
	for _, e := range o.Elsewhere() {
		if e.Kind == kind {
			total += e.Amount * int64(e.Count)
		}
	}
	return total
}

// withdraw records that a movement did not happen.
func (o Order) withdraw(r Record) (next Order, unchanged bool, err error) {
	if _, used := o.Recorded(r.Key); used {
		return o, true, &Mismatched{Detail: "The key was used for another record of this order."}
	}
	ref := RecordRef(r.Key)
	if slices.ContainsFunc(o.Facts.Withdrawn, func(w Withdrawal) bool { return w.Key == ref && w.ID != r.Withdraws }) {
		return o, true, &Mismatched{Detail: "The key was used for another record of this order."}
	}
	i := slices.IndexFunc(o.Facts.Movements, func(m Movement) bool { return m.ID() == r.Withdraws })
	if i < 0 {
		return o, true, notAllowed("/movement", "names no movement of this order")
	}
	if act, done := o.Withdrawn(r.Withdraws); done {
		switch {
		case act.By == r.Act.By && act.Note == r.Act.stamped().Note: // a repeat whose first answer was lost
			return o, true, nil
		case o.withdrewUnder(r.Key):
			return o, true,
				&Mismatched{Detail: "The key was used for a withdrawal by another person, or with another note."}
		}
		return o, true, notAllowed("", "The movement was withdrawn already, at %s by %s.",
			act.At.Format(time.RFC3339), act.By)
	}
	if o.Facts.Movements[i].Kind == MovedCapture {
		return o, true, notAllowed("/movement", "is a capture, which cannot be withdrawn: record a void of its amount")
	}
	act := r.Act.stamped()
	next = o.join(Facts{Withdrawn: []Withdrawal{{ID: r.Withdraws, Act: act, Key: ref}}})
	return next.note(act.At, "withdrawn", r.Withdraws, act.By), false, nil
}

// withdrewUnder reports whether a key was used for a withdrawal.
func (o Order) withdrewUnder(key string) bool {
	ref := RecordRef(key)
	return slices.ContainsFunc(o.Facts.Withdrawn, func(w Withdrawal) bool { return w.Key == ref })
}

// ApplySettlement adds the rows of a settlement report that are about the order. unchanged is true if none is new.
func (o Order) ApplySettlement(news Facts, batch string, now time.Time) (next Order, unchanged bool) {
	next, unchanged = o.Learn(news)
	if unchanged {
		return o, true
	}
	return next.settleReported(now).note(now, "settled", batch, string(next.Status())), false
}

// Forget erases the customer's data from the order: the cards, the readers' digests and the metadata. What was paid and
// given back stays. Reports that come later bring no card again. unchanged is true if it was erased before. An open
// conflict may be about the card, so it must be decided first. Errors: *NotAllowed.
func (o Order) Forget(act Act) (next Order, unchanged bool, err error) {
	if o.Facts.Forgotten != nil {
		return o, true, nil
	}
	if open := o.OpenConflicts(); len(open) > 0 {
		return o, true, notAllowed("", "A person must first decide about the conflict %s: %s.", open[0].ID,
			open[0].Detail)
	}
	act = act.stamped()
	o = o.join(Facts{Forgotten: &act})
	o.Readers, o.Metadata = nil, nil
	return o.note(act.At, "forgotten", "", ""), false, nil
}

// withoutCards returns the facts without what identifies the customer's card.
func (f Facts) withoutCards() Facts {
	if f.Paid != nil {
		paid := *f.Paid
		paid.Card, paid.OtherCards = Card{}, nil
		f.Paid = &paid
	}
	if f.Authorized != nil {
		held := *f.Authorized
		held.Card, held.OtherCards = Card{}, nil
		f.Authorized = &held
	}
	f.Conflicts = slices.Clone(f.Conflicts)
	for i, c := range f.Conflicts {
		if c.News != nil {
			news := c.News.withoutCards()
			f.Conflicts[i].News = &news
		}
	}
	return f
}
