package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// deployed returns a service whose DOKU, and whose public address, are a server that answers with serve.
func deployed(t *testing.T, serve http.HandlerFunc) (run func(event string) (log string), s *payment.Service) {
	t.Helper()
	server := httptest.NewTLSServer(serve)
	t.Cleanup(server.Close)
	before := outside
	outside = server.Client()
	t.Cleanup(func() { outside = before })
	var log bytes.Buffer
	now := func() time.Time { return time.Date(2026, 8, 27, 10, 24, 0, 0, time.UTC) }
	keys, logger := doku.Keyring{ClientID: "MCH-1", Current: "SK-1"}, edge.NewLog(&log)
	client, err := doku.New(doku.Config{BaseURL: server.URL, Keys: keys, HTTP: outside, Now: now, Log: logger})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	s = &payment.Service{
		Store: &store.Memory{}, DOKU: client, Now: now, Log: logger, Changed: edge.CountChange,
		NewID:    func() string { n++; return fmt.Sprint("id-", n) },
		Receiver: doku.Receiver{Keys: keys, Target: "/v1/notifications", Now: now},
		Merchant: order.Merchant{Environment: "sandbox", ClientID: "MCH-1"}, PageLifetime: time.Hour,
	}
	scheduled := edge.Scheduled(edge.Edge{Log: logger, Now: now}, handler(s))
	return func(event string) string {
		log.Reset()
		event = strings.ReplaceAll(event, "SERVER", server.URL)
		if _, err := scheduled(t.Context(), json.RawMessage(event)); err != nil {
			t.Errorf("%s: %v", event, err)
		}
		return log.String()
	}, s
}

// The notification of the test is genuine, is accepted, and changes nothing, however often it comes.
func TestTheSyntheticNotificationChangesNothing(t *testing.T) {
	var s *payment.Service
	var effects []payment.Effect
	var run func(string) string
	run, s = deployed(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		result, err := s.Notify(context.Background(), r.Header, body)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
		}
		effects = append(effects, result.Effect)
		if doku.ValidInvoiceNumber(result.Notification.InvoiceNumber) {
			t.Errorf("an order may have the number %q", result.Notification.InvoiceNumber)
		}
	})
	for range 2 {
		log := run(`{"synthetic":{"notify":"SERVER/v1/notifications"}}`)
		if !strings.Contains(log, `"SyntheticRuns":1`) || strings.Contains(log, "ERROR") {
			t.Error(log)
		}
	}
	if fmt.Sprint(effects) != "[ignored ignored]" {
		t.Errorf("the effects are %v", effects)
	}
	if orphans, err := s.Store.Orphans(t.Context(), "kasir synthetic"); err != nil || len(orphans) > 0 {
		t.Errorf("%v is kept, %v", orphans, err)
	}
}

// A test that fails counts nothing, which sets the alarm off, and the log has the reason without confidential data.
func TestASyntheticTestThatFailsIsNotCounted(t *testing.T) {
	run, s := deployed(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	for event, want := range map[string]string{
		`{"synthetic":{"notify":"SERVER/v1/notifications"}}`:              "POST was answered with 403",
		`{"synthetic":{"notify":"https://127.0.0.1:1/v1/notifications"}}`: "POST: ",
		`{"synthetic":{"notify":"SERVER/elsewhere"}}`:                     "must be an https URL with the path",
		`{"synthetic":{"notify":"http://127.0.0.1/v1/notifications"}}`:    "must be an https URL",
		`{"synthetic":{"page":true}}`:                                     "asking for a page",
	} {
		log := run(event)
		if !strings.Contains(log, want) || !strings.Contains(log, "ERROR") || strings.Contains(log, `:1,"_aws"`) ||
			strings.Contains(log, "SK-1") {
			t.Errorf("%s: %s", event, log)
		}
	}
	s.Merchant.Environment = "production"
	if log := run(`{"synthetic":{"page":true}}`); !strings.Contains(log, "in production no synthetic order is made") {
		t.Error(log)
	}
}

// DOKU's sandbox is asked for a page once an hour, and the page is fetched.
func TestTheSyntheticPage(t *testing.T) {
	asked, fetched, status := 0, 0, http.StatusOK
	run, s := deployed(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fetched++
			if status == 0 {
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(status)
			return
		}
		asked++
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"order":{"invoice_number":"KASIR-SYNTHETIC-20260827-10","amount":10000},`+
			`"credit_card_payment_page":{"url":"https://%s/page?secret=hush"}}`, r.Host)
	})
	for range 2 {
		if log := run(`{"synthetic":{"page":true}}`); !strings.Contains(log, `"SyntheticPages":1`) {
			t.Error(log)
		}
	}
	o, err := s.Find(t.Context(), "KASIR-SYNTHETIC-20260827-10")
	if err != nil || o.Amount != syntheticAmount || asked != 1 || fetched != 2 {
		t.Errorf("order %+v, %v; %d pages asked for, %d fetched", o, err, asked, fetched)
	}
	for answered, want := range map[int]string{502: "GET was answered with 502", 0: "GET: EOF"} {
		status = answered
		if log := run(`{"synthetic":{"page":true}}`); !strings.Contains(log, want) || strings.Contains(log, "hush") {
			t.Error(log)
		}
	}
}
