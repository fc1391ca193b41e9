package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func webhooksCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "webhooks",
		Short: "Show, test and repair the delivery of events to your back end",
		Long: "Works on the endpoints of the running kasir local (kasir local --webhook) or, with --stage, of a\n" +
			"deployment. docs/webhooks.md explains how a back end verifies an event, and when kasir sends it\n" +
			"again.",
		Example: "  kasir webhooks list\n  kasir webhooks test\n" +
			"  kasir webhooks deliveries --failed --stage production",
	}
	group(c)
	c.AddCommand(listWebhooksCommand(), testWebhookCommand(), rotateWebhookCommand(), deliveriesCommand(),
		redriveCommand())
	return c
}

// webhookFlags adds the flags that name the place of the endpoints.
func (p *place) webhookFlags(c *cobra.Command) {
	dataFlag(c, &p.data, "data folder of the running kasir local")
	p.stageFlags(c)
}

// Kinds of listedWebhook.Secret.
const (
	secretSet      = "set"
	secretRotating = "rotating" // the previous one signs too
	secretMissing  = "missing"
)

// listedWebhook is an endpoint in the document of kasir webhooks list.
type listedWebhook struct {
	Name    string   `json:"name"`
	URL     string   `json:"url"`
	Types   []string `json:"types"` // empty means all
	Secret  string   `json:"secret"`
	Waiting int      `json:"waiting"`      // events that are not delivered yet
	Letters int      `json:"dead_letters"` // events that were given up
}

type webhooksDocument struct {
	Webhooks []listedWebhook `json:"webhooks"`
}

func listWebhooksCommand() *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:   "list",
		Short: "List the endpoints, with the events that wait and those that were given up",
		Long: "Lists the endpoints, whether each has a secret, how many of its events wait, and how many were given\n" +
			"up.\n\n" +
			"With --stage the credentials are in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.\n" +
			"They must allow sqs:GetQueueAttributes and secretsmanager:GetSecretValue.",
		Example: "  kasir webhooks list\n  kasir webhooks list --stage production --json",
		Args:    exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			s := screenOf(c)
			end := s.begin("reading the queues")
			defer end()
			d, err := openWebhookDesk(where)
			if err != nil {
				return err
			}
			list, err := d.list(c.Context())
			if err != nil {
				return err
			}
			end()
			return errors.Join(list.print(s), s.document(list))
		},
	}
	where.webhookFlags(c)
	return c
}

func (l webhooksDocument) print(s *screen) error {
	table := tabwriter.NewWriter(s.text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "name\tsecret\twaiting\tdead letters\ttypes\turl")
	for _, w := range l.Webhooks {
		types := "all"
		if len(w.Types) > 0 {
			types = strings.Join(w.Types, ",")
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\t%s\n", w.Name, w.Secret, w.Waiting, w.Letters, types, w.URL)
	}
	return table.Flush()
}

func redriveCommand() *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:   "redrive [endpoint]",
		Short: "Send the events again that were given up",
		Long: "Moves the dead letters of an endpoint back into its queue. Each event then has all its attempts\n" +
			"again, under the same id. Without a name it takes the only endpoint.\n\n" +
			"With --stage the credentials are in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.\n" +
			"They must allow sqs:StartMessageMoveTask, sqs:ReceiveMessage, sqs:DeleteMessage and\n" +
			"sqs:GetQueueAttributes on the dead letters, and sqs:SendMessage on the queue.",
		Example: "  kasir webhooks redrive\n  kasir webhooks redrive shop --stage production",
		Args:    maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s := screenOf(c)
			end := s.begin("moving the dead letters")
			defer end()
			d, endpoint, err := openEndpoint(where, args)
			if err != nil {
				return err
			}
			moved, err := d.redrive(c.Context(), endpoint)
			if err != nil {
				return err
			}
			end()
			fmt.Fprintf(s.text, "%d events of %s are sent again\n", moved, endpoint.Name)
			return s.document(map[string]any{"endpoint": endpoint.Name, "moved": moved})
		},
	}
	where.webhookFlags(c)
	return c
}
