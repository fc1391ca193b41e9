package doku

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

// Observe gets every call once, with its endpoint, HTTP status, duration and outcome.
func TestCallsAreObserved(t *testing.T) {
	answers := []answer{{status: 200, body: pageAnswer}, {status: 400, body: `{"error":{"code":"X"}}`},
		{status: 401, body: `{"error":{"code":"invalid_client_id"}}`}, {status: 503, body: `x`}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answers[0].send(w, r.URL.Path)
		answers = answers[1:]
	}))
	var seen []Call
	now := testNow
	c := newClient(t, server.URL, func(cfg *Config) {
		cfg.Now = func() time.Time { now = now.Add(time.Second); return now }
		cfg.Observe = func(_ context.Context, call Call) { seen = append(seen, call) }
	})
	for range 3 {
		c.CreatePage(t.Context(), testID, request())
	}
	c.Status(t.Context(), testID, "INV-1")
	server.Close()
	c.CreatePage(t.Context(), testID, request())
	const page = "/credit-card/v1/payment-page"
	want := []Call{ // the clock moves a second each time it is read: at the start, for the signature, at the end
		{page, 200, 2 * time.Second, Done, false}, {page, 400, 2 * time.Second, Refused, false},
		{page, 401, 2 * time.Second, Refused, true},
		{"/orders/v1/status", 503, 2 * time.Second, Unknown, false}, {page, 0, 2 * time.Second, Unknown, false},
	}
	if !slices.Equal(seen, want) {
		t.Errorf("%+v", seen)
	}
}
