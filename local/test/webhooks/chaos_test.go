package webhooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/local/aws/lambda"
	"kasir/local/stack"
	"kasir/shared/event"
	"kasir/shared/order"
)

const (
	chaosOrders = 500
	chaosEvents = 4 * chaosOrders
)

// story returns the events of one order: two declined attempts in one change, a third, and the payment.
func story(t *testing.T, number int) (all []event.Event) {
	t.Helper()
	at := time.Unix(1787826300, 0)
	o := order.Order{Invoice: fmt.Sprintf("CHAOS-%d", number), Amount: 90000, CreatedAt: at, Version: 1}
	change := func(alter func(*order.Order)) {
		after := o
		after.Version++
		alter(&after)
		events, err := event.FromChange(o, after)
		if err != nil {
			t.Fatal(err)
		}
		all, o = append(all, events...), after
	}
	decline := func(second int) order.Failure {
		when := at.Add(time.Duration(second) * time.Second)
		return order.Failure{At: when, LearnedAt: when, Code: "51", Message: "INSUFFICIENT FUNDS"}
	}
	change(func(o *order.Order) { o.Facts.Failures = []order.Failure{decline(1), decline(2)} })
	change(func(o *order.Order) { o.Facts.Failures = append(o.Facts.Failures, decline(3)) })
	change(func(o *order.Order) {
		o.Facts.Paid = &order.Payment{At: at.Add(9 * time.Second), LearnedAt: at.Add(9 * time.Second), Amount: 90000}
	})
	return all
}

// received is an event that the endpoint accepted.
type received struct {
	ID       string `json:"id"`
	Sequence int64  `json:"sequence"`
	Order    struct {
		Invoice string `json:"invoice_number"`
	} `json:"order"`
}

// merchant is an endpoint that fails in 30 of 100 requests, in five ways. It never accepts some events until it is
// mended.
type merchant struct {
	mu       sync.Mutex
	accepted map[string]received
	requests int
	failed   map[string]int // by the way of failing
	mended   bool
}

// refuses returns the status with which the merchant answers an event in every attempt, or 0.
func refuses(id string) int {
	sum := fnv.New32()
	sum.Write([]byte(id))
	switch sum.Sum32() % 100 {
	case 0:
		return http.StatusInternalServerError
	case 1:
		return http.StatusGone
	}
	return 0
}

func (m *merchant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Data received }
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Data.ID != r.Header.Get("webhook-id") {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	m.requests++
	status, way := refuses(in.Data.ID), ""
	switch {
	case m.mended:
		status = 0
	case status == 0 && rand.IntN(100) < 30:
		way = []string{"500", "hangs", "closes", "redirects", "100 MB"}[rand.IntN(5)]
		m.failed[way]++
	}
	if status == 0 && way == "" {
		m.accepted[in.Data.ID] = in.Data
	}
	m.mu.Unlock()
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	fail(w, r, way)
}

// all returns a copy of the accepted events.
func (m *merchant) all() map[string]received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.accepted)
}

// mend makes the endpoint accept everything.
func (m *merchant) mend() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mended = true
}

func fail(w http.ResponseWriter, r *http.Request, way string) {
	switch way {
	case "500":
		w.WriteHeader(http.StatusInternalServerError)
	case "hangs":
		<-r.Context().Done()
	case "closes":
		panic(http.ErrAbortHandler)
	case "redirects":
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	case "100 MB":
		w.WriteHeader(http.StatusInternalServerError)
		part := bytes.Repeat([]byte("x"), 1<<20)
		for range 100 {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	}
}

// outcomes counts the log lines of deliver by their outcome, and keeps the ids of events that were given up.
type outcomes struct {
	mu      sync.Mutex
	counts  map[string]int
	givenUp map[string]bool
}

func (o *outcomes) Write(line []byte) (int, error) {
	function, object, _ := strings.Cut(string(line), " | ")
	var l struct {
		Outcome string
		ID      string `json:"event_id"`
	}
	if function == "deliver" && json.Unmarshal([]byte(object), &l) == nil && l.Outcome != "" {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.counts[l.Outcome]++
		if l.Outcome == "given_up" || l.Outcome == "gone" {
			o.givenUp[l.ID] = true
		}
	}
	return len(line), nil
}

// all returns a copy of the ids that were given up.
func (o *outcomes) all() map[string]bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.givenUp)
}

// deliver is killed in 1 of 20 invocations, the endpoint fails in 30 of 100 requests, and the queue delivers 1 of 10
// handled events again. Each event arrives, or is given up and seen: it is a dead letter and a line of the log.
func TestChaos(t *testing.T) {
	shop := &merchant{accepted: map[string]received{}, failed: map[string]int{}}
	endpoint := receive(t, shop.ServeHTTP)
	endpoint.got = nil
	log := &outcomes{counts: map[string]int{}, givenUp: map[string]bool{}}
	again := 0
	running := startWith(t, func(c *stack.Config) {
		c.Log = log
		c.Webhooks.Visibility = 2 * time.Second
		c.Webhooks.Again = func() bool {
			more := rand.IntN(10) == 0
			if more {
				again++ // the queue holds its lock
			}
			return more
		}
		c.Settings = map[string]string{"WEBHOOK_TIMEOUT": "300ms", "WEBHOOK_DELAYS": strings.Repeat("1s,", 11) + "1s"}
		c.Kill = lambda.Kill{Probability: 0.05, Functions: []string{"deliver"}, Within: 50 * time.Millisecond}
	}, endpoint.URL)

	sent := map[string]string{} // invoice number by event id
	order := map[string][]string{}
	var entries []any
	for number := range chaosOrders {
		for _, e := range story(t, number) {
			var d received
			if err := json.Unmarshal(e.Detail, &d); err != nil {
				t.Fatal(err)
			}
			sent[d.ID], order[d.Order.Invoice] = d.Order.Invoice, append(order[d.Order.Invoice], d.ID)
			entries = append(entries, map[string]any{"EventBusName": "kasir-local", "Source": event.Source,
				"DetailType": e.Type, "Detail": string(e.Detail), "Time": e.At.Unix()})
		}
	}
	if len(sent) != chaosEvents {
		t.Fatalf("%d events with ids of their own, want %d", len(sent), chaosEvents)
	}
	for len(entries) > 0 {
		putAll(t, running, entries[:10]...)
		entries = entries[10:]
	}
	empty := func() bool { return len(running.Queues.Messages("webhook-local")) == 0 }
	await(t, "the queue is empty", empty)

	letters, accepted := lettersOf(t, running), shop.all()
	givenUp := log.all()
	for id := range sent {
		_, arrived := accepted[id]
		switch {
		case !arrived && !letters[id]:
			t.Errorf("%s is lost", id)
		case letters[id] && !givenUp[id]:
			t.Errorf("%s was given up without a line of the log", id)
		case !arrived && refuses(id) == 0:
			t.Errorf("%s was given up, although the endpoint would accept it", id)
		case arrived && refuses(id) != 0:
			t.Errorf("%s arrived, although the endpoint refuses it", id)
		}
	}
	kills := running.Lambda.Kills()["deliver"]
	shop.mu.Lock()
	log.mu.Lock()
	t.Logf("%d events, %d requests; failures %v; %d invocations, %d killed; %d delivered again; outcomes %v; %d given up",
		len(sent), shop.requests, shop.failed, kills.Invocations, kills.Killed(), again, log.counts, len(letters))
	if kills.Killed() == 0 || again == 0 || len(shop.failed) != 5 || len(letters) == 0 {
		t.Error("a class of failure did not happen")
	}
	log.mu.Unlock()
	shop.mu.Unlock()

	shop.mend()
	redrive(t, running)
	await(t, "the dead letters have arrived", empty)
	for invoice, ids := range order {
		inOrder(t, invoice, ids, shop.all())
	}
}

// inOrder checks that all events of an order arrived, and that (sequence, id) is a total order of them that follows
// the changes.
func inOrder(t *testing.T, invoice string, ids []string, accepted map[string]received) {
	t.Helper()
	for i, id := range ids {
		one, arrived := accepted[id]
		if !arrived {
			t.Errorf("%s: %s did not arrive after the endpoint was mended", invoice, id)
			continue
		}
		for _, earlier := range ids[:i] {
			before := accepted[earlier]
			if before.Sequence > one.Sequence || before.Sequence == one.Sequence && before.ID == one.ID {
				t.Errorf("%s: %+v does not come after %+v", invoice, one, before)
			}
		}
	}
	if len(ids) == 4 && accepted[ids[3]].Sequence <= accepted[ids[2]].Sequence {
		t.Errorf("%s: the payment has the sequence of the decline before", invoice)
	}
}

// lettersOf returns the ids of the events that are dead letters.
func lettersOf(t *testing.T, running *stack.Stack) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for _, m := range running.Queues.Messages("webhook-local-letters") {
		var e struct{ Detail received }
		if err := json.Unmarshal([]byte(m.Body), &e); err != nil {
			t.Fatal(err)
		}
		ids[e.Detail.ID] = true
	}
	return ids
}

// redrive moves the dead letters back into the queue, as kasir webhooks redrive does.
func redrive(t *testing.T, running *stack.Stack) {
	t.Helper()
	in, err := http.NewRequestWithContext(t.Context(), http.MethodPost, running.Environment["AWS_ENDPOINT_URL_SQS"],
		strings.NewReader(`{"SourceArn":"arn:aws:sqs:us-east-1:000000000000:webhook-local-letters",`+
			`"DestinationArn":"arn:aws:sqs:us-east-1:000000000000:webhook-local"}`))
	if err != nil {
		t.Fatal(err)
	}
	in.Header.Set("X-Amz-Target", "AmazonSQS.StartMessageMoveTask")
	answer, err := http.DefaultClient.Do(in)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
}
