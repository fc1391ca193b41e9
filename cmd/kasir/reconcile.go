package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

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
			s := screenOf(c)
			end := s.begin("running reconcile")
			defer end()
			answer, err := invoke(c.Context(), cfg, where, "reconcile", local.ScheduledEvent, io.Discard)
			if err != nil {
				return err
			}
			end()
			if s.json {
				return s.answer(answer)
			}
			_, err = fmt.Fprintln(s.text, counts(answer))
			return err
		},
	}
	where.flags(c, false)
	return c
}

// counts returns the counts of a run of reconcile as a line, or the answer as it is if it holds anything else.
func counts(answer []byte) string {
	var all map[string]int
	if json.Unmarshal(answer, &all) != nil {
		return string(answer)
	}
	names := []string{"looked", "settled", "parked", "paid", "expiring", "failed", "left", "unanswered"}
	for name := range all {
		if !slices.Contains(names, name) {
			return string(answer)
		}
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s %d", name, all[name])
	}
	return strings.Join(parts, ", ")
}
