package order

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Restored is what the archive of events holds about an order beyond the stored one, after the table was restored to
// an earlier time. It moves no money and counts as none: DOKU's check status or a person confirms it. Amounts are the
// highest in the lost events, in whole rupiah.
type Restored struct {
	To         time.Time // the time to which the table was restored
	Sequence   int64     // of the latest lost event; 0 if none was lost
	Authorized int64
	Captured   int64
	Back       int64    // not refundable any more: it went back, or was reserved for refunds that were open
	Lost       []string // the types of lost events that no amount confirms, such as payment.attention conflict; sorted
}

const (
	maxLost     = 10 // texts in Restored.Lost
	maxLostText = 60 // bytes of each
)

// joinRestored keeps the time of the latest restore, the highest of each amount, and every text. What an earlier
// restore lost and nothing has confirmed is still lost after a later one.
func joinRestored(a, b *Restored) *Restored {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	lost := slices.Concat(a.Lost, b.Lost)
	slices.Sort(lost)
	lost = slices.Compact(lost)
	joined := Restored{
		To: latest(a.To, b.To), Sequence: max(a.Sequence, b.Sequence), Authorized: max(a.Authorized, b.Authorized),
		Captured: max(a.Captured, b.Captured), Back: max(a.Back, b.Back),
	}
	if len(lost) > 0 {
		joined.Lost = slices.Clip(lost[:min(len(lost), maxLost)])
	}
	return &joined
}

// AfterRestore records what was lost when the table was restored, and has check status asked about the order. An open
// capture or refund counts as in doubt from then on, since further attempts may have been made and lost. unchanged is
// true if all of it was recorded before.
func (o Order) AfterRestore(lost Restored, now time.Time) (next Order, unchanged bool) {
	lost.To = Stamp(lost.To)
	var texts []string
	for _, text := range lost.Lost {
		texts = append(texts, strings.ToValidUTF8(text[:min(len(text), maxLostText)], ""))
	}
	slices.Sort(texts)
	lost.Lost = slices.Compact(texts)
	before := o.Facts
	o = o.join(Facts{Restored: &lost})
	if equal(before, o.Facts) {
		return o, true
	}
	o.Operations = slices.Clone(o.Operations)
	for i, op := range o.Operations {
		if op.State == Open && op.Kind != KindCreatePage {
			o.Operations[i].Clean = 0
		}
	}
	o.Watch.CheckAt, o.Watch.Recheck = Stamp(now), true
	return o.note(now, "restored", "", lost.To.Format(time.RFC3339)), false
}

// AwaitsRecheck reports whether check status must still be asked about the order because the table was restored.
func (o Order) AwaitsRecheck() bool { return o.Watch.Recheck }

// GiveUpRecheck records that check status gave no answer about an order after the table was restored. A person must
// look.
func (o Order) GiveUpRecheck(now time.Time) Order {
	lost := *o.Facts.Restored
	lost.Sequence, lost.Lost = max(lost.Sequence, o.Version, 1), append(slices.Clone(lost.Lost), "DOKU gave no answer")
	o, _ = o.AfterRestore(lost, now)
	o.Watch.Recheck = false
	return o
}

// restoredCase returns the case of an order of which events were lost that nothing has confirmed. Before check status
// was asked, there is none.
func (o Order) restoredCase() []Case {
	r := o.Facts.Restored
	if r == nil || r.Sequence == 0 || o.Watch.Recheck || o.confirms(*r) {
		return nil
	}
	return []Case{{Kind: ReasonRestored, Since: r.To, Subject: strconv.FormatInt(r.Sequence, 10),
		Detail: o.restoredDetail(*r)}}
}

// confirms reports whether the order has everything that the lost events say.
func (o Order) confirms(r Restored) bool {
	held := o.Facts.Authorized != nil || o.Captured() > 0
	return len(r.Lost) == 0 && (r.Authorized == 0 || held) && o.Captured() >= r.Captured &&
		o.backBesides(r) >= r.Back
}

// backBesides is back without the chargebacks that became known since the restore: they say nothing about a refund that
// was lost.
func (o Order) backBesides(r Restored) int64 {
	back := o.back()
	for _, e := range o.Elsewhere() {
		if e.Kind == MovedChargeback && e.At.After(r.To) {
			back -= e.Amount * int64(e.Count)
		}
	}
	return max(0, back)
}

// back returns the money that went back or is reserved for refunds, in whole rupiah.
func (o Order) back() int64 { return o.Captured() - o.Refundable() }

func (o Order) restoredDetail(r Restored) string {
	var parts []string
	say := func(is, was int64, format string) {
		if is < was {
			parts = append(parts, fmt.Sprintf(format, was, is))
		}
	}
	if o.Facts.Authorized == nil && o.Captured() == 0 {
		say(0, r.Authorized, "authorised %d (here %d)")
	}
	say(o.Captured(), r.Captured, "taken %d (here %d)")
	say(o.backBesides(r), r.Back, "given back or reserved %d (here %d)")
	parts = append(parts, r.Lost...)
	return "The table was restored to " + r.To.Format(time.RFC3339) + ". Events after it say: " +
		strings.Join(parts, ", ") + "."
}

// openRestored reports whether DOKU or a person must first look at the order because the table was restored. A refund
// that became known since then, and that the order does not have, may hide others: check status shows one refund.
func (o Order) openRestored() bool {
	r := o.Facts.Restored
	if r == nil {
		return false
	}
	// Several movements of one amount are since the first of them.
	moved := slices.ContainsFunc(o.standing(), func(m Movement) bool { return m.LearnedAt.After(r.To) })
	return o.Watch.Recheck || slices.ContainsFunc(append(o.restoredCase(), o.elsewhereCases()...), func(c Case) bool {
		_, seen := o.Decision(c.key())
		return !seen && (c.Kind == ReasonRestored || c.Kind == RemarkElsewhere && moved)
	})
}

// LostCapture returns the amount of a capture that kasir made and that the restored table does not have, as a lost
// event has it; 0 if there is none. It counts once DOKU confirms that there was a capture.
func (o Order) LostCapture() int64 {
	r, held := o.Facts.Restored, o.Facts.Authorized
	if r == nil || held == nil || o.Captured() > 0 || r.Captured > held.Amount {
		return 0
	}
	return r.Captured
}
