package order

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"
	"strconv"
	"time"
)

// RefundType is the way DOKU gives money back (the guide, "Refund Type").
type RefundType string

const (
	Void                RefundType = "VOID"                  // before settlement: the whole charge is taken back
	FullRefund          RefundType = "FULL_REFUND"           // after settlement
	PartialRefund       RefundType = "PARTIAL_REFUND"        // after settlement
	ManualFullRefund    RefundType = "MANUAL_FULL_REFUND"    // by people at DOKU, in several days
	ManualPartialRefund RefundType = "MANUAL_PARTIAL_REFUND" // by people at DOKU, in several days
)

// Manual reports whether people at DOKU carry out the refund. The money is then not yet back when DOKU accepts it.
func (t RefundType) Manual() bool { return t == ManualFullRefund || t == ManualPartialRefund }

// carriedOut returns the type of a manual refund after DOKU's people have carried it out.
func (t RefundType) carriedOut() RefundType {
	if t == ManualPartialRefund {
		return PartialRefund
	}
	return FullRefund
}

// Limits of the order's item. DynamoDB charges every write by its size.
const (
	maxRefunds     = 100 // that were not refused
	maxRefundsEver = 200
	maxRefusals    = 20 // refunds whose refusal message is kept
)

// forgetRefusals drops the messages of all refused refunds except the latest maxRefusals.
func (o Order) forgetRefusals() Order {
	kept := 0
	o.Operations = slices.Clone(o.Operations)
	for i := len(o.Operations) - 1; i >= 0; i-- {
		op := &o.Operations[i]
		if op.Kind != KindRefund || op.State != Refused || op.Refusal.Message == "" {
			continue
		}
		if kept++; kept > maxRefusals {
			op.Refusal.Message = ""
		}
	}
	return o
}

// countRefunds returns the number of refunds that were not refused.
func (o Order) countRefunds() int {
	n := 0
	for op := range o.refunds() {
		if op.State != Refused {
			n++
		}
	}
	return n
}

// RefundID returns the ID of the refund that a caller asks for under an idempotency key. The key itself is not kept,
// since the caller may put anything into it.
func RefundID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "refund-" + hex.EncodeToString(sum[:8])
}

// Captured returns the money that the merchant has taken, before refunds, in whole rupiah. If DOKU reports both a
// payment at once and a capture, it is the lesser of the two, so that no report raises it.
func (o Order) Captured() int64 {
	switch captured, paid := o.Facts.Captured, o.Facts.Paid; {
	case captured != nil && paid != nil:
		return min(captured.Amount, paid.Amount)
	case captured != nil:
		return captured.Amount
	case paid != nil:
		return paid.Amount
	}
	return 0
}

// CapturedAt returns the time at which the merchant took the money, or the zero time if there is none.
func (o Order) CapturedAt() time.Time {
	switch captured, paid := o.Facts.Captured, o.Facts.Paid; {
	case captured != nil:
		return o.FactTime(captured.At, captured.LearnedAt)
	case paid != nil:
		return o.FactTime(paid.At, paid.LearnedAt)
	}
	return time.Time{}
}

// Refunds returns the refunds in the order of the first attempt.
func (o Order) Refunds() []Operation {
	var refunds []Operation
	for op := range o.refunds() {
		refunds = append(refunds, *op)
	}
	return refunds
}

// refunds is Refunds without a copy of each.
func (o Order) refunds() iter.Seq[*Operation] {
	return func(yield func(*Operation) bool) {
		for i := range o.Operations {
			if op := &o.Operations[i]; op.Kind == KindRefund && !yield(op) {
				return
			}
		}
	}
}

// Refunded returns the money that DOKU has agreed to give back when kasir asked, in whole rupiah. ElsewhereRefunded is
// not in it.
func (o Order) Refunded() int64 { return o.refundTotal(Done) }

// Refundable returns the money that may still be given back, in whole rupiah. An open or parked refund keeps its
// amount reserved, since DOKU may have carried it out. A refusal frees the amount. Money that went back outside kasir,
// or that DOKU states to have gone back, cannot be given back again.
func (o Order) Refundable() int64 {
	return max(0, o.Captured()-o.refundTotal(Done)-o.refundTotal(Open)-o.refundTotal(Parked)-o.lost())
}

// refundTotal returns the sum of the refunds in a state.
func (o Order) refundTotal(state State) int64 {
	total := int64(0)
	for op := range o.refunds() {
		if op.State == state {
			total += op.Amount
		}
	}
	return total
}

// Refund asks for amount, in whole rupiah, to be given back. id is derived from the caller's idempotency key, see
// RefundID. expected is the amount that the caller believes to be refundable, or negative if it gives none. With it,
// two people who refund the same order at once stop each other. Errors: *NotAllowed.
func (o Order) Refund(p Policy, id string, amount, expected int64, now time.Time) (Order, Verdict, error) {
	fingerprint := strconv.FormatInt(amount, 10)
	o, generation, verdict := o.repeat(p, id, fingerprint, now)
	if generation == 0 {
		return o, verdict, nil
	}
	err := o.checkRefund(amount, expected)
	if err == nil {
		err = o.checkLimit(p, amount)
	}
	if err != nil {
		return o, Call, err
	}
	if generation == 1 && len(o.Refunds()) >= maxRefundsEver {
		return o, Call, notAllowed("", "The order has had %d refunds, the most it can have. "+
			"Repeat one that was refused, under its idempotency key.", maxRefundsEver)
	}
	op := Operation{ID: id, Kind: KindRefund, Amount: amount, Fingerprint: fingerprint}
	op.Target = latestPage
	if page, _ := o.Operation(string(KindCreatePage)); o.PaidPageID() != page.RequestID {
		op.Target = o.PaidPageID()
	}
	return o.intend(p, op, generation, now), Call, nil
}

// latestPage is the target of a refund that names the order's latest page. Most do, and a Request-Id takes 32 bytes.
const latestPage = "="

// TargetPage returns the Request-Id of the page that a refund names.
func (o Order) TargetPage(op Operation) string {
	switch op.Target {
	case "":
		return o.PaidPageID()
	case latestPage:
		page, _ := o.Operation(string(KindCreatePage))
		return page.RequestID
	}
	return op.Target
}

// checkRefund returns an error if amount cannot be given back now.
func (o Order) checkRefund(amount, expected int64) error {
	if err := o.checkMoneyMoves(); err != nil {
		return err
	}
	refundable := o.Refundable()
	switch {
	case o.Captured() == 0:
		return notAllowed("", "The order is %s: no money was taken, so none can be refunded.", o.Status())
	case expected >= 0 && expected != refundable:
		return notAllowed("/expected_refundable", "is not the amount that can be refunded, %d", refundable)
	case amount == 0:
		return notAllowed("/refund/amount",
			"is required: a whole number between 1 and the amount that can be refunded, %d", refundable)
	case amount < 0 || amount > refundable:
		return notAllowed("/refund/amount", "must be between 1 and the amount that can be refunded, %d", refundable)
	case o.countRefunds() >= maxRefunds:
		return notAllowed("", "The order has %d refunds already, the most it can have.", maxRefunds)
	}
	return nil
}

// checkLimit returns an error if the caller's roles do not allow to give amount back. All refunds of the order count,
// also those of other callers and those outside kasir: otherwise two callers, or one caller after a restore, could give
// back twice the limit.
func (o Order) checkLimit(p Policy, amount int64) error {
	before := o.refundTotal(Done) + o.refundTotal(Open) + o.refundTotal(Parked) + o.ElsewhereRefunded()
	left := p.MaxRefund - before
	switch {
	case p.MaxRefund == 0 || amount <= left:
		return nil
	case left <= 0:
		return notAllowed("/refund/amount", "is above the limit of your roles, which is %d for all refunds of an "+
			"order: refunds of %d were asked for before. A person with a higher limit may refund more",
			p.MaxRefund, before)
	}
	return notAllowed("/refund/amount", "must be at most %d for you: your roles allow %d for all refunds of an order, "+
		"and refunds of %d were asked for before. A person with a higher limit may refund more",
		left, p.MaxRefund, before)
}

// AnyRefund reports whether there is a refund that was not refused.
func (o Order) AnyRefund() bool { return o.countRefunds() > 0 }
