package order

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Facts is the knowledge about an order. It only grows. Joining facts is commutative, associative and idempotent, so
// duplicate, late and reordered notifications all lead to the same order.
//
// A fact that DOKU reports has two times: At is the reported one, LearnedAt is when kasir learned it. Order.FactTime
// combines them.
type Facts struct {
	Page       *Page     // the newest
	Failures   []Failure // by time; the latest maxFailures
	Authorized *Authorization
	Captured   *Capture
	Paid       *Payment
	Expired    time.Time // end of the latest page that check status showed unpaid; money may still arrive late
	Released   time.Time // end of an authorisation that check status showed uncaptured
	Closed     *Act      // a person closed the order: no further page

	Conflicts []Conflict // reports that do not match, by ID; see conflict.go
	Overflow  bool       // there were more conflicts than are kept
	Decisions []Decision // about conflicts, by conflict ID
	Remarks   []Remark   // reports that a person should see

	Movements     []Movement // reports of refunds, voids and chargebacks; see movement.go
	MoreMovements bool       // there were more movements than are kept
	Withdrawn     []Withdrawal
	Settled       []Settled // rows of settlement reports
	Restored      *Restored // the table was restored to an earlier time; see restored.go
	Forgotten     *Act      // the customer's data was erased: no card, reader or metadata is kept
}

// Act is an action of a person: who, when and why.
type Act struct {
	At       time.Time
	By       string // subject of the token, or the name that an operator gave
	Username string // from the token; may be empty
	Note     string // at most maxNote bytes; shown only to callers that read every payment
}

// Page is a payment page that DOKU made.
type Page struct {
	URL        PageURL
	At         time.Time
	ExpiresAt  time.Time
	Generation int // of the operation that made it; 0 counts as 1
}

// Failure is an attempt to pay that DOKU or the bank declined. Another card may still pay.
type Failure struct {
	At        time.Time
	LearnedAt time.Time
	Code      string // the acquirer's response code, for example 51 for insufficient funds
	Message   string
}

// Authorization is money reserved on the customer's card, in whole rupiah.
type Authorization struct {
	ID        string // DOKU's authorize_id, which a capture names
	PageID    string // see Payment
	At        time.Time
	LearnedAt time.Time
	Amount    int64
	Card      Card

	OtherCards []string // masked numbers of further reports; see Order.Conflicts
}

// Capture is money taken from an authorisation, in whole rupiah: all of it, or less. DOKU releases the rest.
type Capture struct {
	At        time.Time
	LearnedAt time.Time
	Amount    int64
}

// Payment is money taken from the customer's card at once, in whole rupiah.
type Payment struct {
	At           time.Time
	LearnedAt    time.Time
	Amount       int64
	ApprovalCode string
	Acquirer     string
	Card         Card
	OtherCards   []string // masked numbers of further reports; see Order.Conflicts
	// PageID is the Request-Id of the paid page. It is empty if that is the order's latest page.
	PageID string
}

// Card describes the card that was used. Masked shows at most six leading and four trailing digits.
type Card struct {
	Masked, Brand, Issuer, Type string
}

// Learn adds DOKU's report. A payment or authorisation counts only with the order's amount, or that amount less one
// promo discount; a capture with any amount up to the order's. Every other amount becomes a conflict, and a person
// decides. unchanged is true if nothing was new.
func (o Order) Learn(news Facts) (next Order, unchanged bool) {
	if p := news.Paid; p != nil && !o.AcceptsAmount(p.Amount) {
		news = news.withConflict(o.amountConflict("paid", p.Amount, Facts{Paid: p}))
		news.Paid = nil
	}
	if a := news.Authorized; a != nil && !o.AcceptsAmount(a.Amount) {
		news = news.withConflict(o.amountConflict("authorised", a.Amount, Facts{Authorized: a}))
		news.Authorized = nil
	}
	if c := news.Captured; c != nil && (c.Amount <= 0 || c.Amount > o.Amount) {
		news = news.withConflict(o.amountConflict("captured", c.Amount, Facts{Captured: c}))
		news.Captured = nil
	}
	before := o.Facts
	o = o.join(news)
	return o, equal(before, o.Facts)
}

// join adds facts. It watches a newly known authorisation until that authorisation ends, even if the page is no longer
// watched. If a stored order's amount is lowered, it adds a remark, since the amount may have been announced.
func (o Order) join(news Facts) Order {
	before := o
	o.Facts = Join(o.Facts, news)
	if o.Version > 0 {
		learned := Order{Facts: news}.moneyLearned()
		o.Facts = Join(o.Facts, Facts{Remarks: corrections(before, o, learned)})
	}
	if before.Facts.Authorized == nil && o.Facts.Authorized != nil {
		o.Watch.Asks, o.Watch.NextAt, o.Watch.Closed = 0, time.Time{}, false
	}
	return o
}

// dateConflicts gives the conflicts that before does not have, and that hold no report with a time, the time at which
// they became known.
func (o Order) dateConflicts(before Facts, now time.Time) Order {
	known := func(c Conflict) bool {
		return slices.ContainsFunc(before.Conflicts, func(k Conflict) bool { return k.ID == c.ID })
	}
	o.Facts.Conflicts = slices.Clone(o.Facts.Conflicts)
	for i, c := range o.Facts.Conflicts {
		if c.LearnedAt.IsZero() && !known(c) {
			o.Facts.Conflicts[i].LearnedAt = Stamp(now)
		}
	}
	return o
}

// AcceptsAmount reports whether amount is the order's, or the order's less one promo discount.
func (o Order) AcceptsAmount(amount int64) bool {
	return amount == o.Amount || slices.ContainsFunc(o.Discounts,
		func(off int64) bool { return amount == o.Amount-off })
}

// amountConflict returns the conflict of a report with another amount than the order's. moved is paid, authorised or
// captured. The conflict's value is the detail that earlier versions wrote, since its ID must not depend on the
// version.
func (o Order) amountConflict(moved string, amount int64, news Facts) Conflict {
	reported := strconv.FormatInt(amount, 10)
	if amount < 0 || amount >= 1e12 { // a number this long may be a card's
		reported = "an unreadable amount"
	}
	value := fmt.Sprintf("DOKU reported %s as %s, asked were %d", reported, moved, o.Amount)
	detail := fmt.Sprintf("DOKU reported %s as %s; the order asked for %d", reported, moved, o.Amount)
	return NewConflict(ConflictAmount, value, detail, news)
}

// lastYear is the last year that is read. The end of an authorisation may lie in the next.
const lastYear = 9998

// clockSkew is how far DOKU's clock may be behind ours.
const clockSkew = 5 * time.Minute

// FactTime returns the time of a fact for display and for deadlines. It is the time that DOKU reported, but neither
// before the order was made nor after kasir learned the fact. DOKU's dates may be local times labelled as UTC, or far
// off.
func (o Order) FactTime(at, learned time.Time) time.Time {
	if !learned.IsZero() && at.After(learned) {
		at = learned
	}
	if at.Year() > lastYear { // stored by an earlier version, which kept any date; take the earliest
		at = o.CreatedAt
	}
	if first := o.CreatedAt.Add(-clockSkew); !o.CreatedAt.IsZero() && at.Before(first) {
		at = first
	}
	return at
}

// AuthorizedAt returns the time of the authorisation.
func (o Order) AuthorizedAt() time.Time {
	return o.FactTime(o.Facts.Authorized.At, o.Facts.Authorized.LearnedAt)
}

// AuthorizationEnd returns the time at which DOKU releases the authorisation.
func (o Order) AuthorizationEnd() time.Time { return o.AuthorizedAt().Add(AuthorizationLife) }

// PaidPageID returns the Request-Id of the page that the customer paid. A refund names it.
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

// Money returns the amount of the first report of money in f, in whole rupiah, and 0 if there is none.
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
