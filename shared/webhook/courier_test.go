package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/shared/doku"
)

const secret = doku.Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

const body = `{"version":"0","id":"bus-1","detail-type":"payment.paid","source":"kasir","detail":` +
	`{"id":"evt-1","sequence":4,"at":"2026-08-27T10:25:00Z","order":{"invoice_number":"INV-1"},"payment":{"brand":"MASTER"}}}`

// queue keeps the calls of a Courier.
type queue struct {
	mu      sync.Mutex
	hidden  []time.Duration
	letters []string
	down    bool
}

func (q *queue) Hide(_ context.Context, name, receipt string, pause time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.down || name != "https://sqs/1/shop" || receipt != "receipt" {
		return errors.New("down")
	}
	q.hidden = append(q.hidden, pause)
	return nil
}

func (q *queue) Put(_ context.Context, name, body string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.down || name != "https://sqs/1/letters" {
		return errors.New("down")
	}
	q.letters = append(q.letters, body)
	return nil
}

// world is a Courier with an endpoint on this machine.
type world struct {
	*Courier
	queue    *queue
	log      *bytes.Buffer
	mu       sync.Mutex // held while a request is added
	requests []*http.Request
	bodies   []string
	sent     time.Time
	clock    time.Duration // since sent
}

func newWorld(t *testing.T, respond http.HandlerFunc) *world {
	t.Helper()
	w := &world{queue: &queue{}, log: &bytes.Buffer{}, sent: time.Unix(1787826300, 0)}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		content, _ := io.ReadAll(in.Body)
		w.mu.Lock()
		w.requests, w.bodies = append(w.requests, in), append(w.bodies, string(content))
		w.mu.Unlock()
		respond(out, in)
	}))
	t.Cleanup(server.Close)
	w.Courier = &Courier{
		Endpoints: []Endpoint{{Name: "shop", URL: server.URL + "/hooks?key=of-the-shop", Queue: "https://sqs/1/shop",
			Letters: "https://sqs/1/letters"}},
		Secrets: func(context.Context, string) ([]doku.Secret, error) { return []doku.Secret{secret}, nil },
		Queue:   w.queue, Client: NewClient(true), Delays: Delays, Timeout: 200 * time.Millisecond,
		Now: func() time.Time { return w.sent.Add(w.clock) }, Wall: time.Now, NewID: func() string { return "ABC" },
		Log: slog.New(slog.NewJSONHandler(w.log, nil)), Namespace: "kasir",
	}
	return w
}

func (w *world) deliver(t *testing.T, receives int) bool {
	t.Helper()
	done := w.Deliver(t.Context(),
		Message{Queue: "shop", Receipt: "receipt", Body: body, SentAt: w.sent, Receives: receives})
	w.mu.Lock() // a request without an answer has been added too
	defer w.mu.Unlock()
	return done
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func TestAnEndpointReceivesTheEventSigned(t *testing.T) {
	w := newWorld(t, status(204))
	if !w.deliver(t, 1) || len(w.requests) != 1 {
		t.Fatal(w.log)
	}
	got := w.requests[0]
	want := `{"type":"payment.paid","timestamp":"2026-08-27T10:25:00Z","data":{"id":"evt-1","sequence":4,` +
		`"at":"2026-08-27T10:25:00Z","order":{"invoice_number":"INV-1"},"payment":{"brand":"MASTER"}}}`
	if w.bodies[0] != want || got.Method != http.MethodPost || got.Header.Get("Content-Type") != "application/json" ||
		got.URL.String() != "/hooks?key=of-the-shop" || got.Header.Get("webhook-id") != "evt-1" {
		t.Errorf("%s %s %v\n%s", got.Method, got.URL, got.Header, w.bodies[0])
	}
	if err := Verify(secret, got.Header, []byte(w.bodies[0])); err != nil {
		t.Error(err)
	}
	if _, sent := got.Header["Idempotency-Key"]; sent {
		t.Error("the mark for Go's client is sent")
	}
	for _, part := range []string{`"outcome":"delivered"`, `"event_id":"evt-1"`, `"invoice_number":"INV-1"`,
		`"http_status":204`, `"attempt":1`, `"EventsDelivered":1`, `"DeliveryAge":0`} {
		if !strings.Contains(w.log.String(), part) {
			t.Errorf("no %s in %s", part, w.log)
		}
	}
}

// Each answer but 2xx is a failure, whatever its body is. Nothing of the answer and of the event is logged.
func TestWhatAnEndpointMayDo(t *testing.T) {
	hang := func(w http.ResponseWriter, in *http.Request) { <-in.Context().Done() }
	for name, c := range map[string]struct {
		respond http.HandlerFunc
		outcome Outcome
	}{
		"200": {status(200), Delivered}, "299": {status(299), Delivered}, "500": {status(500), Failed},
		"400": {status(400), Failed}, "304": {status(304), Failed}, "410": {status(410), Gone},
		"hangs": {hang, Failed},
		"closes": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
		}, Failed},
		"is no HTTP": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Write([]byte("geheim\r\n\r\n"))
			conn.Close()
		}, Failed},
		"redirects": {func(w http.ResponseWriter, in *http.Request) {
			http.Redirect(w, in, "http://169.254.169.254/geheim", http.StatusTemporaryRedirect)
		}, Failed},
		"redirects to itself": {func(w http.ResponseWriter, in *http.Request) {
			http.Redirect(w, in, "/geheim", http.StatusPermanentRedirect)
		}, Failed},
		"answers 100 MB": {func(w http.ResponseWriter, _ *http.Request) {
			part := bytes.Repeat([]byte("geheim"), 1<<14)
			for range 1000 {
				if _, err := w.Write(part); err != nil {
					return
				}
			}
		}, Delivered},
		"answers slowly after its status": {func(w http.ResponseWriter, in *http.Request) {
			w.(http.Flusher).Flush()
			hang(w, in)
		}, Delivered},
		"has large headers": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Geheim", strings.Repeat("geheim", 1<<14))
		}, Failed},
	} {
		w := newWorld(t, c.respond)
		done := w.deliver(t, 1)
		if done != (c.outcome != Failed) || !strings.Contains(w.log.String(), fmt.Sprintf(`"outcome":%q`, c.outcome)) ||
			len(w.requests) == 0 || w.requests[len(w.requests)-1].URL.Path != "/hooks" {
			t.Errorf("%s: done %v, %d requests\n%s", name, done, len(w.requests), w.log)
		}
		if (len(w.queue.letters) == 1) != (c.outcome == Gone) || (len(w.queue.hidden) == 1) != (c.outcome == Failed) {
			t.Errorf("%s: hidden %v, dead letters %v", name, w.queue.hidden, w.queue.letters)
		}
		if text := strings.ToLower(w.log.String()); strings.Contains(text, "geheim") ||
			strings.Contains(text, "master") || strings.Contains(text, "of-the-shop") {
			t.Errorf("%s: the log quotes the answer, the event or the URL: %s", name, w.log)
		}
	}
}

// An event is sent nine times in about 32 hours. A queue that delivers it too often, or very late, changes nothing.
func TestTheAttemptsFollowTheAge(t *testing.T) {
	w := newWorld(t, status(503))
	var pauses []time.Duration
	for receives := 1; ; receives++ {
		if w.deliver(t, receives) {
			break
		}
		pause := w.queue.hidden[len(w.queue.hidden)-1]
		pauses, w.clock = append(pauses, pause), w.clock+pause
	}
	if fmt.Sprint(pauses) != "[5s 1m0s 10m0s 1h0m0s 3h0m0s 6h0m0s 11h0m0s 11h0m0s]" || len(w.requests) != 9 {
		t.Errorf("%v, %d requests", pauses, len(w.requests))
	}
	if len(w.queue.letters) != 1 || w.queue.letters[0] != body ||
		!strings.Contains(w.log.String(), `"EventsGivenUp":1`) {
		t.Errorf("dead letters %v\n%s", w.queue.letters, w.log)
	}
	for _, c := range []struct {
		age      time.Duration
		receives int
		want     int
	}{
		{0, 1, 1}, {time.Second, 40, 1}, {5 * time.Second, 2, 2}, {20 * time.Hour, 1, 1}, {20 * time.Hour, 3, 3},
		{40 * time.Hour, 50, 9}, {-time.Hour, 5, 1}, {0, 0, 1},
	} {
		if got := attemptNumber(Delays, c.age, c.receives); got != c.want {
			t.Errorf("age %s, received %d times: attempt %d, want %d", c.age, c.receives, got, c.want)
		}
	}
}

// An event that cannot become a dead letter, or cannot be held back, stays in the queue.
func TestAQueueThatIsDownLosesNothing(t *testing.T) {
	for _, code := range []int{410, 500} {
		w := newWorld(t, status(code))
		w.queue.down = true
		if w.deliver(t, 1) || !strings.Contains(w.log.String(), `"outcome":"failed"`) ||
			!strings.Contains(w.log.String(), `"level":"ERROR"`) {
			t.Errorf("%d: %s", code, w.log)
		}
	}
}

// Nothing is sent unsigned. The event waits, and the log has the remedy.
func TestWithoutASecretTheEventWaits(t *testing.T) {
	for name, secrets := range map[string][]doku.Secret{"none": nil, "unusable": {"whsec_c2hvcnQ="}} {
		w := newWorld(t, status(200))
		w.Secrets = func(context.Context, string) ([]doku.Secret, error) { return secrets, nil }
		if w.deliver(t, 1) || len(w.requests) != 0 || len(w.queue.hidden) != 1 {
			t.Errorf("%s: %d requests, %s", name, len(w.requests), w.log)
		}
		// It waits longer than an endpoint that is down, but the queue would drop it after 14 days.
		w.clock = 11 * 24 * time.Hour
		if w.deliver(t, 30) || len(w.queue.letters) != 0 || w.queue.hidden[1] != 11*time.Hour {
			t.Errorf("%s: after 11 days: %v, %s", name, w.queue.hidden, w.log)
		}
		w.clock = 12 * 24 * time.Hour
		if !w.deliver(t, 32) || len(w.queue.letters) != 1 || len(w.requests) != 0 {
			t.Errorf("%s: after 12 days: %s", name, w.log)
		}
	}
	w := newWorld(t, status(200))
	w.Secrets = (&Keeper{Fetch: func(context.Context) (string, error) { return "", nil }, Now: time.Now, Log: w.Log}).Of
	if w.deliver(t, 1) || len(w.requests) != 0 ||
		!strings.Contains(w.log.String(), "has no secret yet: run kasir webhooks rotate shop") {
		t.Error(w.log)
	}
}

// A message that is no event, or of no endpoint, is neither sent nor lost.
func TestAStrangeMessageIsNotSent(t *testing.T) {
	w := newWorld(t, status(200))
	for _, text := range []string{"", "{}", `{"detail-type":"payment.paid","detail":"x"}`,
		`{"detail-type":"payment.paid","detail":{"at":"2026-08-27T10:25:00Z"}}`,
		`{"detail-type":"payment.paid","detail":{"id":"evt\r\nx","at":"2026-08-27T10:25:00Z"}}`} {
		if !w.Deliver(t.Context(), Message{Queue: "shop", Receipt: "receipt", Body: text, SentAt: w.sent}) {
			t.Errorf("%q stays in the queue", text)
		}
	}
	if len(w.queue.letters) != 5 || len(w.requests) != 0 {
		t.Errorf("%d dead letters, %d requests", len(w.queue.letters), len(w.requests))
	}
	if w.Deliver(t.Context(), Message{Queue: "books", Receipt: "receipt", Body: body, SentAt: w.sent}) {
		t.Error("a message of a queue without an endpoint is deleted")
	}
}

// A proxy would connect in kasir's place, to any address. Go reads the variables of a proxy once in a process, so
// that a test cannot set them.
func TestNoProxyIsUsed(t *testing.T) {
	if transport := NewClient(false).Transport.(*http.Transport); transport.Proxy != nil {
		t.Error("the client may use a proxy")
	}
}

// A name that leads to this machine is found when connecting.
func TestAPrivateAddressIsRefusedWhenConnecting(t *testing.T) {
	w := newWorld(t, status(200))
	w.Client = NewClient(false)
	w.Endpoints[0].URL = strings.Replace(w.Endpoints[0].URL, "127.0.0.1", "localhost", 1)
	if w.deliver(t, 1) || len(w.requests) != 0 ||
		!strings.Contains(w.log.String(), "leads to an address that is not on the internet") {
		t.Error(w.log)
	}
}

func TestATestEventIsSentOnce(t *testing.T) {
	w := newWorld(t, status(503))
	report, err := w.Test(t.Context(), "shop")
	if err != nil || report.Status != 503 || report.Outcome != Failed || report.EventID != "evt-test-abc" ||
		len(w.requests) != 1 || !strings.HasPrefix(w.bodies[0], `{"type":"kasir.test","timestamp":"`) {
		t.Errorf("%+v, %v, %v", report, err, w.bodies)
	}
	if Verify(secret, w.requests[0].Header, []byte(w.bodies[0])) != nil || len(w.queue.hidden) != 0 {
		t.Error("the test event is not signed, or waits in the queue")
	}
	if _, err := w.Test(t.Context(), "books"); err == nil || !strings.Contains(err.Error(), `there are "shop"`) {
		t.Error(err)
	}
}

// While the secret cannot be read, the one that was read before stays in use. A new one is used within MaxAge.
func TestTheKeeperReadsTheSecretAgain(t *testing.T) {
	now, text, down := time.Unix(0, 0), Secrets{"shop": {Current: secret}}.JSON(), true
	var log bytes.Buffer
	k := &Keeper{
		Fetch: func(context.Context) (string, error) {
			if down {
				return "", errors.New("down")
			}
			return text, nil
		},
		MaxAge: time.Minute, Now: func() time.Time { return now }, Log: slog.New(slog.NewJSONHandler(&log, nil)),
	}
	of := func() int {
		all, _ := k.Of(t.Context(), "shop")
		return len(all)
	}
	if n := of(); n != 0 {
		t.Errorf("%d secrets before the first was read", n)
	}
	down, now = false, now.Add(fetchPause)
	if n := of(); n != 1 {
		t.Errorf("%d secrets, want 1", n)
	}
	text = Secrets{"shop": {Current: NewSecret([SecretSize]byte{1}), Previous: secret}}.JSON()
	now = now.Add(time.Minute)
	if n := of(); n != 2 {
		t.Errorf("%d secrets after a minute, want 2", n)
	}
	down, now = true, now.Add(time.Hour)
	if n := of(); n != 2 || !strings.Contains(log.String(), "stays in use") {
		t.Errorf("%d secrets while Secrets Manager is down: %s", n, &log)
	}
	if printed := fmt.Sprintf("%v %+v", k, k); strings.Contains(printed, "MfKQ9") {
		t.Errorf("a secret is printed: %s", printed)
	}
}
