package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kasir/shared/doku"
	"kasir/shared/webhook"
)

// delivery is a log line of the function deliver.
type delivery struct {
	Time     time.Time       `json:"time"`
	Endpoint string          `json:"endpoint"`
	EventID  string          `json:"event_id"`
	Type     string          `json:"type"`
	Invoice  string          `json:"invoice_number"`
	Attempt  int             `json:"attempt"`
	Status   int             `json:"http_status"`
	Took     int64           `json:"ms"`
	Outcome  webhook.Outcome `json:"outcome"`
	Cause    string          `json:"cause"`
	Error    string          `json:"error"`
}

func deliveriesCommand() *cobra.Command {
	var where place
	var q logQuery
	var failed bool
	c := &cobra.Command{
		Use:   "deliveries [endpoint]",
		Short: "Show the attempts to deliver events, one line each",
		Long: "Shows each attempt to deliver an event: time, endpoint, type, invoice number, status, duration, and\n" +
			"for a failure its reason. It reads the log of the function deliver, as kasir logs does. With --json\n" +
			"each line is the function's own JSON line.\n\n" +
			"With --stage the credentials are in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.\n" +
			"They must allow logs:FilterLogEvents.",
		Example: "  kasir webhooks deliveries\n  kasir webhooks deliveries --failed --since 24h --stage production",
		Args:    maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if q.since <= 0 {
				return usagef("--since must be above 0")
			}
			q.invoice, q.function = doku.ScrubInvoice(q.invoice), "deliver"
			return showDeliveries(c.Context(), screenOf(c), where, q, strings.Join(args, ""), failed)
		},
	}
	where.webhookFlags(c)
	c.Flags().StringVar(&q.invoice, "invoice", "", "only events of this order")
	c.Flags().BoolVar(&failed, "failed", false, "only attempts that an endpoint did not accept")
	c.Flags().DurationVar(&q.since, "since", time.Hour, "how far to look back")
	c.Flags().BoolVarP(&q.follow, "follow", "f", false, "show new lines until Ctrl-C")
	return c
}

// showDeliveries prints the attempts that match. An empty endpoint means all.
func showDeliveries(ctx context.Context, s *screen, where place, q logQuery, endpoint string, failed bool) error {
	from, shown := time.Now().Add(-q.since), 0
	show := func(function string, object []byte) error {
		line, ok := parseLine(function, object)
		var d delivery
		if !ok || function != q.function || json.Unmarshal(object, &d) != nil || d.Outcome == "" ||
			d.Time.Before(from) || q.invoice != "" && d.Invoice != q.invoice ||
			endpoint != "" && d.Endpoint != endpoint || failed && d.Outcome == webhook.Delivered {
			return nil
		}
		shown++
		fmt.Fprintf(s.text, "%s  %s\n", d.Time.Local().Format(time.DateTime), d.text(s))
		return s.line(line.all)
	}
	if err := readLogs(ctx, s, where, q, from, show); err != nil {
		return err
	}
	if shown == 0 && !q.follow {
		of := ""
		if endpoint != "" {
			of = " for " + endpoint
		}
		s.note("there is no attempt%s since %s; a larger --since goes further back", of, from.Format(time.DateTime))
	}
	return nil
}

// text returns an attempt for people, without its time.
func (d delivery) text(s *screen) string {
	colour := green
	switch d.Outcome {
	case webhook.Failed:
		colour = yellow
	case webhook.GivenUp, webhook.Gone:
		colour = red
	}
	status := "no answer"
	if d.Status != 0 {
		status = fmt.Sprint(d.Status)
	}
	line := fmt.Sprintf("%-10s  %-24s  %-20s  %s  %-9s  %6d ms  attempt %d  %s %s", d.Endpoint, d.Type, d.Invoice,
		s.paint(colour, fmt.Sprintf("%-9s", d.Outcome)), status, d.Took, d.Attempt, d.Cause, d.Error)
	return strings.TrimRight(line, " ")
}
