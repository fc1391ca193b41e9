package order

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"
)

// RefundType is how DOKU gives money back (the guide, "Refund Type").
type RefundType string

const (
	Void                RefundType = "VOID"                  // before settlement: the charge is taken back whole
	FullRefund          RefundType = "FULL_REFUND"           // after settlement
	PartialRefund       RefundType = "PARTIAL_REFUND"        // after settlement
	ManualFullRefund    RefundType = "MANUAL_FULL_REFUND"    // by people at DOKU, in several days
	ManualPartialRefund RefundType = "MANUAL_PARTIAL_REFUND" // by people at DOKU, in several days
)

// Manual tells whether people at DOKU carry the refund out: accepted is not yet paid back.
func (t RefundType) Manual() bool { return t == ManualFullRefund || t == ManualPartialRefund }

// carriedOut is the type of a manual refund that DOKU's people have carried out.
func (t RefundType) carriedOut() RefundType {
	if t == ManualPartialRefund {
		return PartialRefund
	}
	return FullRefund
}

// Limits of the order's item; DynamoDB charges every write by its size.
const (
	maxRefunds     = 100 // that were not refused
	maxRefundsEver = 200
	maxRefusals    = 20 // refunds whose refusal is kept in words
)

// forgetRefusals drops the words of all refusals of refunds except the latest.
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

// standing counts the refunds that were not refused.
func (o Order) countRefunds() int {
	n := 0
	for _, op := range o.Refunds() {
		if op.State != Refused {
			n++
		}
	}
	return n
}

// RefundID is the id of the refund that a caller asks for under an idempotency key. The key itself is not kept: it may
// be anything the caller chose.
func RefundID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "refund-" + hex.EncodeToString(sum[:8])
}

// Captured is the money the merchant has taken, before refunds. Where DOKU reports both a payment at once and a capture, it is the
// lesser of the two, so that no report makes it more.
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

// Refunds lists the refunds that were asked for, in the order of the asking.
func (o Order) Refunds() []Operation {
	var refunds []Operation
	for _, op := range o.Operations {
		if op.Kind == KindRefund {
			refunds = append(refunds, op)
		}
	}
	return refunds
}

// Refunded is what DOKU has agreed to give back.
func (o Order) Refunded() int64 { return o.refundTotal(Done) }

// Refundable is what may still be given back. A refund whose outcome is not known, open or parked, keeps its amount
// reserved: it may have happened. A refusal gives it back.
func (o Order) Refundable() int64 {
	return max(0, o.Captured()-o.refundTotal(Done)-o.refundTotal(Open)-o.refundTotal(Parked))
}

func (o Order) refundTotal(state State) int64 {
	total := int64(0)
	for _, op := range o.Refunds() {
		if op.State == state {
			total += op.Amount
		}
	}
	return total
}

// Refund asks for amount to be given back, under an id made of the caller's idempotency key. expected is what the
// caller believes to be refundable, or negative when it does not say: two people who refund the same order at
// once stop each other with it. Errors: *NotAllowed.
func (o Order) Refund(p Policy, id string, amount, expected int64, now time.Time) (Order, Verdict, error) {
	fingerprint := strconv.FormatInt(amount, 10)
	op, exists := o.Operation(id)
	generation := 1
	if exists {
		verdict := op.retry(p, fingerprint, now)
		if verdict != Call {
			return o, verdict, nil
		}
		if op.State == Open && !op.lapsed(p, now) {
			return o.beginAgain(p, op, now), Call, nil
		}
		o, _ = o.Park(p, op.ID, now)
		generation = op.Generation + 1
	}
	if err := o.checkRefund(amount, expected); err != nil {
		return o, Call, err
	}
	if !exists && len(o.Refunds()) >= maxRefundsEver {
		return o, Call, notAllowed("", "%d refunds of the order were asked for already, the most it can have: "+
			"repeat one that was refused, under its idempotency key.", maxRefundsEver)
	}
	op = Operation{ID: id, Kind: KindRefund, Amount: amount, Fingerprint: fingerprint}
	op.Target = latestPage
	if page, _ := o.Operation(string(KindCreatePage)); o.PaidPageID() != page.RequestID {
		op.Target = o.PaidPageID()
	}
	return o.intend(p, op, generation, now), Call, nil
}

// latestPage is the target of a refund that names the order's latest page: most do, and a Request-Id is 32 bytes.
const latestPage = "="

// TargetPage is the Request-Id of the page that a refund names.
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

func (o Order) checkRefund(amount, expected int64) error {
	if err := o.checkMoneyMoves(); err != nil {
		return err
	}
	refundable := o.Refundable()
	switch {
	case o.Captured() == 0:
		return notAllowed("", "The order is %s: no money was taken that could be given back.", o.Status())
	case expected >= 0 && expected != refundable:
		return notAllowed("/expected_refundable", "is not the amount that can be refunded, %d", refundable)
	case amount == 0:
		return notAllowed("/refund/amount", "is required: a whole number from 1 to what can be refunded, %d", refundable)
	case amount < 0 || amount > refundable:
		return notAllowed("/refund/amount", "must be between 1 and the amount that can be refunded, %d", refundable)
	case o.countRefunds() >= maxRefunds:
		return notAllowed("", "The order has %d refunds already, the most it can have.", maxRefunds)
	}
	return nil
}

// AnyRefund reports whether there is a refund that was not refused.
func (o Order) AnyRefund() bool { return o.countRefunds() > 0 }
