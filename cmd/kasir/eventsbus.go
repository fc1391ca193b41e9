package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kasir/local/aws/eventbridge"
	"kasir/local/stack"
	"kasir/local/stack/bus"
	"kasir/shared/event"
)

// busFlags holds the flags of the commands about the events of the running kasir local.
type busFlags struct {
	data          string
	invoice, kind string
	limit         int
}

func (f *busFlags) add(c *cobra.Command) {
	dataFlag(c, &f.data, "data folder of the running kasir local")
	c.Flags().StringVar(&f.invoice, "invoice", "", "only events of this order")
	c.Flags().StringVar(&f.kind, "type", "", "only events of this type, such as payment.paid or paid")
	c.RegisterFlagCompletionFunc("type", completeWords(event.Types...))
}

// client returns a client of the running kasir local.
func (f *busFlags) client() (bus.Client, error) {
	f.data = dataFolder(f.data)
	client, running := stack.RunningEvents(f.data)
	if !running {
		return client, fmt.Errorf("no kasir local is running with the data folder %s: start one, "+
			"or name its folder with --data", f.data)
	}
	return client, nil
}

// query returns the events that the flags select.
func (f *busFlags) query() (bus.Query, error) {
	kind := f.kind
	if kind != "" && !strings.Contains(kind, ".") {
		kind = "payment." + kind
	}
	if kind != "" && !slices.Contains(event.Types, kind) {
		return bus.Query{}, usagef("--type %q: the types are %s", f.kind, strings.Join(event.Types, ", "))
	}
	if f.limit < 1 || f.limit > eventbridge.Limit {
		return bus.Query{}, usagef("--limit %d: it takes 1 to %d", f.limit, eventbridge.Limit)
	}
	return bus.Query{Type: kind, Invoice: f.invoice, Limit: f.limit}, nil
}

// eventsListDocument is the output of kasir events list --json.
type eventsListDocument struct {
	Events []bus.Event `json:"events"`
}

func eventsListCommand() *cobra.Command {
	var flags busFlags
	c := &cobra.Command{
		Use:   "list",
		Short: "List the last events of the running kasir local",
		Long: "Lists the events that came to the bus of the running kasir local, the newest last. It keeps the last\n" +
			"1,000, in the data folder also over a restart. An event whose id came before is marked again.",
		Example: "  kasir events list\n  kasir events list --invoice INV-1 --json | jq '.events[].detail'",
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
			l, err := client.List(c.Context(), query, 0)
			if err != nil {
				return err
			}
			s := screenOf(c)
			for _, e := range l.Events {
				printEvent(s, e)
			}
			if len(l.Events) == 0 {
				s.note("there is no such event; kasir trigger paid makes one")
			}
			return s.document(eventsListDocument{l.Events})
		},
	}
	flags.add(c)
	c.Flags().IntVar(&flags.limit, "limit", 50, "the most events")
	return c
}

// printEvent prints an event on one line.
func printEvent(s *screen, e bus.Event) {
	d := e.Read()
	at := d.At
	if t, err := time.Parse(time.RFC3339, d.At); err == nil {
		at = t.Local().Format(time.DateTime)
	}
	colour := plain
	switch e.Type {
	case "payment.paid", "payment.captured", "payment.authorized":
		colour = green
	case "payment.attention":
		colour = red
	case "payment.failed", "payment.expired", "payment.refund_failed":
		colour = yellow
	}
	more := cmp.Or(d.Attention.Reason, d.Failure.Message)
	if e.Duplicate {
		more = strings.TrimSpace(more + " (again)")
	}
	kind := s.paint(colour, fmt.Sprintf("%-21s", e.Type))
	if batch := d.Settlement; batch.Batch != "" {
		differences := 0
		for _, n := range batch.Differences {
			differences += n
		}
		fmt.Fprintln(s.text, strings.TrimRight(fmt.Sprintf("%s  %s %s  paid out %s, %d differences  %s  %s", at, kind,
			batch.Batch, batch.PaidOut, differences, e.ID, more), " "))
		return
	}
	line := fmt.Sprintf("%s  %s %s  %s  %d  %s  %s", at, kind, d.Order.InvoiceNumber, d.Order.Status,
		cmp.Or(d.Amount, d.Order.Amount), e.ID, more)
	fmt.Fprintln(s.text, strings.TrimRight(line, " "))
}
