package main

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"kasir/shared/webhook"
)

// rotatedDocument is the document of kasir webhooks rotate.
type rotatedDocument struct {
	Endpoint string `json:"endpoint"`
	Secret   string `json:"secret,omitempty"` // the new one; absent with --finish
	Previous bool   `json:"previous"`         // the previous one signs too
}

func rotateWebhookCommand() *cobra.Command {
	var where place
	var finish bool
	c := &cobra.Command{
		Use:   "rotate [endpoint]",
		Short: "Make the first or the next secret of an endpoint",
		Long: "Makes a new secret for an endpoint and prints it. deliver reads it within a minute. From then on\n" +
			"events carry two signatures, by the new secret and by the one before, until the next rotate or until\n" +
			"--finish removes the old one. Give the new secret to the back end, wait a minute, and then finish.\n" +
			"Without a name it takes the only endpoint.\n\n" +
			"With --stage the credentials are in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.\n" +
			"They must allow secretsmanager:GetSecretValue and secretsmanager:PutSecretValue.",
		Example: "  kasir webhooks rotate shop --stage production\n" +
			"  kasir webhooks rotate shop --stage production --finish",
		Args: maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s := screenOf(c)
			end := s.begin("writing the secret")
			defer end()
			d, err := openWebhookDesk(where)
			if err != nil {
				return err
			}
			endpoint, err := d.find(args)
			if err != nil {
				return err
			}
			secrets, err := d.readSecrets(c.Context())
			if err != nil {
				return err
			}
			pair, err := rotate(secrets[endpoint.Name], finish, endpoint.Name)
			if err != nil {
				return err
			}
			secrets[endpoint.Name] = pair
			if err := d.writeSecrets(c.Context(), secrets); err != nil {
				return err
			}
			end()
			return showRotated(s, endpoint.Name, pair, finish)
		},
	}
	where.webhookFlags(c)
	c.Flags().BoolVar(&finish, "finish", false, "remove the previous secret, make no new one")
	return c
}

// rotate returns the next secrets of an endpoint.
func rotate(now webhook.Pair, finish bool, name string) (webhook.Pair, error) {
	if !finish {
		var key [webhook.SecretSize]byte
		rand.Read(key[:])
		return webhook.Pair{Current: webhook.NewSecret(key), Previous: now.Current}, nil
	}
	if now.Previous == "" {
		return now, fmt.Errorf("the endpoint %s has no previous secret: there is nothing to finish", name)
	}
	return webhook.Pair{Current: now.Current}, nil
}

func showRotated(s *screen, name string, pair webhook.Pair, finish bool) error {
	document := rotatedDocument{Endpoint: name, Previous: pair.Previous != ""}
	switch {
	case finish:
		fmt.Fprintf(s.text, "only the current secret signs for %s\n", name)
	case pair.Previous != "":
		fmt.Fprintf(s.text, "%s\n", string(pair.Current))
		s.note("%s has the new signature within a minute, and the previous one until kasir webhooks rotate %s --finish",
			name, name)
	default:
		fmt.Fprintf(s.text, "%s\n", string(pair.Current))
	}
	if !finish {
		document.Secret = string(pair.Current)
	}
	return errors.Join(s.document(document))
}
