package main

import (
	"fmt"
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
		Long: "Lists the orders of the running kasir local, else of its kept data; with --stage, or with TABLE_NAME and the functions' other\n" +
			"settings in the environment, those of a deployment. It reads the whole table.\n\n" +
			"With --attention it lists what a person must look at, each with what to do: operations in review, conflicts, manual refunds,\n" +
			"money that came late or after the order had been closed, remarks, and captures that failed.",
		Example: "  kasir orders\n  kasir orders --attention --stage production\n  kasir orders show INV-1",
		Args:    takes(),
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
	where.stageFlags(c)
	c.Flags().BoolVar(&attention, "attention", false, "only orders that a person must look at, with what to do")
	c.AddCommand(showOrderCommand())
	return c
}

// listOrders prints the place of the orders and then the orders. An empty list is true of that place only.
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
			explain(table, o, d.stage)
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

func formatName(format int) string {
	if format < 0 {
		return "(not a number)"
	}
	return strconv.Itoa(format)
}
