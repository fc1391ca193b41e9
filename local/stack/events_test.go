package stack_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/local/aws/eventbridge"
	"kasir/local/customer"
	"kasir/local/stack"
	"kasir/local/stack/bus"
	"kasir/local/test/harness"
)

// eventsOf returns the events of a stack, as texts, once there are n of them.
func eventsOf(t *testing.T, running *stack.Stack, n int) []string {
	t.Helper()
	client := bus.Client{URL: running.API + "/dev/events"}
	var all []string
	for after := int64(0); len(all) < n; {
		l, err := client.List(t.Context(), bus.Query{After: after, Limit: 100}, bus.LongestWait)
		if err != nil || len(l.Events) == 0 {
			t.Fatalf("%d events came, want %d: %q, %v", len(all), n, all, err)
		}
		after = l.Last
		for _, e := range l.Events {
			text := strings.TrimPrefix(e.Type, "payment.") + " " + e.Read().Order.InvoiceNumber
			if e.Duplicate {
				text += " again"
			}
			all = append(all, text)
		}
	}
	return all
}

// pay makes an order and pays it.
func payOrder(t *testing.T, running *stack.Stack, invoice string) {
	t.Helper()
	api := harness.API(t, running)
	page, err := api.CreatePage(t.Context(), fmt.Appendf(nil,
		`{"order":{"invoice_number":%q,"amount":90000},"customer":{"email":"budi@example.com"}}`, invoice))
	if err != nil {
		t.Fatal(err)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Visa); err != nil {
		t.Fatal(err)
	}
	if _, err := api.Await(t.Context(), invoice, "PAID"); err != nil {
		t.Fatal(err)
	}
}

// A change that was not published before the end of a run is published by the next one. Events and their places are
// kept. An event can be sent again.
func TestEventsOutliveARestart(t *testing.T) {
	data := t.TempDir()
	start := func() *stack.Stack {
		return harness.Start(t, func(c *stack.Config) {
			c.Data, c.EventsFile = filepath.Join(data, "dynamodb"), filepath.Join(data, "events.jsonl")
		})
	}
	first := start()
	payOrder(t, first, "KEPT-1")
	eventsOf(t, first, 1)
	first.Events.RefuseNext(1 << 30)
	payOrder(t, first, "KEPT-2")
	first.Close()

	second := start()
	if all := eventsOf(t, second, 2); !slices.Equal(all, []string{"paid KEPT-1", "paid KEPT-2"}) {
		t.Errorf("after the restart: %q", all)
	}
	client := bus.Client{URL: second.API + "/dev/events"}
	l, err := client.List(t.Context(), bus.Query{Limit: 1, Invoice: "KEPT-1"}, 0)
	if err != nil || len(l.Events) != 1 {
		t.Fatalf("%+v, %v", l, err)
	}
	if e, err := client.Resend(t.Context(), l.Events[0].ID); err != nil || e.ID != l.Events[0].ID {
		t.Errorf("%+v, %v", e, err)
	}
	if all := eventsOf(t, second, 3); all[2] != "paid KEPT-1 again" {
		t.Errorf("after it was sent again: %q", all)
	}
	if _, err := client.Resend(t.Context(), "evt-none"); err == nil || !strings.Contains(err.Error(), "evt-none") {
		t.Errorf("an event that there is not: %v", err)
	}
}

// Events of moments that the clock passed come too, and are forgotten together with the orders.
func TestEventsOfAMovedClock(t *testing.T) {
	running := harness.Start(t, nil)
	api := harness.API(t, running)
	body := `{"order":{"invoice_number":"MOVED-1","amount":90000},"customer":{"email":"budi@example.com"}}`
	if _, err := api.CreatePage(t.Context(), []byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := running.Clock.Advance(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	if all := eventsOf(t, running, 1); !slices.Equal(all, []string{"expired MOVED-1"}) {
		t.Errorf("%q", all)
	}
	if _, err := running.Clock.Reset(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if all := running.Events.Entries(); len(all) != 0 {
		t.Errorf("forgotten orders have %v", all)
	}
}

// A request for events is answered, refused by the name of its parameter, or refused to pages and tunnels.
func TestTheEventsAreForProgramsOfThisMachine(t *testing.T) {
	running := harness.Start(t, nil)
	for query, want := range map[string]string{
		"": `"events":[]`, "limit=1001": "limit must be", "after=-1": "after must be", "wait=1h": "wait must be",
		"colour=red": "colour is not a parameter",
	} {
		response, err := http.Get(running.API + "/dev/events?" + query)
		if err != nil {
			t.Fatal(err)
		}
		var content json.RawMessage
		if err := json.NewDecoder(response.Body).Decode(&content); err != nil ||
			!strings.Contains(string(content), want) || (response.StatusCode == 200) != (query == "") {
			t.Errorf("%q: %d %s, %v", query, response.StatusCode, content, err)
		}
		response.Body.Close()
	}
	for range 2 {
		if _, err := running.Events.Put(eventbridge.Entry{Source: "kasir", DetailType: "x", Detail: "{}"}); err != nil {
			t.Fatal(err)
		}
	}
	if none, err := http.Get(running.API + "/dev/events?limit=0&after=1"); err != nil || none.StatusCode != 200 {
		t.Errorf("no events are asked for: %v", err)
	}
	for _, path := range []string{"/dev/events", "/dev/events/evt-1/resend"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			page := send(t, method, running.API+path, "", running.Shop)
			tunnel := send(t, method, running.API+path, "tunnel.example", "")
			if page.StatusCode != http.StatusForbidden || tunnel.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s: the shop's page %s, a tunnel %s", method, path, page.Status, tunnel.Status)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := (bus.Client{URL: running.API + "/dev/events"}).List(ctx, bus.Query{}, time.Second); err == nil {
		t.Error("a caller who left was answered")
	}
}
