package order

import (
	"fmt"
	"slices"
	"time"
)

// Facts only grow. Joining them is commutative, associative and idempotent, so duplicate, late and reordered
// notifications all end in the same order.
type Facts struct {
	Page       *Page
	Failures   []Failure // by time; the latest maxFailures
	Authorized *Authorization
	Captured   *Capture
	Paid       *Payment
	Expired    time.Time // the end of a page up to which DOKU was asked and nothing was paid; money may still arrive late
	Released   time.Time // the end of an authorisation up to which DOKU was asked and nothing was captured
	Conflicts  []string  // what DOKU says that does not match what was asked, sorted; at most maxConflicts
}

// Page is the payment page DOKU made.
type Page struct {
	URL       PageURL
	At        time.Time
	ExpiresAt time.Time
}

// Failure is one attempt of the customer that DOKU or the bank declined. Another card may still pay.
type Failure struct {
	At      time.Time
	Code    string // the acquirer's response code, 51 for insufficient funds
	Message string
}

// Authorization is money reserved on the customer's card.
type Authorization struct {
	ID     string // DOKU's authorize_id, which a capture names
	At     time.Time
	Amount int64
	Card   Card
}

// Capture is money taken from an authorisation: all of it, or less. What is not captured is released.
type Capture struct {
	At     time.Time
	Amount int64
}

// Payment is money taken from the customer's card at once.
type Payment struct {
	At           time.Time
	Amount       int64
	ApprovalCode string
	Acquirer     string
	Card         Card
}

// Card is what is known of the card; Masked shows six and four digits at most.
type Card struct {
	Masked, Brand, Issuer, Type string
}

// Learn adds what DOKU reported. An amount that is neither the order's nor lowered by one of its promo
// discounts is a conflict and never money: a person must look. unchanged is true when nothing was new.
func (o Order) Learn(news Facts) (next Order, unchanged bool) {
	if news.Paid != nil && !o.expects(news.Paid.Amount) {
		news.Conflicts = joinConflicts(news.Conflicts, []string{o.mismatch("paid", news.Paid.Amount)})
		news.Paid = nil
	}
	if news.Authorized != nil && !o.expects(news.Authorized.Amount) {
		news.Conflicts = joinConflicts(news.Conflicts, []string{o.mismatch("authorised", news.Authorized.Amount)})
		news.Authorized = nil
	}
	if news.Captured != nil && (news.Captured.Amount <= 0 || news.Captured.Amount > o.Amount) {
		news.Conflicts = joinConflicts(news.Conflicts, []string{o.mismatch("captured", news.Captured.Amount)})
		news.Captured = nil
	}
	before := o.Facts
	o.Facts = Join(before, news)
	return o, equal(before, o.Facts)
}

func (o Order) expects(amount int64) bool {
	return amount == o.Amount || slices.ContainsFunc(o.Discounts, func(off int64) bool { return amount == o.Amount-off })
}

func (o Order) mismatch(what string, amount int64) string {
	if amount < 0 || amount >= 1e12 { // so long a number may be a card's
		return fmt.Sprintf("DOKU reported an unreadable amount as %s, asked were %d", what, o.Amount)
	}
	return fmt.Sprintf("DOKU reported %d as %s, asked were %d", amount, what, o.Amount)
}
