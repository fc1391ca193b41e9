package main

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"kasir/local/aws/secretsmanager"
	"kasir/shared/webhook"
)

// Two commands at once lose no secret that one of them has printed, also when neither finds an earlier value.
func TestConcurrentRotationsLoseNoSecret(t *testing.T) {
	for _, before := range []string{"", `{"old":{"current":"whsec_old"}}`} {
		const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:webhooks"
		kept := before
		manager := secretsmanager.New("other", "value")
		manager.Hold(arn, before, func(value string) error { kept = value; return nil })
		server := httptest.NewServer(manager)
		t.Cleanup(server.Close)
		d := &webhookDesk{secretARN: arn, region: "us-east-1"}
		d.clients(credentials.NewStaticCredentialsProvider("local", "local", ""), "", server.URL)
		add := func(name string) func(webhook.Secrets) error {
			return func(all webhook.Secrets) error {
				all[name] = webhook.Pair{Current: "whsec_new"}
				return nil
			}
		}
		other := false
		err := d.changeSecrets(t.Context(), func(all webhook.Secrets) error {
			if !other { // after this command has read, and before it writes
				other = true
				if err := d.changeSecrets(t.Context(), add("b")); err != nil {
					return err
				}
			}
			return add("a")(all)
		})
		got, problem := webhook.ParseSecrets(kept)
		read, _, unread := d.readSecrets(t.Context())
		if err != nil || problem != nil || unread != nil || got["a"].Current == "" || got["b"].Current == "" ||
			got.JSON() != read.JSON() || before != "" && got["old"].Current == "" {
			t.Errorf("%v %v %v %s", err, problem, unread, kept)
		}
	}
}
