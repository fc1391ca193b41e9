package order

import "reflect"

// Quiet reports whether no write that ends in this order has a change that other systems are notified of. The order
// then has at most a page, the request for it, and the progress of reconciliation. Any other fact, also of a kind that
// does not exist yet, makes an order not quiet.
func (o Order) Quiet() bool {
	facts, watch := o.Facts, o.Watch
	facts.Page, facts.Closed = nil, nil
	watch.Asks, watch.NextAt, watch.Closed, watch.CheckAt, watch.AskedAt = 0, Watch{}.NextAt, false, Watch{}.CheckAt,
		Watch{}.AskedAt
	for _, op := range o.Operations {
		if op.Kind != KindCreatePage || op.State == Parked {
			return false
		}
	}
	return reflect.ValueOf(facts).IsZero() && watch == Watch{}
}
