package payment

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"kasir/shared/order"
)

// mostExamined is the number of places that one page examines at most. If their orders must be read, it is MostOrders.
const mostExamined = 500

// Page is a part of a list of orders.
type Page struct {
	Orders []order.Order // the newest first
	// Cursor continues the list. It is empty at the end. A page may be short and have a cursor, since the number of
	// orders that it examines is limited.
	Cursor string
	// CompleteSince is set until old orders have been added to the lists. An order that was created before it may be
	// missing.
	CompleteSince time.Time
	Closest       []string // if no invoice number matches: those of the examined orders that differ the least
	Unreadable    []Stored // orders that could not be read, for callers that may read every payment
}

// List returns a page of the orders that a caller may read. parameters are those of GET /payments. A page costs a query
// of each partition of its list, and one read of its orders. Errors: *Invalid, ErrCursor, ErrStore.
func (s *Service) List(ctx context.Context, c Caller, parameters url.Values) (Page, error) {
	f, err := s.filterOf(c, parameters)
	if err != nil {
		return Page{}, err
	}
	var places []Place
	more := false
	if f.list.From < f.list.To {
		if places, more, err = s.Store.List(ctx, f.list, f.window); err != nil {
			return Page{}, storeFailed("reading the list", err)
		}
	}
	stored, coverage, err := s.Store.Orders(ctx, f.reads(places))
	if err != nil {
		return Page{}, storeFailed("reading the listed orders", err)
	}
	page := f.page(places, more, stored)
	if !coverage.Complete {
		page.CompleteSince = cmp.Or(coverage.Since, order.Stamp(s.Now()))
	}
	return page, nil
}

// exact reports whether the order with exactly the invoice number is on this page. It comes first, wherever its place
// is.
func (f *filter) exact() bool { return f.first && f.invoice != "" }

// reads returns the invoice numbers of the orders to read: the exact one, on every page, and the matching places, as
// many as can be read at once.
func (f *filter) reads(places []Place) []string {
	var invoices []string
	if f.invoice != "" {
		invoices = append(invoices, f.invoice)
	}
	most := MostOrders
	if !f.readsOrders() {
		most = min(f.limit+len(invoices), MostOrders)
	}
	for _, place := range places {
		if f.named(place) && len(invoices) < most {
			invoices = append(invoices, place.Invoice())
		}
	}
	return invoices
}

// readsOrders reports whether the filter needs the orders themselves.
func (f *filter) readsOrders() bool {
	return len(f.statuses) > 0 || f.kinds != nil || f.last4 != "" || f.settled != nil ||
		f.attention && f.list.Index != ByAttention || f.customer != "" && f.list.Index != ByCustomer
}

// named reports whether the invoice number of a place begins with that of the filter. The exact number has its own
// place on the first page.
func (f *filter) named(place Place) bool {
	invoice := place.Invoice()
	return f.invoice == "" || invoice != f.invoice && strings.HasPrefix(invoice, f.invoice)
}

// page returns the page of the examined places. It ends before the first place whose order was not read or does not
// fit.
func (f *filter) page(places []Place, more bool, stored []Stored) Page {
	page, read := Page{}, map[string]Stored{}
	for _, s := range stored {
		read[s.Invoice] = s
	}
	if one, there := read[f.invoice]; f.exact() && there {
		f.add(&page, one)
	}
	wanted, last := f.reads(places), f.list.To
	for _, place := range places {
		if f.named(place) {
			invoice := place.Invoice()
			if len(page.Orders) == f.limit || !slices.Contains(wanted, invoice) {
				page.Cursor = encodeCursor(f.digest, f.next(page, last))
				return page
			}
			if one, there := read[invoice]; there {
				f.add(&page, one)
			}
		}
		last = place
	}
	if more {
		page.Cursor = encodeCursor(f.digest, f.next(page, last))
	}
	exact, there := read[f.invoice]
	there = there && (f.caller.ReadsAll || f.caller.MayRead(exact.Order))
	if f.invoice != "" && !there && len(page.Orders) == 0 && (f.caller.ReadsAll || f.list.Index == ByCustomer) {
		var others []string
		for _, place := range places {
			others = append(others, place.Invoice())
		}
		page.Closest = Closest(f.invoice, others)
	}
	return page
}

// next returns the place at which the list continues after last. A customer's cursor names no order of somebody else,
// which last may be if the list has everybody's orders: it begins again with the millisecond of last, or behind the
// customer's own order in it. It names last only if the page examined no other millisecond.
func (f *filter) next(page Page, last Place) Place {
	if f.caller.ReadsAll || f.list.Index == ByCustomer {
		return last
	}
	if n := len(page.Orders); n > 0 {
		own := PlaceOf(page.Orders[n-1].CreatedAt, page.Orders[n-1].Invoice)
		if own.Millis() == last.Millis() && own >= last {
			return own
		}
	}
	if whole := timePlace(time.UnixMilli(last.Millis() + 1)); whole < f.list.To {
		return whole
	}
	return last
}

// add adds an order to the page if it matches.
func (f *filter) add(page *Page, s Stored) {
	switch {
	case s.Err == nil && f.matches(s.Order):
		page.Orders = append(page.Orders, s.Order)
	case s.Err != nil && !errors.Is(s.Err, ErrNotFound) && f.caller.ReadsAll:
		page.Unreadable = append(page.Unreadable, s)
	}
}

// matches reports whether the caller may read an order and the order has everything that the filter asks for. The list
// may be older than the order.
func (f *filter) matches(o order.Order) bool {
	created := timePlace(o.CreatedAt)
	switch {
	case !f.caller.MayRead(o),
		f.customer != "" && !slices.Contains(o.Readers, f.customer),
		len(f.statuses) > 0 && !slices.Contains(f.statuses, o.Status()),
		f.settled != nil && *f.settled && (o.Captured() == 0 || len(o.Facts.Settled) == 0),
		f.settled != nil && !*f.settled && !o.AwaitsSettlement(),
		f.last4 != "" && !slices.Contains(lastDigits(o), f.last4),
		!f.from.IsZero() && created < timePlace(f.from),
		!f.to.IsZero() && created >= timePlace(f.to):
		return false
	}
	return !f.attention || slices.ContainsFunc(o.Cases(), func(c order.Case) bool {
		return f.kinds == nil || slices.Contains(f.kinds, c.Kind)
	})
}

// lastDigits returns the last four characters of the order's masked cards.
func lastDigits(o order.Order) (all []string) {
	add := func(card order.Card) { all = append(all, card.Masked[max(0, len(card.Masked)-4):]) }
	if o.Facts.Authorized != nil {
		add(o.Facts.Authorized.Card)
	}
	if o.Facts.Paid != nil {
		add(o.Facts.Paid.Card)
	}
	return all
}
