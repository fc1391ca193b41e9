package main

import (
	"errors"

	"github.com/spf13/cobra"

	"kasir/local/soak"
)

func soakCommand() *cobra.Command {
	var where place
	var cfg soak.Config
	c := &cobra.Command{
		Use:   "soak",
		Short: "Kill functions and disturb DOKU while payments are made, then compare the books",
		Long: "Starts everything on free ports with orders in memory and makes payments, captures and refunds through the real binaries, while\n" +
			"functions are killed and DOKU's answers and notifications are lost. Afterwards DOKU's ledger is compared with the orders. Takes minutes:\n" +
			"leases, waits and the questions to DOKU are real.",
		Example: "  kasir soak\n  kasir soak --payments 100 --kill 0.2 --faults 0.3 --seed 7",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			where.memory = true
			start, err := where.config()
			if err != nil {
				return err
			}
			if cfg.Payments < 1 || cfg.Parallel < 1 || cfg.Kill < 0 || cfg.Kill > 0.5 || cfg.Faults < 0 || cfg.Faults > 0.5 {
				return errors.New("--payments and --parallel must be above 0, --kill and --faults from 0 to 0.5")
			}
			return soak.Run(c.Context(), c.OutOrStdout(), start, cfg)
		},
	}
	where.flags(c, false)
	c.Flags().IntVar(&cfg.Payments, "payments", 1000, "how many payments")
	c.Flags().IntVar(&cfg.Parallel, "parallel", 32, "how many at a time")
	c.Flags().Float64Var(&cfg.Kill, "kill", 0.05, "probability that an invocation's process is killed")
	c.Flags().Float64Var(&cfg.Faults, "faults", 0.1, "probability that a call of DOKU, or a notification, suffers a fault")
	c.Flags().Uint64Var(&cfg.Seed, "seed", 1, "makes the same plans and faults")
	return c
}
