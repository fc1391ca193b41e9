package main

import (
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"kasir/local/test/soak"
)

func soakCommand() *cobra.Command {
	var where place
	var cfg soak.Config
	c := &cobra.Command{
		Use:   "soak",
		Short: "Make payments while functions are killed and DOKU fails, then compare the books",
		Long: "Starts everything on free ports with orders in memory and makes payments, captures and refunds\n" +
			"through the real binaries. Meanwhile functions are killed, others answer in DOKU's place, answers\n" +
			"are lost or unsigned, and the sandbox injects all its other faults. Afterwards it compares DOKU's\n" +
			"ledger with the orders, one by one. It takes minutes, because leases, waits and the questions to\n" +
			"DOKU are real.",
		Example: "  kasir soak\n  kasir soak --payments 100 --kill 0.2 --faults 0.3 --seed 7\n" +
			"  kasir soak --unsigned refusal\n  kasir soak --payments 200 --memory 30s",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			where.memory = true
			start, err := where.config()
			if err != nil {
				return err
			}
			if err := checkSoak(cfg); err != nil {
				return err
			}
			s := screenOf(c)
			end := s.begin("starting the functions, DynamoDB and the sandbox")
			defer end()
			cfg.Say = func(how string) { s.update("%s", how) }
			report, err := soak.Run(c.Context(), start, cfg)
			if report == nil {
				return err
			}
			end()
			report.Print(s.text)
			return errors.Join(err, s.document(report))
		},
	}
	where.flags(c, false)
	c.Flags().IntVar(&cfg.Payments, "payments", 1000, "how many payments")
	c.Flags().IntVar(&cfg.Parallel, "parallel", 32, "how many requests at a time")
	c.Flags().Float64Var(&cfg.Kill, "kill", 0.05, "probability that an invocation's process is killed")
	c.Flags().Float64Var(&cfg.Faults, "faults", 0.25, "probability that a call or notification suffers a fault")
	c.Flags().StringVar(&cfg.Unsigned, "unsigned", "mixed",
		"answers without a signature: success, refusal, get, none, or mixed: a quarter of each")
	c.Flags().DurationVar(&cfg.Memory, "memory", 0,
		"how long DOKU remembers a Request-Id, 0 is for ever; unknown outcomes are resent only after that")
	c.Flags().DurationVar(&cfg.Patience, "patience", 3*time.Minute,
		"how long to wait, after the faults have ended, until all orders are settled")
	c.Flags().Uint64Var(&cfg.Seed, "seed", 1, "the same seed makes the same plans and faults")
	c.RegisterFlagCompletionFunc("unsigned", completeWords("success", "refusal", "get", "none", "mixed"))
	return c
}

func checkSoak(cfg soak.Config) error {
	switch {
	case cfg.Payments < 1 || cfg.Parallel < 1 || cfg.Kill < 0 || cfg.Kill > 0.5 || cfg.Faults < 0 || cfg.Faults > 0.5:
		return usagef("--payments and --parallel must be above 0, --kill and --faults from 0 to 0.5")
	case !slices.Contains([]string{"success", "refusal", "get", "none", "mixed"}, cfg.Unsigned):
		return usagef("--unsigned must be success, refusal, get, none or mixed")
	case cfg.Memory < 0 || cfg.Patience < 0:
		return usagef("--memory and --patience must not be negative")
	}
	return nil
}
