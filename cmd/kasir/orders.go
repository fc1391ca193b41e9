package main

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"kasir/shared/order"
)

func ordersCommand() *cobra.Command {
	var where place
	var attention bool
	c := &cobra.Command{
		Use:   "orders",
		Short: "List orders, or only those that need a person",
		Long: "Lists the orders of the running kasir local, else of its kept data; or, when TABLE_NAME and the functions' other settings are in the\n" +
			"environment, of that deployment. It reads the whole table.",
		Example: "  kasir orders\n  kasir orders --attention\n  kasir orders show INV-1",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			d, err := openDesk(c.Context(), where)
			if err != nil {
				return err
			}
			defer d.close()
			return listOrders(c, d, attention)
		},
	}
	where.flags(c, false)
	c.Flags().BoolVar(&attention, "attention", false, "only orders in review or in conflict, with what to do")
	c.AddCommand(showOrderCommand())
	return c
}

// listOrders says first where it looks, since an empty list says something of that place alone.
func listOrders(c *cobra.Command, d *desk, attention bool) error {
	out := c.OutOrStdout()
	fmt.Fprintf(out, "orders of %s\n", d.where)
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	all, listed := 0, 0
	err := d.orders.All(c.Context(), func(o order.Order) error {
		all++
		if attention && !wantsAttention(o) {
			return nil
		}
		listed++
		_, err := fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", o.Invoice, o.Status(), o.Amount, o.CreatedAt.Format(time.RFC3339))
		if attention || o.Newer() {
			explain(table, o)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if all == 0 {
		return fmt.Errorf("there is no order in %s: is it the right place?", d.where)
	}
	if listed == 0 {
		fmt.Fprintf(out, "no order needs a person, of %d\n", all)
	}
	return nil
}

// explain says why an order needs a person, and what to do.
func explain(out io.Writer, o order.Order) {
	if o.Newer() {
		fmt.Fprintf(out, "  newer: stored in format %s, and this kasir knows %d; this view may be incomplete\n",
			formatName(o.Format), order.LastFormat)
		fmt.Fprintln(out, "         this kasir does not change the order: use the kasir of the deployed version")
	}
	for _, op := range o.Review() {
		fmt.Fprintf(out, "  review: whether DOKU did %s of %d is not known; look for Request-Id %s in DOKU's Back Office, then\n", op.ID, op.Amount, op.RequestID)
		fmt.Fprintf(out, "          kasir resolve %s %s --done|--refused --by <you> --note <what you saw>\n", o.Invoice, op.ID)
	}
	if o.Watch.AutoFailed {
		fmt.Fprintln(out, "  auto_capture_failed: DOKU refused every automatic capture; the authorisation lapses unless it is captured by hand")
	}
	if o.Watch.Unconfirmed {
		fmt.Fprintln(out, "  unconfirmed: DOKU did not say for a day whether the page was paid; run kasir doctor")
	}
	for _, c := range o.OpenConflicts() {
		fmt.Fprintf(out, "  conflict: %s; look into DOKU's Back Office, then\n          kasir resolve %s --conflict %s --counts|--none --by <you> --note <what you saw>\n",
			c.Detail, o.Invoice, c.ID)
	}
}

func formatName(format int) string {
	if format < 0 {
		return "(not a number)"
	}
	return strconv.Itoa(format)
}

// wantsAttention reports whether a person must look at an order.
func wantsAttention(o order.Order) bool {
	return len(o.Review()) > 0 || len(o.OpenConflicts()) > 0 || o.Newer() || o.Watch.AutoFailed || o.Watch.Unconfirmed
}
