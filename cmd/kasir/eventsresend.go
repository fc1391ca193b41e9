package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kasir/local/aws/eventbridge"
	"kasir/local/stack/bus"
)

func eventsResendCommand() *cobra.Command {
	var flags busFlags
	c := &cobra.Command{
		Use:   "resend <id>",
		Short: "Send an event of the running kasir local again",
		Long: "Puts one of the last 1,000 events on the bus of the running kasir local again, with the same detail\n" +
			"and the same id. A consumer must recognise the id and ignore the event.",
		Example: "  kasir events resend evt-0123456789abcdef01234567",
		Args:    exactArgs("<id>"),
		RunE: func(c *cobra.Command, args []string) error {
			client, err := flags.client()
			if err != nil {
				return err
			}
			l, err := client.List(c.Context(), bus.Query{Limit: eventbridge.Limit}, 0)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(l.Events, func(e bus.Event) bool { return e.ID == args[0] }) {
				return unknownEvent(args[0], l.Events)
			}
			e, err := client.Resend(c.Context(), args[0])
			if err != nil {
				return err
			}
			s := screenOf(c)
			printEvent(s, e)
			return s.document(e)
		},
	}
	dataFlag(c, &flags.data, "data folder of the running kasir local")
	return c
}

// unknownEvent returns the error for an id that no event has. It offers the events of an order of that name, and those
// whose ids begin alike.
func unknownEvent(id string, events []bus.Event) error {
	const alike, most = len("evt-") + 4, 5
	var close []string
	for _, e := range events {
		order := e.Read().Order.InvoiceNumber
		begins := strings.HasPrefix(strings.TrimPrefix(e.ID, "evt-"), id)
		if order == id || begins || len(id) >= alike && strings.HasPrefix(e.ID, id[:alike]) {
			close = append(close, fmt.Sprintf("%s (%s of %s)", e.ID, e.Type, order))
		}
	}
	slices.Reverse(close) // the newest first
	close = slices.Compact(close)
	if len(close) == 0 {
		return fmt.Errorf("no event of the last %d has the id %q: kasir events list shows them", eventbridge.Limit, id)
	}
	return fmt.Errorf("no event of the last %d has the id %q; close to it: %s",
		eventbridge.Limit, id, strings.Join(close[:min(len(close), most)], ", "))
}
