package order

import "reflect"

// Status is where the order stands, derived from its operations and facts. Money beats failures: once paid,
// no later failure changes it.
type Status string

const (
	// Creating: no page yet. The caller acts next, by sending the same request again.
	Creating Status = "CREATING"
	// Pending: the page is issued. The customer acts next.
	Pending Status = "PENDING"
	// Failed: the last attempt was declined, but the page still stands. The customer acts next, with another card.
	Failed Status = "FAILED"
	// Authorized: the amount is reserved on the card. The merchant acts next, by capturing it.
	Authorized Status = "AUTHORIZED"
	// Paid: the money was taken. Nobody needs to act.
	Paid Status = "PAID"
)

// Status derives the order's status.
func (o Order) Status() Status {
	switch {
	case o.Facts.Paid != nil:
		return Paid
	case o.Facts.Authorized != nil:
		return Authorized
	case len(o.Facts.Failures) > 0:
		return Failed
	case o.Facts.Page != nil:
		return Pending
	default:
		return Creating
	}
}

// equal compares facts. Their times are in the form Stamp gives, so that equal instants are equal values.
func equal(a, b Facts) bool { return reflect.DeepEqual(a.normal(), b.normal()) }

// normal makes empty and nil lists alike.
func (f Facts) normal() Facts {
	if len(f.Failures) == 0 {
		f.Failures = nil
	}
	if len(f.Conflicts) == 0 {
		f.Conflicts = nil
	}
	return f
}
