package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"kasir/shared/webhook"
)

func testWebhookCommand() *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:   "test [endpoint]",
		Short: "Send a signed test event to an endpoint",
		Long: "Makes the function deliver send an event of the type kasir.test to an endpoint, once and at once,\n" +
			"and prints the status of the answer. Without a name it takes the only endpoint. It ends with 1 if the\n" +
			"endpoint did not accept the event.\n\n" +
			"With --stage the credentials are in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.\n" +
			"They must allow lambda:InvokeFunction.",
		Example: "  kasir webhooks test\n  kasir webhooks test shop --stage production",
		Args:    maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s := screenOf(c)
			end := s.begin("sending a test event")
			defer end()
			d, endpoint, err := openEndpoint(where, args)
			if err != nil {
				return err
			}
			event, err := json.Marshal(map[string]string{"test": endpoint.Name})
			if err != nil {
				return err
			}
			answer, err := d.deliver(c.Context(), event)
			if err != nil {
				return err
			}
			end()
			var report webhook.Report
			if err := json.Unmarshal(answer, &report); err != nil {
				return fmt.Errorf("deliver answered with something else than a report: %w", err)
			}
			return errors.Join(s.document(report), showReport(s, report))
		},
	}
	where.flags(c, false)
	where.stageFlags(c)
	return c
}

// showReport prints the answer of an endpoint. It returns an error if the endpoint did not accept the event.
func showReport(s *screen, r webhook.Report) error {
	if r.Outcome == webhook.Delivered {
		fmt.Fprintf(s.text, "%s accepted the event %s with %d in %d ms\n", r.Endpoint, r.EventID, r.Status, r.Took)
		return nil
	}
	if r.Status == 0 {
		return fmt.Errorf("%s did not receive the event: %s", r.Endpoint, r.Cause)
	}
	return fmt.Errorf("%s answered the event %s with %d in %d ms; a status from 200 to 299 accepts it",
		r.Endpoint, r.EventID, r.Status, r.Took)
}
