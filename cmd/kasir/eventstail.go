package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"kasir/local/aws/eventbridge"
	"kasir/local/stack/bus"
)

func eventsTailCommand() *cobra.Command {
	flags := busFlags{limit: eventbridge.Limit}
	c := &cobra.Command{
		Use:   "tail",
		Short: "Print the events of the running kasir local as they come",
		Long: "Prints each event that comes to the bus of the running kasir local, until Ctrl-C: time, type,\n" +
			"invoice number, status of the order, amount, id. With --json it prints one JSON document a line.",
		Example: "  kasir events tail\n  kasir events tail --json | jq '.detail.order'",
		Args:    exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			query, err := flags.query()
			if err != nil {
				return err
			}
			client, err := flags.client()
			if err != nil {
				return err
			}
			return tailEvents(c.Context(), screenOf(c), client, query)
		},
	}
	flags.add(c)
	return c
}

// tailEvents prints events from now on, until ctx ends.
func tailEvents(ctx context.Context, s *screen, client bus.Client, query bus.Query) error {
	now, err := client.List(ctx, bus.Query{}, 0)
	if err != nil {
		return err
	}
	query.After = now.Last
	s.note("following the events; Ctrl-C ends it")
	for {
		l, err := client.List(ctx, query, bus.LongestWait)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the events have ended: %w", err)
		}
		for _, e := range l.Events {
			printEvent(s, e)
			if err := s.line(e); err != nil {
				return err
			}
		}
		query.After = l.Last
	}
}
