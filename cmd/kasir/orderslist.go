package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kasir/shared/edge"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// listing is one call of kasir orders.
type listing struct {
	where    place
	limit    int
	all      bool
	csv, raw bool
}

// listFlags maps the flags that filter the list to the parameters of GET /payments.
var listFlags = []struct{ flag, parameter, usage string }{
	{"from", "from", "first day of creation, such as 2026-08-01; days begin at midnight in Jakarta"},
	{"to", "to", "last day; a range has at most 92 days, and the default is the 92 days until today"},
	{"status", "status", "only this status, or several with commas"},
	{"attention", "attention",
		"only orders that need a person, with what to do; --attention=conflict,late: of these kinds"},
	{"customer", "customer_id", "only orders of this customer"},
	{"invoice", "invoice_number", "only this invoice number, or numbers that begin so"},
	{"last4", "last4", "only orders paid with a card that ends in these four digits"},
	{"settled", "settled",
		"true: only paid orders in a settlement report; false: only those that DOKU has still to settle"},
	{"cursor", "cursor", "continue a list, with the cursor that --json printed and the same filters"},
}

func (l *listing) flags(c *cobra.Command) {
	l.where.flags(c, false)
	l.where.stageFlags(c)
	for _, f := range listFlags {
		c.Flags().String(f.flag, "", f.usage)
	}
	c.Flags().Lookup("attention").NoOptDefVal = "true"
	c.Flags().IntVar(&l.limit, "limit", 50, "the most orders to list")
	c.Flags().BoolVar(&l.all, "all", false, "list every order that matches")
	c.Flags().BoolVar(&l.csv, "csv", false, "print comma-separated values, for a spreadsheet")
	c.Flags().BoolVar(&l.raw, "raw", false, "with --csv: print texts as they are, also formulas")
	exclusive(c, "all", "limit")
}

func (l *listing) check(c *cobra.Command) error {
	asJSON, _ := c.Flags().GetBool("json")
	switch {
	case l.limit < 1:
		return usagef("--limit %d: it must be above 0", l.limit)
	case l.csv && asJSON:
		return usagef("--csv and --json exclude each other")
	case l.raw && !l.csv:
		return usagef("--raw is for --csv")
	}
	return nil
}

// ordersDocument is the output of kasir orders --json.
type ordersDocument struct {
	Place  string      `json:"place"` // the table, the running kasir local or the folder that holds the orders
	Orders []listedRow `json:"orders"`
	Cursor string      `json:"cursor,omitempty"` // if there are more
	// CompleteSince is the time since which every order is listed, unless all are.
	CompleteSince *time.Time `json:"complete_since,omitempty"`
	Closest       []string   `json:"closest,omitempty"`
	Unreadable    []string   `json:"unreadable,omitempty"`
}

// listedRow is an order in the list. Its names are those of the HTTP API.
type listedRow struct {
	Invoice   string           `json:"invoice_number"`
	Status    order.Status     `json:"status"`
	Amount    int64            `json:"amount"`
	CreatedAt time.Time        `json:"created_at"`
	Captured  int64            `json:"captured,omitempty"`
	Refunded  int64            `json:"refunded,omitempty"`
	Card      string           `json:"card,omitempty"`
	Closed    *edge.ClosedView `json:"closed,omitempty"`
	Attention []reason         `json:"attention"`

	newer bool
}

// rowsWriter prints the orders of a page.
type rowsWriter func([]listedRow) error

// run lists the pages and prints each. end ends the progress line.
func (l *listing) run(c *cobra.Command, s *screen, d *desk, end func()) error {
	query := url.Values{}
	for _, f := range listFlags {
		if value, _ := c.Flags().GetString(f.flag); c.Flags().Changed(f.flag) {
			query.Set(f.parameter, value)
		}
	}
	filtered := len(query) > 0
	write, list := l.writer(s, query.Has("attention")), ordersDocument{Place: d.place, Orders: []listedRow{}}
	if !l.csv {
		fmt.Fprintf(s.text, "orders of %s\n", d.place)
	}
	err := l.pages(c, d, query, &list, func(rows []listedRow) error {
		s.update("listing the orders of %s: %d", d.place, len(list.Orders))
		return write(rows)
	})
	if err == nil && len(list.Orders)+len(list.Unreadable) == 0 && (!filtered || query.Has("attention")) {
		err = l.checkPlace(c, d)
	}
	if err != nil {
		return flagsOf(err)
	}
	end()
	l.remark(s, list, query.Has("attention"))
	if err := s.document(list); err != nil {
		return err
	}
	if n := len(list.Unreadable); n > 0 {
		return fmt.Errorf("%d of the orders cannot be read: %s", n, strings.Join(list.Unreadable, ", "))
	}
	return nil
}

// pages reads pages until it has enough orders. It calls see with the orders of each page. list collects the other
// parts of the pages.
func (l *listing) pages(c *cobra.Command, d *desk, query url.Values, list *ordersDocument, see rowsWriter) error {
	const most = 100
	for {
		left := most
		if !l.all {
			left = min(most, l.limit-len(list.Orders))
		}
		query.Set("limit", strconv.Itoa(left))
		page, err := d.List(c.Context(), payment.Caller{ReadsAll: true}, query)
		if err != nil {
			return err
		}
		rows := d.rows(page)
		list.Orders, list.Cursor = append(list.Orders, rows...), page.Cursor
		list.Closest = payment.Closest(query.Get("invoice_number"), append(list.Closest, page.Closest...))
		for _, one := range page.Unreadable {
			list.Unreadable = append(list.Unreadable, one.Invoice)
		}
		if !page.CompleteSince.IsZero() {
			list.CompleteSince = &page.CompleteSince
		}
		if err := see(rows); err != nil {
			return err
		}
		if page.Cursor == "" || !l.all && len(list.Orders) >= l.limit {
			return nil
		}
		query.Set("cursor", page.Cursor)
	}
}

// rows returns the orders of a page as they are listed.
func (d *desk) rows(page payment.Page) []listedRow {
	rows := []listedRow{}
	for _, o := range page.Orders {
		view := orderView(o, d.Now())
		row := listedRow{Invoice: o.Invoice, Status: view.Status, Amount: o.Amount, CreatedAt: o.CreatedAt,
			Captured: view.Captured, Refunded: view.Refunded, Closed: view.Closed, Attention: explain(o, d.stage),
			newer: o.Newer()}
		if view.Card != nil {
			row.Card = view.Card.Masked
		}
		rows = append(rows, row)
	}
	return rows
}

// checkPlace returns an error if there is no order at all, since the orders may then be in another place.
func (l *listing) checkPlace(c *cobra.Command, d *desk) error {
	page, err := d.List(c.Context(), payment.Caller{ReadsAll: true}, url.Values{"limit": {"1"}})
	if err != nil || len(page.Orders)+len(page.Unreadable) > 0 {
		return err
	}
	return fmt.Errorf("there is no order in %s, of the last 92 days: check that it is the right place", d.place)
}

// remark prints the remarks about the whole list.
func (l *listing) remark(s *screen, list ordersDocument, attention bool) {
	switch {
	case l.csv || len(list.Orders)+len(list.Unreadable) > 0:
	case attention:
		fmt.Fprintln(s.text, "no order needs a person")
	case len(list.Closest) > 0:
		fmt.Fprintf(s.text, "there is no such order; these are similar: %s\n", strings.Join(list.Closest, ", "))
	default:
		fmt.Fprintln(s.text, "no order matches")
	}
	if list.Cursor != "" {
		s.note("there are more orders: list them with --all, or with a higher --limit")
	}
	if list.CompleteSince != nil {
		s.note("orders that were created before %s may be missing: run kasir reindex", formatTime(*list.CompleteSince))
	}
}

// flagsOf returns the error of a list with the names of the flags in place of the parameters'.
func flagsOf(err error) error {
	var invalid *payment.Invalid
	if errors.Is(err, payment.ErrCursor) {
		return usagef("--cursor is not one of a list with these filters")
	}
	if !errors.As(err, &invalid) {
		return err
	}
	var faults []string
	for _, v := range invalid.Violations {
		name := strings.TrimPrefix(v.Pointer, "/")
		for _, f := range listFlags {
			if f.parameter == name {
				name = f.flag
				break
			}
		}
		faults = append(faults, "--"+cmp.Or(name, "?")+" "+v.Detail)
	}
	return usagef("%s", strings.Join(faults, "; "))
}
