package order

import (
	"cmp"
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
	Paid       *Payment
	Conflicts  []string // what DOKU says that does not match what was asked, sorted; at most maxConflicts
}

// Page is the payment page DOKU made.
type Page struct {
	URL       string // its query carries a signature: not for logs
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

// Payment is money taken from the customer's card.
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

const (
	maxFailures  = 10
	maxConflicts = 5
)

// Join merges two sets of facts.
func Join(a, b Facts) Facts {
	out := Facts{
		Page:       joinPage(a.Page, b.Page),
		Failures:   joinFailures(a.Failures, b.Failures),
		Authorized: a.Authorized,
		Paid:       a.Paid,
		Conflicts:  joinConflicts(a.Conflicts, b.Conflicts),
	}
	switch {
	case a.Authorized == nil:
		out.Authorized = b.Authorized
	case b.Authorized != nil:
		joined, differ := joinAuthorization(*a.Authorized, *b.Authorized)
		out.Authorized = &joined
		out.Conflicts = joinConflicts(out.Conflicts, differ)
	}
	switch {
	case a.Paid == nil:
		out.Paid = b.Paid
	case b.Paid != nil:
		joined, differ := joinPayment(*a.Paid, *b.Paid)
		out.Paid = &joined
		out.Conflicts = joinConflicts(out.Conflicts, differ)
	}
	return out
}

// joinPage keeps the page that was issued first: the caller may have shown it already.
func joinPage(a, b *Page) *Page {
	if a == nil {
		return b
	}
	if b == nil || cmp.Or(a.At.Compare(b.At), cmp.Compare(a.URL, b.URL), a.ExpiresAt.Compare(b.ExpiresAt)) <= 0 {
		return a
	}
	return b
}

func joinFailures(a, b []Failure) []Failure {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y Failure) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Message, y.Message))
	})
	all = slices.CompactFunc(all, func(x, y Failure) bool { return x.At.Equal(y.At) && x.Code == y.Code && x.Message == y.Message })
	return slices.Clip(all[max(0, len(all)-maxFailures):])
}

func joinConflicts(a, b []string) []string {
	all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
	return slices.Clip(all[:min(len(all), maxConflicts)])
}

// joinAuthorization merges two reports of an authorisation field by field, since reports of one event may know
// different fields of it. Reports that name different authorisations are a conflict.
func joinAuthorization(a, b Authorization) (Authorization, []string) {
	var differ []string
	if different(a.ID, b.ID) {
		differ = append(differ, "DOKU reported two different authorisations")
	}
	if a.Amount != b.Amount {
		differ = append(differ, "DOKU reported two amounts of the authorisation")
	}
	return Authorization{
		ID: least(a.ID, b.ID), At: earliest(a.At, b.At), Amount: min(a.Amount, b.Amount), Card: joinCard(a.Card, b.Card),
	}, differ
}

func joinPayment(a, b Payment) (Payment, []string) {
	var differ []string
	if different(a.ApprovalCode, b.ApprovalCode) {
		differ = append(differ, "DOKU reported two payments with different approval codes")
	}
	if a.Amount != b.Amount {
		differ = append(differ, "DOKU reported two amounts of the payment")
	}
	return Payment{
		At: earliest(a.At, b.At), Amount: min(a.Amount, b.Amount), ApprovalCode: least(a.ApprovalCode, b.ApprovalCode),
		Acquirer: least(a.Acquirer, b.Acquirer), Card: joinCard(a.Card, b.Card),
	}, differ
}

func joinCard(a, b Card) Card {
	return Card{
		Masked: least(a.Masked, b.Masked), Brand: least(a.Brand, b.Brand),
		Issuer: least(a.Issuer, b.Issuer), Type: least(a.Type, b.Type),
	}
}

func different(a, b string) bool { return a != "" && b != "" && a != b }

// least is the smaller of two texts, where an empty one is no text.
func least(a, b string) string {
	if a == "" || (b != "" && b < a) {
		return b
	}
	return a
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
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
	before := o.Facts
	o.Facts = Join(before, news)
	return o, equal(before, o.Facts)
}

func (o Order) expects(amount int64) bool {
	return amount == o.Amount || slices.ContainsFunc(o.Discounts, func(off int64) bool { return amount == o.Amount-off })
}

func (o Order) mismatch(what string, amount int64) string {
	if amount < 0 {
		return fmt.Sprintf("DOKU reported an unreadable amount as %s, asked were %d", what, o.Amount)
	}
	return fmt.Sprintf("DOKU reported %d as %s, asked were %d", amount, what, o.Amount)
}
