package sandbox

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func (b *bench) notification(i int) controlNotification {
	b.t.Helper()
	var list struct{ Notifications []controlNotification }
	b.control("GET", "/control/notifications", "", &list)
	if i >= len(list.Notifications) {
		b.t.Fatalf("%d notifications, want more than %d", len(list.Notifications), i)
	}
	return list.Notifications[i]
}

// silent fails the test if a notification came.
func (b *bench) silent(when string) {
	b.t.Helper()
	select {
	case <-b.merchant.got:
		b.t.Errorf("a notification came %s", when)
	default:
	}
}

// DOKU retries 30 minutes, 6 hours and 12 hours after the original, then never.
func TestRetrySchedule(t *testing.T) {
	b := newBench(t)
	b.merchant.answers(500)
	b.pay(b.create(simple("INV-1", 90000, "")), goodCard)
	first := b.next()
	b.advance(0) // waits until the first attempt is recorded
	for _, step := range []struct{ before, after time.Duration }{
		{30*time.Minute - time.Second, time.Second},
		{5*time.Hour + 30*time.Minute - time.Second, time.Second},
		{6*time.Hour - time.Second, time.Second},
	} {
		b.advance(step.before)
		b.silent("before its time")
		b.advance(step.after)
		again := b.next()
		if string(again.raw) != string(first.raw) || again.requestID != first.requestID {
			t.Errorf("a retry differs: %s %s", again.requestID, again.raw)
		}
	}
	b.advance(1000 * time.Hour)
	b.silent("after the last retry")
	n := b.notification(0)
	if n.State != givenUp || len(n.Attempts) != 4 || n.Attempts[3].Status != 500 ||
		n.Attempts[1].At != "2026-08-27T10:30:00Z" || n.Attempts[3].At != "2026-08-27T22:00:00Z" {
		t.Errorf("%+v", n)
	}
}

func TestOnly2xxIsReceived(t *testing.T) {
	b := newBench(t)
	for i, c := range []struct {
		status int
		state  string
	}{{204, delivered}, {302, queued}, {404, queued}} {
		b.merchant.answers(c.status)
		b.pay(b.create(simple("INV-"+string(rune('a'+i)), 90000, "")), goodCard)
		b.next()
		b.advance(0)
		if n := b.notification(i); n.State != c.state {
			t.Errorf("%d: %s", c.status, n.State)
		}
	}
}

func TestResend(t *testing.T) {
	b := newBench(t, func(c *Config) { c.RetryDelays = []time.Duration{} })
	b.merchant.answers(503)
	b.pay(b.create(simple("INV-1", 90000, "")), goodCard)
	first := b.next()
	b.advance(0)
	if n := b.notification(0); n.State != givenUp {
		t.Errorf("without retries: %+v", n)
	}
	b.merchant.answers(200)
	var n controlNotification
	if status := b.control("POST", "/control/notifications/1/resend", "", &n); status != 200 {
		t.Errorf("resend: %d", status)
	}
	if n.State != delivered || len(n.Attempts) != 2 || !n.Attempts[1].Manual {
		t.Errorf("%+v", n)
	}
	if again := b.next(); string(again.raw) != string(first.raw) {
		t.Errorf("sent again: %s", again.raw)
	}
}

func TestKeptWithoutAURL(t *testing.T) {
	b := newBench(t, func(c *Config) { c.NotificationURL = "" })
	b.pay(b.create(simple("INV-1", 90000, "")), goodCard)
	if n := b.notification(0); n.State != kept || len(n.Attempts) != 0 || !strings.Contains(string(n.Body), "INV-1") {
		t.Errorf("%+v", n)
	}
	if status := b.control("POST", "/control/notifications/1/resend", "", nil); status != 400 {
		t.Errorf("resend to nowhere: %d", status)
	}
}

func TestOverriddenNotificationURL(t *testing.T) {
	b := newBench(t)
	other := newMerchant(t)
	b.pay(b.create(simple("INV-1", 90000,
		`,"additional_info":{"override_notification_url":"`+other.url+`/payments/notifications"}`)), goodCard)
	select {
	case <-other.got:
	case <-time.After(10 * time.Second):
		t.Fatal("the overriding host heard nothing")
	}
	b.silent("to the configured host")
}

// A move of the clock returns after the attempts that fell due, even if the merchant is slow.
func TestClockWaitsForDueNotifications(t *testing.T) {
	var b *bench
	b = newBench(t, func(c *Config) {
		c.HTTP = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			for range 5 {
				b.control("GET", "/control/notifications", "", nil) // takes its time, and must not find a lock held
			}
			return nil, errors.New("connection reset by peer")
		})}
	})
	b.pay(b.create(simple("INV-1", 90000, "")), goodCard)
	for i, by := range []time.Duration{0, 30 * time.Minute, 330 * time.Minute, 6 * time.Hour} {
		b.advance(by)
		n := b.notification(0)
		if len(n.Attempts) != i+1 || !strings.Contains(n.Attempts[i].Error, "connection reset") {
			t.Fatalf("after %s: %+v", by, n)
		}
	}
}

func TestResendWaitsForTheAttemptUnderWay(t *testing.T) {
	var b *bench
	var sends, most atomic.Int32
	var resent sync.WaitGroup
	b = newBench(t, func(c *Config) {
		c.HTTP = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			if now := sends.Add(1); now > most.Load() {
				most.Store(now)
			}
			defer sends.Add(-1)
			if len(b.notification(0).Attempts) == 0 {
				resent.Go(func() { b.control("POST", "/control/notifications/1/resend", "", nil) })
			}
			for range 5 {
				b.control("GET", "/control/notifications", "", nil)
			}
			return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
		})}
	})
	b.pay(b.create(simple("INV-1", 90000, "")), goodCard)
	b.advance(0)
	resent.Wait()
	if n := b.notification(0); len(n.Attempts) != 2 || most.Load() != 1 {
		t.Errorf("%d at once: %+v", most.Load(), n)
	}
}

// A gateway in front of the merchant may drop a prefix of the path. The signature covers the path outside.
func TestNotificationTarget(t *testing.T) {
	heard := make(chan http.Header, 1)
	b := newBench(t, func(c *Config) {
		c.NotificationTarget = "/prod/notifications"
		c.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			heard <- r.Header
			return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
		})}
	})
	b.pay(b.create(simple("INV-1", 90000, "")), goodCard)
	h := <-heard
	want := hmacOver("Client-Id:" + DefaultClientID + "\nRequest-Id:" + h.Get("Request-Id") + "\nRequest-Timestamp:" +
		h.Get("Request-Timestamp") + "\nRequest-Target:/prod/notifications\nDigest:" + sha(b.notification(0).Body))
	if h.Get("Signature") != want {
		t.Errorf("%v", h)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
