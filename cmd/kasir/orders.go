package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"kasir/shared/edge"
	"kasir/shared/order"
	"kasir/shared/payment"
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

func listOrders(c *cobra.Command, d *desk, attention bool) error {
	table := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	count := 0
	err := d.orders.All(c.Context(), func(o order.Order) error {
		if attention && len(o.Review()) == 0 && len(o.Facts.Conflicts) == 0 && !o.Newer() {
			return nil
		}
		count++
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
	if count == 0 && attention {
		fmt.Fprintln(c.OutOrStdout(), "no order needs a person")
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
	for _, reason := range o.Facts.Conflicts {
		fmt.Fprintf(out, "  conflict: %s; compare with DOKU's Back Office and settle it there: kasir captures and refunds nothing of this order\n", reason)
	}
}

func formatName(format int) string {
	if format < 0 {
		return "(not a number)"
	}
	return strconv.Itoa(format)
}

func showOrderCommand() *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:     "show <invoice>",
		Short:   "Show one order with its history",
		Example: "  kasir orders show INV-1",
		Args:    takes("<invoice>"),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := openDesk(c.Context(), where)
			if err != nil {
				return err
			}
			defer d.close()
			o, err := d.Find(c.Context(), args[0])
			if errors.Is(err, payment.ErrNotFound) {
				return fmt.Errorf("there is no order %s", args[0])
			}
			if err != nil {
				return err
			}
			return showOrder(c.OutOrStdout(), o)
		},
	}
	where.flags(c, false)
	return c
}

func showOrder(out io.Writer, o order.Order) error {
	view := edge.ShowPayment(payment.Caller{ReadsAll: true}, o)
	view.History = nil
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false) // a page's URL is there to be copied
	if err := encoder.Encode(view); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nhistory")
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, e := range o.History {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", e.At.Format(time.RFC3339), e.What, e.Of, e.Detail)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	explain(out, o)
	return nil
}
