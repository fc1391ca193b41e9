package sandbox

import (
	"slices"
	"time"

	"kasir/local/sandbox/validate"
)

// page is one payment page and the payment on it.
type page struct {
	id        string // in its URL; cannot be guessed
	requestID string // of the create call; DOKU's original_request_id
	url       string
	body      validate.Body
	sessionID []byte // JSON
	createdAt time.Time
	expiresAt time.Time
	attempts  []*attempt // oldest first

	releaseAt time.Time        // the end of an authorisation that is not captured
	captured  int64            // whole rupiah
	captures  []*captureRecord // oldest first, also refused ones; a sale has none
	settled   bool             // whether the money is on the merchant's bank account
	manual    bool             // whether people do the refunds
	refunds   []*refund        // oldest first, also refused ones
	voided    *refund          // of an authorisation that was not captured; no money went back
	disputes  []*dispute       // oldest first
	clicks    int              // the number of acts in the Back Office
	reported  int64            // whole rupiah of captured that settlement reports contain
}

// attempt is one card tried on a page.
type attempt struct {
	id       string
	at       time.Time
	card     TestCard // one of TestCards; no other number is ever kept
	state    attemptState
	kind     string // transaction.type: SALE, INSTALLMENT, AUTHORIZE, MOTO, RECURRING
	amount   int64  // whole rupiah, after promo
	discount int64  // whole rupiah
	acquirer string
	tenor    int64  // months; 0 is paying at once
	save     *token // kept if the attempt is approved; nil to keep nothing
	tokenID  string // of the saved card that was used or kept
	verified bool   // 3-D Secure confirmed the cardholder
	wrong    int    // one-time passwords refused so far
	doneAt   time.Time

	code, message    string // response_code, response_message
	approvalCode     string // when approved
	authorizeID      string // when authorised
	authenticationID string
}

type attemptState int

const (
	waiting   attemptState = iota // for the one-time password
	abandoned                     // the customer went back and tried another card
	declined                      // another card may be tried
	approved                      // money is taken, or reserved by an authorisation
)

// Statuses of a payment in the control API. They are the sandbox's own words, not DOKU's.
const (
	statusOpen       = "OPEN"       // nobody paid yet; the customer acts next
	statusFailed     = "FAILED"     // the last card was declined; the customer may try another
	statusExpired    = "EXPIRED"    // the page can no longer be paid
	statusAuthorized = "AUTHORIZED" // reserved; the merchant captures next
	statusReleased   = "RELEASED"   // an authorisation that was never captured; nothing was charged
	statusPaid       = "PAID"
	statusVoided     = "VOIDED"
	statusPartly     = "PARTIALLY_REFUNDED"
	statusRefunded   = "REFUNDED"
	statusDisputed   = "CHARGED_BACK" // a dispute is open, also one about a part
)

// status derives the status of a payment from its history.
func (p *page) status(now time.Time) string {
	if p.chargedBack() > 0 {
		return statusDisputed
	}
	return p.undisputed(now)
}

// undisputed returns the status of a payment without its chargebacks.
func (p *page) undisputed(now time.Time) string {
	a := p.paidAttempt()
	switch {
	case a == nil && !now.Before(p.expiresAt):
		return statusExpired
	case a == nil && len(p.attempts) > 0 && p.lastAttempt().state == declined:
		return statusFailed
	case a == nil:
		return statusOpen
	case p.voided != nil:
		return statusVoided
	case a.kind == validate.TypeAuthorize && p.captured == 0 && !now.Before(p.releaseAt):
		return statusReleased
	case a.kind == validate.TypeAuthorize && p.captured == 0:
		return statusAuthorized
	case p.isVoided():
		return statusVoided
	case p.refundedAmount() >= p.captured:
		return statusRefunded
	case p.refundedAmount() > 0:
		return statusPartly
	}
	return statusPaid
}

// paidAttempt returns the approved attempt of a page, or nil. There is never more than one.
func (p *page) paidAttempt() *attempt {
	i := slices.IndexFunc(p.attempts, func(a *attempt) bool { return a.state == approved })
	if i < 0 {
		return nil
	}
	return p.attempts[i]
}

// lastAttempt returns the newest attempt of a page, or nil if no card was tried.
func (p *page) lastAttempt() *attempt {
	if len(p.attempts) == 0 {
		return nil
	}
	return p.attempts[len(p.attempts)-1]
}

// refundedAmount returns the sum of all refunds, in whole rupiah.
func (p *page) refundedAmount() (sum int64) {
	for _, r := range p.refunds {
		if r.done {
			sum += r.amount
		}
	}
	return sum
}

// isVoided reports whether the charge was voided before it settled.
func (p *page) isVoided() bool {
	return slices.ContainsFunc(p.refunds, func(r *refund) bool { return r.done && r.kind == refundVoid })
}

// voidedAmount returns the amount of a void: of a charge, or of an authorisation, of which nothing went back.
func (p *page) voidedAmount() (sum int64) {
	if p.voided != nil {
		return p.voided.amount
	}
	for _, r := range p.refunds {
		if r.done && r.kind == refundVoid {
			sum += r.amount
		}
	}
	return sum
}

// canSettle reports whether captured money can still settle.
func (p *page) canSettle() bool { return p.captured > 0 && !p.settled && !p.isVoided() }

// kindOf returns the transaction type of a payment on this page after the customer chose a tenor.
func (p *page) kindOf(tenor int64) string {
	asked := p.body.Payment.Type
	switch {
	// "as if it was a SALE transaction"
	case asked == validate.TypeAuthorize && bool(p.body.Payment.AutoCapture):
		return validate.TypeSale
	case tenor > 0:
		return validate.TypeInstallment
	case asked == validate.TypeInstallment:
		return validate.TypeSale // allow_tenor offered 0, paying at once
	}
	return asked
}

// unattended reports whether the payment needs neither CVV nor one-time password: the guide's MOTO and Recurring.
func (p *page) unattended() bool {
	return p.body.Payment.Type == validate.TypeMoto || p.body.Payment.Type == validate.TypeRecurring
}

// discount returns the promo of a card, 0 without one. The first entry that fits counts.
func (p *page) discount(card TestCard) int64 {
	for _, promo := range p.body.Override.Promo {
		if card.has(promo.BIN) {
			return promo.DiscountAmount
		}
	}
	return 0
}

// accepts reports whether "Transaction only accept BIN listed here" admits a card.
func (p *page) accepts(card TestCard) bool {
	allowed := p.body.Override.AllowBIN
	return len(allowed) == 0 || slices.ContainsFunc(allowed, card.has)
}
