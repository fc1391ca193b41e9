package order

import (
	"fmt"
	"strconv"
	"time"
)

// Times of an authorisation. DOKU releases one that is not captured within 7 days (the guide, "Authorize Capture").
// The margin keeps a capture from reaching DOKU after that.
const (
	AuthorizationLife = 7 * 24 * time.Hour
	captureMargin     = 10 * time.Minute
)

// NotAllowed is the reason why an order cannot be captured, refunded, closed or decided about as asked.
type NotAllowed struct {
	Pointer string // JSON pointer of the offending field; empty when the order's state forbids the request
	Detail  string
}

func (e *NotAllowed) Error() string { return e.Detail }

func notAllowed(pointer, format string, args ...any) error {
	return &NotAllowed{Pointer: pointer, Detail: fmt.Sprintf(format, args...)}
}

// Capture asks for amount of the authorisation, in whole rupiah; 0 asks for all of it. An authorised order can be
// captured once, up to the authorised amount. DOKU documents neither several captures nor a larger one. Errors:
// *NotAllowed.
func (o Order) Capture(p Policy, amount int64, now time.Time) (Order, Verdict, error) {
	if amount == 0 && o.Facts.Authorized != nil {
		amount = o.Facts.Authorized.Amount
	}
	fingerprint := strconv.FormatInt(amount, 10)
	o, generation, verdict := o.repeat(p, string(KindCapture), fingerprint, now)
	if generation == 0 {
		return o, verdict, nil
	}
	if err := o.checkCapture(amount, now); err != nil {
		return o, Call, err
	}
	op := Operation{ID: string(KindCapture), Kind: KindCapture, Amount: amount, Fingerprint: fingerprint}
	op.Target = o.Facts.Authorized.ID
	return o.intend(p, op, generation, now), Call, nil
}

// checkMoneyMoves returns an error while a person must first decide about a conflict or a parked operation.
func (o Order) checkMoneyMoves() error {
	if open := o.OpenConflicts(); len(open) > 0 {
		return notAllowed("", "DOKU's report does not match the order: %s. A person must decide about it first.",
			open[0].Detail)
	}
	if o.openRestored() {
		return notAllowed("", "The table was restored, and events of the order after that time are not confirmed by "+
			"DOKU. DOKU is being asked, or a person must look at it first.")
	}
	if parked := o.Review(); len(parked) > 0 {
		return notAllowed("", "It is not known whether DOKU carried out %s of %d. A person must look at it first.",
			parked[0].ID, parked[0].Amount)
	}
	return nil
}

// checkCapture returns an error if amount of the authorisation cannot be captured now.
func (o Order) checkCapture(amount int64, now time.Time) error {
	authorized := o.Facts.Authorized
	if err := o.checkMoneyMoves(); err != nil {
		return err
	}
	switch {
	case o.Status() != Authorized:
		return notAllowed("", "The order is %s: only an AUTHORIZED order can be captured.", o.Status())
	case amount < 0 || amount > authorized.Amount:
		return notAllowed("/payment/capture_amount", "must be between 1 and the authorised amount, %d",
			authorized.Amount)
	case !now.Before(o.AuthorizationEnd().Add(-captureMargin)):
		return notAllowed("", "The authorisation of %s can no longer be captured: DOKU releases it after 7 days.",
			o.AuthorizedAt().Format(time.RFC3339))
	}
	return nil
}
