package main

import (
	"cmp"
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
	var turn rotation
	c := &cobra.Command{
		Use:   "rotate [endpoint]",
		Short: "Make the first or the next secret of an endpoint",
		Long: "Makes a new secret for an endpoint and prints it. deliver reads it within a minute. From then on\n" +
			"events carry two signatures, by the new secret and by the one before, until --finish removes the old\n" +
			"one. Give the new secret to the back end, wait a minute, and then finish. Until then a further rotate\n" +
			"is refused, because the back end may still verify with the previous secret. Without a name it takes\n" +
			"the only endpoint.\n\n" +
			"With --stage the credentials are in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.\n" +
			"They must allow secretsmanager:GetSecretValue, secretsmanager:PutSecretValue and\n" +
			"secretsmanager:UpdateSecretVersionStage; with CustomerKey also kms:Decrypt and kms:GenerateDataKey.",
		Example: "  kasir webhooks rotate shop --stage production\n" +
			"  kasir webhooks rotate shop --stage production --finish",
		Args: maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if turn.finish && turn.force {
				return usagef("--finish and --force: give one of them")
			}
			s := screenOf(c)
			end := s.begin("writing the secret")
			defer end()
			d, endpoint, err := openEndpoint(where, args)
			if err != nil {
				return err
			}
			var pair webhook.Pair
			err = d.changeSecrets(c.Context(), func(secrets webhook.Secrets) (err error) {
				pair, err = turn.next(secrets[endpoint.Name], endpoint.Name)
				secrets[endpoint.Name] = pair
				return err
			})
			if err != nil {
				return err
			}
			end()
			return showRotated(s, endpoint.Name, pair, turn.finish)
		},
	}
	where.webhookFlags(c)
	c.Flags().BoolVar(&turn.finish, "finish", false, "remove the previous secret, make no new one")
	c.Flags().BoolVar(&turn.force, "force", false,
		"before --finish, make the new secret once more; the previous one stays, the one between is lost")
	return c
}

// rotation is the step that kasir webhooks rotate takes.
type rotation struct {
	finish bool // remove the previous secret
	force  bool // make a new secret although there is a previous one
}

// next returns the next secrets of an endpoint. It never removes a previous secret to make a new one, because the back
// end may still verify with it.
func (r rotation) next(now webhook.Pair, name string) (webhook.Pair, error) {
	switch {
	case r.finish && now.Previous == "":
		return now, fmt.Errorf("the endpoint %s has no previous secret: there is nothing to finish", name)
	case r.finish:
		return webhook.Pair{Current: now.Current}, nil
	case now.Previous != "" && !r.force:
		return now, fmt.Errorf("the endpoint %s has a previous secret, which its back end may still use: once "+
			"the back end has the new one, run kasir webhooks rotate %s --finish; if the new one is lost, add --force "+
			"to make another in its place", name, name)
	}
	var key [webhook.SecretSize]byte
	rand.Read(key[:])
	return webhook.Pair{Current: webhook.NewSecret(key), Previous: cmp.Or(now.Previous, now.Current)}, nil
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
