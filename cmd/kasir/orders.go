package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"kasir/shared/edge"
	"kasir/shared/order"
)

func ordersCommand() *cobra.Command {
	var where place
	var attention bool
	c := &cobra.Command{
		Use:   "orders",
		Short: "List orders, or only those that need a person",
		Long: "Lists the orders of the running kasir local, or else of its kept data. With --stage, or with\n" +
			"TABLE_NAME and the functions' other settings in the environment, it lists those of a deployment. It\n" +
			"reads the whole table. The newest order is last.\n\n" +
			"With --attention it lists the orders that need a person, each with all its open cases, what to do and\n" +
			"where to look. docs/alarms.md has the kinds of cases.",
		Example: "  kasir orders\n  kasir orders --attention --stage production\n  kasir orders show INV-1",
		Args:    exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			s := screenOf(c)
			end := s.begin("opening the orders")
			defer end()
			d, err := openDesk(c.Context(), where)
			if err != nil {
				return err
			}
			defer d.close()
			list, err := listOrders(c, s, d, attention)
			if err != nil {
				return err
			}
			end()
			if err := errors.Join(list.print(s, attention), s.document(list)); err != nil {
				return err
			}
			if list.Total == 0 {
				return fmt.Errorf("there is no order in %s: check that it is the right place", d.place)
			}
			return nil
		},
	}
	where.flags(c, false)
	where.stageFlags(c)
	c.Flags().BoolVar(&attention, "attention", false, "only orders that need a person, with what to do")
	c.AddCommand(showOrderCommand())
	return c
}

// ordersDocument is the output of kasir orders --json.
type ordersDocument struct {
	Place  string      `json:"place"` // the table, the running kasir local or the folder that holds the orders
	Total  int         `json:"total"` // orders there, listed or not
	Orders []listedRow `json:"orders"`
}

// listedRow is an order in the list. Its names are those of the HTTP API.
type listedRow struct {
	Invoice   string           `json:"invoice_number"`
	Status    order.Status     `json:"status"`
	Amount    int64            `json:"amount"`
	CreatedAt time.Time        `json:"created_at"`
	Closed    *edge.ClosedView `json:"closed,omitempty"`
	Attention []reason         `json:"attention"`

	newer bool
}

// listOrders returns the place of the orders and the orders to list, the oldest first.
func listOrders(c *cobra.Command, s *screen, d *desk, attention bool) (ordersDocument, error) {
	list := ordersDocument{Place: d.place, Orders: []listedRow{}}
	err := d.orders.All(c.Context(), func(o order.Order) error {
		list.Total++
		s.update("reading the orders of %s: %d", d.place, list.Total)
		closed := orderView(o, d.Now()).Closed
		row := listedRow{o.Invoice, o.Status(), o.Amount, o.CreatedAt, closed, explain(o, d.stage), o.Newer()}
		if !attention || len(row.Attention) > 0 {
			list.Orders = append(list.Orders, row)
		}
		return nil
	})
	slices.SortFunc(list.Orders, func(a, b listedRow) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Invoice, b.Invoice))
	})
	return list, err
}

// print writes the list for people. Without attention it explains only orders that this kasir may not understand.
func (l ordersDocument) print(s *screen, attention bool) error {
	fmt.Fprintf(s.text, "orders of %s\n", l.Place)
	table := tabwriter.NewWriter(s.text, 0, 4, 2, ' ', 0)
	for _, row := range l.Orders {
		status := s.paint(statusColour(row.Status), string(row.Status))
		if row.Closed != nil {
			status += ", closed"
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", row.Invoice, status, row.Amount, formatTime(row.CreatedAt))
		if attention || row.newer {
			writeReasons(table, s, row.Attention)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if l.Total > 0 && len(l.Orders) == 0 {
		fmt.Fprintf(s.text, "no order needs a person, of %d\n", l.Total)
	}
	return nil
}

// statusColour returns the colour of a status. Taken money is green, money that will not come is red.
func statusColour(status order.Status) string {
	switch status {
	case order.Paid:
		return green
	case order.NeedsReview, order.Authorized, order.Capturing:
		return yellow
	case order.Failed, order.Expired, order.AuthorizationExpired:
		return red
	}
	return plain
}

func formatName(format int) string {
	if format < 0 {
		return "(not a number)"
	}
	return strconv.Itoa(format)
}
