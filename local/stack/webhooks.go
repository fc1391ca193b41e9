package stack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/local/aws/eventbridge"
	"kasir/local/aws/sqs"
	"kasir/shared/doku"
	"kasir/shared/webhook"
)

// Webhooks configures the merchant's endpoints for events.
type Webhooks struct {
	URLs   []string // webhook.CheckURL accepts them
	Secret string   // signs for every endpoint; empty: a random one, kept in Folder
	Folder string   // keeps the secrets and the events that wait; empty keeps them in memory

	Again      func() bool   // delivers a handled event once more, for tests; see sqs.Config
	Visibility time.Duration // after which an event is delivered again that a killed function had; hidden unless set
}

// Webhook is an endpoint that receives events.
type Webhook struct {
	Name   string `json:"name"`
	URL    string `json:"url"`
	Secret string `json:"secret"` // whsec_…
}

// hidden is longer than deliver takes for an event. Otherwise the queue delivers the event again meanwhile, and cannot
// delete it once it was accepted.
const hidden = 2 * webhook.MaxTimeout

const webhooksARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:kasir-local-webhooks"

// localDelays are the pauses on one machine. An event is sent again every 5 s for 10 minutes, since a developer's back
// end is often restarted. Then the pauses are those of AWS.
var localDelays = append(slices.Repeat([]time.Duration{5 * time.Second}, 120), webhook.Delays[3:]...)

// openWebhooks starts the queues of the endpoints, and holds the secrets of the endpoints.
func (s *Stack) openWebhooks(cfg Config) error {
	w := cfg.Webhooks
	var endpoints []webhook.Endpoint
	var queues []sqs.Queue
	for i, url := range w.URLs {
		name := "local"
		if i > 0 {
			name += strconv.Itoa(i + 1)
		}
		queue, letters := "webhook-"+name, "webhook-"+name+"-letters"
		endpoints = append(endpoints, webhook.Endpoint{
			Name: name, URL: url, Queue: sqs.URL(queue), Letters: sqs.URL(letters),
		})
		visibility := w.Visibility
		if visibility == 0 {
			visibility = hidden
		}
		queues = append(queues, sqs.Queue{Name: letters}, sqs.Queue{
			Name: queue, Letters: letters, MaxReceives: 2 * len(localDelays), Visibility: visibility,
			Invoke: s.deliver,
		})
		s.Events.AddTarget(func(id string, e eventbridge.Entry) error { return s.queueEvent(queue, id, e) })
	}
	queuesConfig := sqs.Config{Queues: queues, Now: s.Clock.Now, Again: w.Again}
	if w.Folder != "" {
		queuesConfig.Dir = filepath.Join(w.Folder, "queues")
	}
	var err error
	if s.Queues, err = sqs.New(queuesConfig); err != nil {
		return err
	}
	url, err := s.standIn("queues", s.Queues)
	if err != nil {
		return err
	}
	if err := s.holdWebhookSecrets(w, endpoints); err != nil {
		return err
	}
	s.webhooks = map[string]string{"AWS_ENDPOINT_URL_SQS": url}
	if len(endpoints) > 0 {
		text, err := json.Marshal(endpoints)
		if err != nil {
			return err
		}
		s.webhooks["WEBHOOKS"], s.webhooks["WEBHOOKS_SECRET_ARN"] = string(text), webhooksARN
		s.webhooks["WEBHOOK_DELAYS"] = joinDelays(localDelays)
	}
	return nil
}

func joinDelays(all []time.Duration) string {
	var texts []string
	for _, d := range all {
		texts = append(texts, d.String())
	}
	return strings.Join(texts, ",")
}

// holdWebhookSecrets gives each endpoint its secret: the configured one, the one of an earlier run, or a new one.
func (s *Stack) holdWebhookSecrets(w Webhooks, endpoints []webhook.Endpoint) error {
	secrets, file := webhook.Secrets{}, ""
	if w.Folder != "" {
		file = filepath.Join(w.Folder, "secrets.json")
		text, err := os.ReadFile(file)
		if err == nil {
			secrets, err = webhook.ParseSecrets(string(text))
		}
		if err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("reading the secrets of the webhooks in %s: %w", file, err)
		}
	}
	for _, e := range endpoints {
		pair := secrets[e.Name]
		switch {
		case w.Secret != "":
			pair = webhook.Pair{Current: doku.Secret(w.Secret)}
		case pair.Current == "":
			var key [webhook.SecretSize]byte
			rand.Read(key[:])
			pair.Current = webhook.NewSecret(key)
		}
		if err := webhook.CheckSecret(pair.Current); err != nil {
			return fmt.Errorf("the secret of the webhooks %w", err)
		}
		secrets[e.Name] = pair
		s.Webhooks = append(s.Webhooks, Webhook{e.Name, e.URL, string(pair.Current)})
	}
	keep := func(text string) error {
		if file == "" {
			return nil
		}
		if err := os.MkdirAll(w.Folder, 0o700); err != nil {
			return err
		}
		return os.WriteFile(file, []byte(text), 0o600)
	}
	s.Secrets.Hold(webhooksARN, secrets.JSON(), keep)
	if len(endpoints) == 0 {
		return nil
	}
	return keep(secrets.JSON())
}

// startWebhooks begins to deliver the events that wait.
func (s *Stack) startWebhooks(cfg Config) {
	if len(cfg.Webhooks.URLs) == 0 {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Queues.Run(s.time.ending)
	}()
	s.closers = append(s.closers, func() { s.time.end(); <-done })
}

// deliver invokes the function deliver.
func (s *Stack) deliver(ctx context.Context, event []byte) ([]byte, error) {
	return s.Lambda.Invoke(ctx, "deliver", event)
}

// queueEvent puts an event of the bus into a queue in EventBridge's form, as a rule does. If that fails, the bus
// refuses the event, and publish puts it again.
func (s *Stack) queueEvent(queue, id string, e eventbridge.Entry) error {
	body, err := json.Marshal(map[string]any{
		"version": "0", "id": id, "detail-type": e.DetailType, "source": e.Source, "account": "000000000000",
		"time": time.Unix(int64(e.Time), 0).UTC().Format(time.RFC3339), "region": "us-east-1",
		"resources": []string{}, "detail": json.RawMessage(e.Detail),
	})
	if err == nil {
		_, err = s.Queues.Send(queue, string(body))
	}
	if err != nil {
		return fmt.Errorf("the queue %s: %w", queue, err)
	}
	return nil
}
