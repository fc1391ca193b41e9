package order

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MovementKind is the kind of a reported movement of money.
type MovementKind string

// The kinds of movements.
const (
	MovedRefund     MovementKind = "refund"
	MovedVoid       MovementKind = "void" // of a payment before its settlement, or of an authorisation
	MovedCapture    MovementKind = "capture"
	MovedChargeback MovementKind = "chargeback"
	MovedReversal   MovementKind = "chargeback_reversed"
	// MovedTotal is DOKU's statement about a payment as a whole: its money went back. Amount is the amount that the
	// statement names, or 0. It does not name the movements, and DOKU does not document whether it follows a partial
	// refund.
	MovedTotal MovementKind = "total"
	// MovedRest is DOKU's statement that less is left of a payment than was taken. Amount is what is left.
	MovedRest MovementKind = "rest"
)

// Source is the origin of a report.
type Source string

// The sources of reports.
const (
	FromNotification Source = "notification"
	FromStatus       Source = "status"     // an answer of check status
	FromSettlement   Source = "settlement" // a row of a settlement report
	FromRecord       Source = "record"     // a person
)

// Movement is a report that money moved, in whole rupiah. Reports of refunds that kasir asked for are movements too;
// Elsewhere leaves those out.
type Movement struct {
	Kind   MovementKind
	Source Source
	// Ref distinguishes the reports of a source: a notification's Request-Id, the digest of a record's key, or the
	// batch and row of a settlement report.
	Ref    string
	Refund string // the Request-Id of the refund, if DOKU names it
	Amount int64

	At        time.Time // as reported
	LearnedAt time.Time
	Reference string // that a person gave: the refund's or dispute's number in DOKU's Back Office
	Act       Act    // of a record
}

// ID identifies the movement in its order.
func (m Movement) ID() string {
	return shortDigest(strings.Join([]string{string(m.Kind), string(m.Source), m.Ref, m.Refund,
		strconv.FormatInt(m.Amount, 10)}, "|"))
}

// shortDigest returns a digest of 12 hexadecimal digits.
func shortDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// Withdrawal is a person's statement that a movement did not happen. The movement stays in the order's facts and does
// not count.
type Withdrawal struct {
	ID  string // of the movement
	Key string // digest of the record's idempotency key
	Act Act
}

// Settled is a sale in a settlement report, in whole rupiah.
type Settled struct {
	Batch     string // digest of the report's batch ID
	Row       int
	Amount    int64
	Fee       int64
	Discount  int64
	Net       int64 // paid to the merchant: Amount less Fee and Discount
	PaidOut   time.Time
	LearnedAt time.Time
}

const (
	maxMovements = 200 // reports kept of one order
	maxSettled   = 20
)

// joinMovements keeps each movement as it was learned first, and of all the first maxMovements by kind, amount, source
// and reference. It reports whether there were more.
func joinMovements(a, b []Movement, overflow bool) ([]Movement, bool) {
	all := slices.Concat(a, b)
	if len(all) == 0 {
		return nil, overflow
	}
	same := func(x, y Movement) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Amount, y.Amount), cmp.Compare(x.Source, y.Source),
			cmp.Compare(x.Ref, y.Ref), cmp.Compare(x.Refund, y.Refund))
	}
	slices.SortFunc(all, func(x, y Movement) int {
		return cmp.Or(same(x, y), compareKnown(x.LearnedAt, y.LearnedAt), x.At.Compare(y.At),
			compareActs(x.Act, y.Act), cmp.Compare(x.Reference, y.Reference))
	})
	all = slices.CompactFunc(all, func(x, y Movement) bool { return same(x, y) == 0 })
	return slices.Clip(all[:min(len(all), maxMovements)]), overflow || len(all) > maxMovements
}

// joinWithdrawals keeps the first withdrawal of each movement.
func joinWithdrawals(a, b []Withdrawal) []Withdrawal {
	all := slices.Concat(a, b)
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(x, y Withdrawal) int {
		return cmp.Or(cmp.Compare(x.ID, y.ID), compareActs(x.Act, y.Act))
	})
	return slices.Clip(slices.CompactFunc(all, func(x, y Withdrawal) bool { return x.ID == y.ID }))
}

// joinSettled keeps each row of each report once, and of all the first maxSettled by batch and row.
func joinSettled(a, b []Settled) []Settled {
	all := slices.Concat(a, b)
	if len(all) == 0 {
		return nil
	}
	place := func(x, y Settled) int { return cmp.Or(cmp.Compare(x.Batch, y.Batch), cmp.Compare(x.Row, y.Row)) }
	slices.SortFunc(all, func(x, y Settled) int {
		return cmp.Or(place(x, y), x.LearnedAt.Compare(y.LearnedAt), cmp.Compare(x.Amount, y.Amount),
			cmp.Compare(x.Fee, y.Fee), cmp.Compare(x.Discount, y.Discount), cmp.Compare(x.Net, y.Net),
			x.PaidOut.Compare(y.PaidOut))
	})
	all = slices.CompactFunc(all, func(x, y Settled) bool { return place(x, y) == 0 })
	return slices.Clip(all[:min(len(all), maxSettled)])
}

// Withdrawn returns the act by which a person withdrew a movement.
func (o Order) Withdrawn(movement string) (Act, bool) {
	i := slices.IndexFunc(o.Facts.Withdrawn, func(w Withdrawal) bool { return w.ID == movement })
	if i < 0 {
		return Act{}, false
	}
	return o.Facts.Withdrawn[i].Act, true
}

// standing returns the movements that nobody has withdrawn.
func (o Order) standing() []Movement {
	if len(o.Facts.Withdrawn) == 0 {
		return o.Facts.Movements
	}
	var all []Movement
	for _, m := range o.Facts.Movements {
		if _, withdrawn := o.Withdrawn(m.ID()); !withdrawn {
			all = append(all, m)
		}
	}
	return all
}

// back reports whether the movement gives the customer's money back at the merchant's or DOKU's wish.
func (k MovementKind) back() bool { return k == MovedRefund || k == MovedVoid }
