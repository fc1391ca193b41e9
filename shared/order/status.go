package order

import (
	"reflect"
	"slices"
	"time"
)

// Status is the state of an order, derived from its operations and facts. Money overrides failures: no later failure
// changes a paid order.
type Status string

const (
	// Creating: there is no page yet. The caller acts next, by sending the same request again.
	Creating Status = "CREATING"
	// Pending: the page is issued. The customer acts next.
	Pending Status = "PENDING"
	// Failed: the last attempt to pay was declined, but the page still stands. The customer acts next, with another
	// card.
	Failed Status = "FAILED"
	// Authorized: the amount is reserved on the card. The merchant acts next, by capturing it within 7 days.
	Authorized Status = "AUTHORIZED"
	// Capturing: DOKU was asked to capture, and the outcome is not known. The merchant acts next, by asking again.
	Capturing Status = "CAPTURING"
	// AuthorizationExpired: the authorisation lapsed uncaptured. Nobody needs to act. The goods are not paid.
	AuthorizationExpired Status = "AUTHORIZATION_EXPIRED"
	// Expired: the page ended unpaid. Nobody needs to act. DOKU is asked for another day, and late money makes it
	// PAID. The same request makes the next page.
	Expired Status = "EXPIRED"
	// NeedsReview: DOKU reported money that does not match. A person acts next, by deciding about the conflict. It
	// takes the place of CREATING, PENDING, FAILED and EXPIRED.
	NeedsReview Status = "NEEDS_REVIEW"
	// Paid: the money was taken. Nobody needs to act.
	Paid Status = "PAID"
	// PartiallyRefunded: part of the money was given back. Nobody needs to act.
	PartiallyRefunded Status = "PARTIALLY_REFUNDED"
	// Refunded: all of the money was given back, or DOKU's people are sending it. Nobody needs to act.
	Refunded Status = "REFUNDED"
	// Voided: the charge was taken back before settlement, or the authorisation was. Nobody needs to act.
	Voided Status = "VOIDED"
)

// Statuses lists every status.
var Statuses = []Status{
	Creating, Pending, Failed, Authorized, Capturing, AuthorizationExpired, Expired, NeedsReview, Paid,
	PartiallyRefunded, Refunded, Voided,
}

// next lists the statuses that may follow each status in one write. Money overrides timers and failures. A refund may
// be known before its payment. It is undone only if DOKU's people did not carry out a manual refund, or if a person
// withdraws a report of a refund outside kasir.
var next = map[Status][]Status{
	Creating: {Pending, Failed, NeedsReview, Expired, Authorized, Paid, AuthorizationExpired, PartiallyRefunded,
		Refunded, Voided},
	Pending: {Failed, NeedsReview, Expired, Authorized, Paid, AuthorizationExpired, PartiallyRefunded,
		Refunded, Voided},
	Failed: {Pending, NeedsReview, Expired, Authorized, Paid, AuthorizationExpired, PartiallyRefunded,
		Refunded, Voided},
	Expired: {Creating, Pending, Failed, NeedsReview, Authorized, Paid, AuthorizationExpired, PartiallyRefunded,
		Refunded, Voided},
	NeedsReview: {Creating, Pending, Failed, Expired, Authorized, Paid, AuthorizationExpired, PartiallyRefunded,
		Refunded, Voided},
	Authorized:           {Capturing, Paid, AuthorizationExpired, PartiallyRefunded, Refunded, Voided},
	Capturing:            {Authorized, Paid, AuthorizationExpired, PartiallyRefunded, Refunded, Voided},
	AuthorizationExpired: {Paid, PartiallyRefunded, Refunded, Voided},
	Paid:                 {PartiallyRefunded, Refunded, Voided},
	PartiallyRefunded:    {Paid, Refunded, Voided},
	Refunded:             {Paid, PartiallyRefunded, Voided},
	Voided:               {Authorized, AuthorizationExpired, Paid, PartiallyRefunded, Refunded},
}

// MayFollow reports whether one write may change an order's status from one to the other.
func MayFollow(from, to Status) bool { return from == to || slices.Contains(next[from], to) }

// Status returns the order's status.
func (o Order) Status() Status {
	switch {
	case o.Captured() > 0:
		return o.paidStatus()
	case o.Facts.Authorized != nil:
		return o.authorizedStatus()
	case len(o.OpenConflicts()) > 0:
		return NeedsReview
	case o.expired():
		return Expired
	case o.declined():
		return Failed
	case o.Facts.Page != nil && !o.pageUnderWay():
		return Pending
	default:
		return Creating
	}
}

// authorizedStatus returns the status of an order whose money is authorised. It never expires while a capture may have
// happened.
func (o Order) authorizedStatus() Status {
	op, ok := o.Operation(string(KindCapture))
	switch {
	case ok && (op.State == Open || op.State == Parked):
		return Capturing
	case o.voidedElsewhere():
		return Voided
	case !o.Facts.Released.IsZero():
		return AuthorizationExpired
	}
	return Authorized
}

// Late reports whether the money came after the page had ended, even if kasir learned of it in time.
func (o Order) Late() bool {
	if o.Captured() == 0 {
		return false
	}
	if o.expired() {
		return true
	}
	at := o.moneyAt()
	return o.Facts.Page != nil && !at.IsZero() && at.After(o.end())
}

// moneyAt returns the time at which the customer paid.
func (o Order) moneyAt() time.Time {
	switch f := o.Facts; {
	case f.Authorized != nil:
		return o.AuthorizedAt()
	case f.Paid != nil:
		return o.FactTime(f.Paid.At, f.Paid.LearnedAt)
	}
	return time.Time{}
}

// expired reports whether the page ended unpaid. A later page has its own end.
func (o Order) expired() bool { return !o.Facts.Expired.IsZero() && !o.Facts.Expired.Before(o.end()) }

// declined reports whether an attempt to pay the current page was declined.
func (o Order) declined() bool {
	page := o.Facts.Page
	if o.pageUnderWay() {
		return false
	}
	return slices.ContainsFunc(o.Facts.Failures, func(f Failure) bool {
		return page == nil || page.Generation <= 1 || !o.FactTime(f.At, f.LearnedAt).Before(page.At)
	})
}

// pageUnderWay reports whether a next page was asked for and is not made yet.
func (o Order) pageUnderWay() bool {
	op, ok := o.Operation(string(KindCreatePage))
	return ok && o.Facts.Page != nil && op.State != Done && op.Generation > max(o.Facts.Page.Generation, 1)
}

// paidStatus returns the status of an order whose money was taken.
func (o Order) paidStatus() Status {
	elsewhere := o.Elsewhere()
	voided := slices.ContainsFunc(elsewhere, func(e Elsewhere) bool { return e.Kind == MovedVoid })
	for op := range o.refunds() {
		voided = voided || op.State == Done && op.Type == Void
	}
	switch refunded := o.Refunded() + refundedTotal(elsewhere); {
	case voided && refunded >= o.Captured():
		return Voided
	case refunded >= o.Captured():
		return Refunded
	case refunded > 0:
		return PartiallyRefunded
	}
	return Paid
}

// equal reports whether two sets of facts are the same. Their times are as Stamp returns them, so equal instants are
// equal values.
func equal(a, b Facts) bool { return reflect.DeepEqual(a.normal(), b.normal()) }

// normal replaces empty lists by nil.
func (f Facts) normal() Facts {
	if len(f.Failures) == 0 {
		f.Failures = nil
	}
	if len(f.Conflicts) == 0 {
		f.Conflicts = nil
	}
	if len(f.Decisions) == 0 {
		f.Decisions = nil
	}
	if len(f.Remarks) == 0 {
		f.Remarks = nil
	}
	if len(f.Movements) == 0 {
		f.Movements = nil
	}
	if len(f.Withdrawn) == 0 {
		f.Withdrawn = nil
	}
	if len(f.Settled) == 0 {
		f.Settled = nil
	}
	return f
}
