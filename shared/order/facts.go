package order

import (
	"fmt"
	"slices"
	"time"
)

// Facts only grow. Joining them is commutative, associative and idempotent, so duplicate, late and reordered
// notifications all end in the same order.
//
// A fact that DOKU reports has two times: At is what DOKU reported, LearnedAt when kasir learned it. Order.Shown joins them.
type Facts struct {
	Page       *Page     // the newest
	Failures   []Failure // by time; the latest maxFailures
	Authorized *Authorization
	Captured   *Capture
	Paid       *Payment
	Expired    time.Time // the end of a page up to which DOKU was asked and nothing was paid; money may still arrive late
	Released   time.Time // the end of an authorisation up to which DOKU was asked and nothing was captured
	Closed     *Act      // a person closed the order: no further page

	Conflicts []Conflict // reports that do not match, by ID; see conflict.go
	Overflow  bool       // there were more conflicts than are kept
	Decisions []Decision // of people about conflicts, by ID
	Remarks   []Remark   // reports to look at that hold nothing back
}

// Act is who did something, when and why.
type Act struct {
	At       time.Time
	By       string // the subject of the token, or the name that an operator gave
	Username string // as the token has it; may be empty
	Note     string // at most maxNote bytes; only for callers that read every payment
}

// Page is the payment page DOKU made.
type Page struct {
	URL        PageURL
	At         time.Time
	ExpiresAt  time.Time
	Generation int // of the operation that made it; 0 counts as 1
}

// Failure is one attempt of the customer that DOKU or the bank declined. Another card may still pay.
type Failure struct {
	At        time.Time
	LearnedAt time.Time
	Code      string // the acquirer's response code, 51 for insufficient funds
	Message   string
}

// Authorization is money reserved on the customer's card.
type Authorization struct {
	ID        string // DOKU's authorize_id, which a capture names
	PageID    string // see Payment
	At        time.Time
	LearnedAt time.Time
	Amount    int64
	Card      Card

	OtherCards []string // masked numbers of further reports; see Order.Conflicts
}

// Capture is money taken from an authorisation: all of it, or less. What is not captured is released.
type Capture struct {
	At        time.Time
	LearnedAt time.Time
	Amount    int64
}

// Payment is money taken from the customer's card at once.
type Payment struct {
	At           time.Time
	LearnedAt    time.Time
	Amount       int64
	ApprovalCode string
	Acquirer     string
	Card         Card
	OtherCards   []string // masked numbers of further reports; see Order.Conflicts
	// PageID is the Request-Id of the page that was paid, if it is not that of the order's latest page.
	PageID string
}

// Card is what is known of the card; Masked shows six and four digits at most.
type Card struct {
	Masked, Brand, Issuer, Type string
}

// Learn adds what DOKU reported. An amount that is neither the order's nor lowered by one of its promo discounts is a
// conflict and never money: a person decides. unchanged is true when nothing was new.
func (o Order) Learn(news Facts) (next Order, unchanged bool) {
	if p := news.Paid; p != nil && !o.acceptsAmount(p.Amount) {
		news = news.withConflict(ConflictAmount, o.mismatch("paid", p.Amount), Facts{Paid: p})
		news.Paid = nil
	}
	if a := news.Authorized; a != nil && !o.acceptsAmount(a.Amount) {
		news = news.withConflict(ConflictAmount, o.mismatch("authorised", a.Amount), Facts{Authorized: a})
		news.Authorized = nil
	}
	if c := news.Captured; c != nil && (c.Amount <= 0 || c.Amount > o.Amount) {
		news = news.withConflict(ConflictAmount, o.mismatch("captured", c.Amount), Facts{Captured: c})
		news.Captured = nil
	}
	before := o.Facts
	o = o.join(news)
	return o, equal(before, o.Facts)
}

// join adds facts. An authorisation that becomes known is watched until its own end, also when the page is watched no longer.
func (o Order) join(news Facts) Order {
	held := o.Facts.Authorized != nil
	o.Facts = Join(o.Facts, news)
	if !held && o.Facts.Authorized != nil {
		o.Watch.Asks, o.Watch.NextAt, o.Watch.Closed = 0, time.Time{}, false
	}
	return o
}

func (o Order) acceptsAmount(amount int64) bool {
	return amount == o.Amount || slices.ContainsFunc(o.Discounts, func(off int64) bool { return amount == o.Amount-off })
}

func (o Order) mismatch(what string, amount int64) string {
	if amount < 0 || amount >= 1e12 { // so long a number may be a card's
		return fmt.Sprintf("DOKU reported an unreadable amount as %s, asked were %d", what, o.Amount)
	}
	return fmt.Sprintf("DOKU reported %d as %s, asked were %d", amount, what, o.Amount)
}

// lastYear is the last year that is read; the end of an authorisation may lie in the next.
const lastYear = 9998

// clockSkew is how far DOKU's clock may lie before ours.
const clockSkew = 5 * time.Minute

// Shown is the time of a fact as it is shown and counted with: what DOKU reported, but not before the order was made and
// not after kasir learned it. DOKU's dates may be local times labelled as UTC, or far off.
func (o Order) FactTime(at, learned time.Time) time.Time {
	if !learned.IsZero() && at.After(learned) {
		at = learned
	}
	if at.Year() > lastYear { // an earlier version kept any: it may be as early as can be
		at = o.CreatedAt
	}
	if first := o.CreatedAt.Add(-clockSkew); !o.CreatedAt.IsZero() && at.Before(first) {
		at = first
	}
	return at
}

// AuthorizedAt is when the money was authorised.
func (o Order) AuthorizedAt() time.Time {
	return o.FactTime(o.Facts.Authorized.At, o.Facts.Authorized.LearnedAt)
}

// AuthorizationEnd is when DOKU releases the authorisation.
func (o Order) AuthorizationEnd() time.Time { return o.AuthorizedAt().Add(AuthorizationLife) }

// PaidPageID is the Request-Id of the page that the customer paid, which a refund names.
func (o Order) PaidPageID() string {
	page, _ := o.Operation(string(KindCreatePage))
	switch f := o.Facts; {
	case f.Paid != nil && f.Paid.PageID != "":
		return f.Paid.PageID
	case f.Paid == nil && f.Authorized != nil && f.Authorized.PageID != "":
		return f.Authorized.PageID
	}
	return page.RequestID
}

// Money is the amount of the first report of money in facts, 0 when there is none.
func (f Facts) Money() int64 {
	switch {
	case f.Paid != nil:
		return f.Paid.Amount
	case f.Authorized != nil:
		return f.Authorized.Amount
	case f.Captured != nil:
		return f.Captured.Amount
	}
	return 0
}
