package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"kasir/shared/doku"
	"kasir/shared/metric"
)

// Outcome is the result of an attempt.
type Outcome string

// Outcomes.
const (
	Delivered Outcome = "delivered"
	Failed    Outcome = "failed"   // it is sent again later
	GivenUp   Outcome = "given_up" // it was the last attempt, or the message is no event; it is a dead letter
	Gone      Outcome = "gone"     // the endpoint answered 410; it is a dead letter
)

// Queue is the part of a queue that delivering needs. An error means that nothing is known to have changed.
type Queue interface {
	// Hide holds a message back for a time, counted in whole seconds.
	Hide(ctx context.Context, queue, receipt string, pause time.Duration) error
	// Put puts a message into a queue.
	Put(ctx context.Context, queue, body string) error
}

// Courier delivers the messages of the endpoints' queues.
type Courier struct {
	Endpoints []Endpoint
	Secrets   func(ctx context.Context, endpoint string) ([]doku.Secret, error)
	Queue     Queue
	Client    *http.Client
	Delays    []time.Duration
	Timeout   time.Duration    // of an attempt
	Now       func() time.Time // the clock of the queue, for the age of a message
	Wall      func() time.Time // the real time, for webhook-timestamp, which receivers compare with theirs
	NewID     func() string
	Log       *slog.Logger
	Namespace string // of the metrics in the log line
}

// attempt is one attempt, and the content of its log line.
type attempt struct {
	event
	endpoint string
	number   int
	status   int // of the answer; 0 without one
	took     time.Duration
	age      time.Duration
	outcome  Outcome
	unsent   bool  // the event could not be signed
	cause    error // why there is no answer
}

// unsentStay is the age at which an event is given up that could never be signed. A queue keeps an event for 14 days.
const unsentStay = 12 * 24 * time.Hour

// Deliver makes one attempt to deliver a message. done reports whether the queue may delete the message: it was
// delivered, or is a dead letter now. Otherwise the queue delivers it again.
func (c *Courier) Deliver(ctx context.Context, m Message) (done bool) {
	i := slices.IndexFunc(c.Endpoints, func(e Endpoint) bool { return e.QueueName() == m.Queue })
	if i < 0 {
		c.Log.Error("deliver", "outcome", string(Failed), "cause", "no endpoint has the queue of this message")
		return false
	}
	endpoint := c.Endpoints[i]
	a := attempt{endpoint: endpoint.Name, age: max(0, c.Now().Sub(m.SentAt))}
	a.number = attemptNumber(c.Delays, a.age, m.Receives)
	if a.event, a.cause = parse(m.Body); a.cause == nil {
		c.send(ctx, endpoint, &a)
	} else {
		a.outcome = GivenUp
	}
	if a.outcome == Failed && a.number > len(c.Delays) && (!a.unsent || a.age >= unsentStay) {
		a.outcome = GivenUp
	}
	done, problem := c.settle(ctx, endpoint, m, &a)
	c.write(ctx, a, problem)
	return done
}

// send sends the event of an attempt, and enters the answer.
func (c *Courier) send(ctx context.Context, to Endpoint, a *attempt) {
	a.outcome = Failed
	secrets, err := c.Secrets(ctx, to.Name)
	if err != nil {
		a.cause, a.unsent = err, true
		return
	}
	began := c.Wall()
	header, err := Sign(secrets, a.id, began, a.body)
	if err != nil {
		a.cause, a.unsent = err, true
		return
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	a.status, a.cause = post(ctx, c.Client, to.URL, header, a.body)
	a.took = c.Wall().Sub(began)
	switch {
	case a.status == http.StatusGone:
		a.outcome = Gone
	case a.status >= 200 && a.status < 300:
		a.outcome = Delivered
	}
}

// settle does with the message what the outcome demands. problem is the reason why it could not. The queue then
// delivers the message again by itself.
func (c *Courier) settle(ctx context.Context, e Endpoint, m Message, a *attempt) (done bool, problem error) {
	switch a.outcome {
	case Delivered:
		return true, nil
	case Failed:
		pause := min(c.Delays[min(a.number, len(c.Delays))-1], MaxDelay)
		if err := c.Queue.Hide(ctx, e.Queue, m.Receipt, pause); err != nil {
			return false, fmt.Errorf("holding the event back: %w", err)
		}
		return false, nil
	}
	if err := c.Queue.Put(ctx, e.Letters, m.Body); err != nil {
		a.outcome = Failed // it is not a dead letter yet
		return false, fmt.Errorf("putting the event into the dead-letter queue: %w", err)
	}
	return true, nil
}

// write writes the log line of an attempt, without the event's body and without any part of the answer.
func (c *Courier) write(ctx context.Context, a attempt, problem error) {
	fields := []slog.Attr{slog.String("endpoint", a.endpoint)}
	for _, f := range []struct{ name, value string }{
		{"event_id", a.id}, {"type", a.kind}, {"invoice_number", doku.ScrubInvoice(a.invoice)},
	} {
		if f.value != "" {
			fields = append(fields, slog.String(f.name, f.value))
		}
	}
	fields = append(fields, slog.Int("attempt", a.number))
	if a.status != 0 {
		fields = append(fields, slog.Int("http_status", a.status))
	}
	fields = append(fields, slog.Int64("ms", a.took.Milliseconds()), slog.String("outcome", string(a.outcome)),
		slog.Int64("age_s", int64(a.age.Seconds())))
	if a.cause != nil {
		fields = append(fields, slog.String("cause", a.cause.Error()))
	}
	level := slog.LevelInfo
	var metrics metric.Set
	switch a.outcome {
	case Delivered:
		metrics.Add(metric.EventsDelivered, 1)
		metrics.Observe(metric.DeliveryAge, a.age)
	case Failed:
		level = slog.LevelWarn
		metrics.Add(metric.DeliveriesFailed, 1)
	default:
		level = slog.LevelError
		metrics.Add(metric.EventsGivenUp, 1)
	}
	if problem != nil {
		level, fields = slog.LevelError, append(fields, slog.String("error", problem.Error()))
	}
	fields = append(fields, metrics.Attrs(c.Namespace, c.Now())...)
	c.Log.LogAttrs(ctx, level, "deliver", fields...)
}
