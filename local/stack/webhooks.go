package stack

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kasir/local/aws/eventbridge"
	"kasir/local/aws/sqs"
	"kasir/shared/webhook"
)

// Webhooks configures the merchant's endpoints for events.
type Webhooks struct {
	URLs   []string // webhook.CheckURL accepts them
	Secret string   // signs for every endpoint; empty: a random one, kept in Folder
	Folder string   // keeps the names, the secrets and the events that wait; empty keeps them in memory

	Again      func() bool   // delivers a handled event once more, for tests; see sqs.Config
	Visibility time.Duration // after which an event is delivered again that a killed function had; hidden unless set
}

// Webhook is an endpoint that receives events.
type Webhook struct {
	Name   string `json:"name"`
	URL    string `json:"url"`
	Secret string `json:"secret"` // whsec_…
}

// AbsentWebhook is an endpoint of an earlier run that is not configured now. Its events wait for its return.
type AbsentWebhook struct {
	URL    string
	Events int
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
	kept, err := w.nameEndpoints()
	if err != nil {
		return err
	}
	var endpoints []webhook.Endpoint
	config := sqs.Config{Now: s.Clock.Now, Again: w.Again}
	for _, url := range w.URLs {
		name := kept.nameOf(url)
		queue := "webhook-" + name
		endpoints = append(endpoints, webhook.Endpoint{
			Name: name, URL: url, Queue: sqs.URL(queue), Letters: sqs.URL(queue + lettersSuffix),
		})
		config.Queues = append(config.Queues, s.webhookQueues(w, queue, s.deliver)...)
		s.Events.AddTarget(func(id string, e eventbridge.Entry) error { return s.queueEvent(queue, id, e) })
	}
	absent := kept.absent(w.URLs)
	for _, name := range absent {
		config.Queues = append(config.Queues, s.webhookQueues(w, "webhook-"+name, nil)...)
	}
	if w.Folder != "" {
		config.Dir = filepath.Join(w.Folder, "queues")
	}
	if s.Queues, err = sqs.New(config); err != nil {
		return err
	}
	for _, name := range absent {
		if n := len(s.Queues.Messages("webhook-" + name)); n > 0 {
			s.Absent = append(s.Absent, AbsentWebhook{kept[name], n})
		}
	}
	url, err := s.standIn("queues", s.Queues)
	if err != nil {
		return err
	}
	if err := s.holdWebhookSecrets(w, endpoints); err != nil {
		return err
	}
	return s.setWebhooks(url, endpoints)
}

const lettersSuffix = "-letters"

// webhookQueues returns the dead-letter queue and the queue of an endpoint. Nothing reads the queue if invoke is nil.
func (s *Stack) webhookQueues(w Webhooks, queue string,
	invoke func(ctx context.Context, event []byte) ([]byte, error)) []sqs.Queue {
	letters := queue + lettersSuffix
	return []sqs.Queue{{Name: letters}, {
		Name: queue, Letters: letters, MaxReceives: 2 * len(localDelays), Visibility: cmp.Or(w.Visibility, hidden),
		Invoke: invoke,
	}}
}

// setWebhooks enters the endpoints into the settings of deliver. url is the address of the queues.
func (s *Stack) setWebhooks(url string, endpoints []webhook.Endpoint) error {
	s.webhooks = map[string]string{"AWS_ENDPOINT_URL_SQS": url}
	if len(endpoints) == 0 {
		return nil
	}
	text, err := json.Marshal(endpoints)
	if err != nil {
		return err
	}
	s.webhooks["WEBHOOKS"], s.webhooks["WEBHOOKS_SECRET_ARN"] = string(text), webhooksARN
	s.webhooks["WEBHOOK_DELAYS"] = joinDelays(localDelays)
	return nil
}

func joinDelays(all []time.Duration) string {
	var texts []string
	for _, d := range all {
		texts = append(texts, d.String())
	}
	return strings.Join(texts, ",")
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
