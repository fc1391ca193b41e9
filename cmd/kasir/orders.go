package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"kasir/shared/order"
)

func ordersCommand() *cobra.Command {
	var l listing
	c := &cobra.Command{
		Use:   "orders",
		Short: "List orders, or only those that need a person",
		Long: "Lists the orders of the running kasir local, or else of its kept data, the newest first. With\n" +
			"--stage, or with TABLE_NAME and the functions' other settings in the environment, it lists those of\n" +
			"a deployment. It reads the same lists as GET /payments, and never the whole table.\n\n" +
			"With --attention it lists the orders that need a person, each with all its open cases, what to do and\n" +
			"where to look. docs/alarms.md has the kinds of cases. With --invoice it finds an order by its number,\n" +
			"the orders whose numbers begin so, or similar numbers.",
		Example: "  kasir orders\n  kasir orders --attention --stage production\n" +
			"  kasir orders --from 2026-08-01 --to 2026-08-31 --status PAID --all --csv > august.csv\n" +
			"  kasir orders --invoice INV-20260827\n  kasir orders show INV-1",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			s := screenOf(c)
			end := s.begin("opening the orders")
			defer end()
			if err := l.check(c); err != nil {
				return err
			}
			d, err := openDesk(c.Context(), l.where)
			if err != nil {
				return err
			}
			defer d.close()
			return l.run(c, s, d, end)
		},
	}
	l.flags(c)
	c.AddCommand(showOrderCommand())
	return c
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
