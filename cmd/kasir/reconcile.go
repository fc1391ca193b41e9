package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"kasir/local"
)

func reconcileCommand() *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:     "reconcile",
		Short:   "Finish what was left open, now instead of at the next minute",
		Long:    "Invokes the reconcile function once and prints what it did. kasir local invokes it every minute by itself.",
		Example: "  kasir reconcile",
		Args:    takes(),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := where.config()
			if err != nil {
				return err
			}
			if _, running := local.Running(where.data); !running {
				if err := hasData(cfg); err != nil {
					return err
				}
			}
			answer, err := invoke(c.Context(), cfg, where, "reconcile", local.ScheduledEvent)
			if err != nil {
				return err
			}
			fmt.Fprintln(c.OutOrStdout(), string(answer))
			return nil
		},
	}
	where.flags(c, false)
	return c
}
