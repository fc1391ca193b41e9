package main

import (
	"errors"
	"fmt"
	"os/user"

	"github.com/spf13/cobra"

	"kasir/shared/order"
	"kasir/shared/payment"
)

func resolveCommand() *cobra.Command {
	var where place
	var done, refused bool
	var by, note string
	c := &cobra.Command{
		Use:   "resolve <invoice> <operation>",
		Short: "Settle a parked operation after looking into DOKU's Back Office",
		Long: "Records what a person found out about an operation whose outcome kasir could not learn: DOKU did it, or did not.\n" +
			"Who, when and the note stay in the order's history. `kasir orders --attention` lists what waits.",
		Example: "  kasir resolve INV-1 refund-0a1b2c3d4e5f6071 --done --note \"refunded on 27 August, approval 12321\"\n" +
			"  kasir resolve INV-1 capture --refused --note \"no capture in the Back Office\"",
		Args: takes("<invoice>", "<operation>"),
		RunE: func(c *cobra.Command, args []string) error {
			if done == refused {
				return errors.New("say what you found: either --done or --refused")
			}
			if note == "" {
				return errors.New("--note is required: say what you saw, for whoever reads the history")
			}
			d, err := openDesk(c.Context(), where)
			if err != nil {
				return err
			}
			defer d.close()
			o, err := d.Resolve(c.Context(), payment.Resolution{Invoice: args[0], Operation: args[1], Done: done, Act: order.Act{By: operator(by), Note: note}})
			if errors.Is(err, payment.ErrNotFound) {
				return fmt.Errorf("there is no order %s", args[0])
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s is %s, refundable %d\n", o.Invoice, o.Status(), o.Refundable())
			return nil
		},
	}
	where.flags(c, false)
	c.Flags().BoolVar(&done, "done", false, "DOKU did it")
	c.Flags().BoolVar(&refused, "refused", false, "DOKU did not do it, and never will")
	c.Flags().StringVar(&by, "by", "", "who looked (default: the user running this)")
	c.Flags().StringVar(&note, "note", "", "what was seen")
	return c
}

func operator(by string) string {
	if by != "" {
		return by
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}
